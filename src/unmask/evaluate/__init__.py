"""Evaluation: a bundle's scores on manifests and folders, the field's metrics, calibration, audits.

Everything here runs the very detector that serves (`detectors/image.py`); metrics come from
scikit-learn where it has them. `run.py` and `compare.py` are the commands without the command line.
Needs the `train` extra (pandas, scikit-learn, onnx), never torch.
"""
