"""Finds, reads and follows faces: detectors, mesh, irises, pose, gaze, quality, tracks, crops.

`reader.FaceReader` is the one entry for a file; `crop.take_crop` the one crop for training and
serving. Nothing here judges a face, and nothing that tells who somebody is outlives a run.
"""
