"""Evaluation: scores of a bundle on a manifest, the field's metrics, calibration and thresholds.

Everything here runs the very detector that serves (`detectors/image.py`); metrics come from
scikit-learn where it has them. Needs the `train` extra (pandas, scikit-learn), never torch.
"""
