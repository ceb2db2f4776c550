"""unmask.faces"""
