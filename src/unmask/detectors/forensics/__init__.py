"""Forensic measurements beside the network: one file each, one registration line.

Observation -> [one number per measurement and person] -> findings and the report's tables. Each is
a pure function of a `FaceView` (the pixels round one face, its mesh and the masks made from it)
with a unit, or an abstention with a reason code. What is usual stands on the bundle's card, fitted
on genuine faces (`evaluate/references.py`). They support or qualify; no verdict rests on them.
"""
