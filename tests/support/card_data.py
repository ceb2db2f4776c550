"""The card of a made-up bundle, as plain data."""

from __future__ import annotations

import copy
from typing import Any

THRESHOLD, CLEAR_BELOW = 0.9, 0.3
SCALE = 0.6  # log-odds per cell of the map that is shown as full colour

CARD: dict[str, Any] = {
    "schema": 1,
    "name": "default",
    "version": "0.1.0",
    "task": "face-manipulation",
    "architecture": "efficientnet-lite0",
    "classes": ["real", "swap", "synthetic"],
    "input": {"size_px": 160, "mean": [127, 127, 127], "std": [128, 128, 128], "colour": "rgb"},
    "crop": {"margins": [1.15, 1.35], "flip": True},
    "outputs": {"logits": "logits", "cam": "cam", "blend": "blend", "features": "features"},
    "calibration": {
        "temperature": 1.0,
        "bias": [0, 0, 0],
        "bins": [
            {
                "low": 0.0,
                "high": 0.3,
                "n": 900,
                "manipulated_share": 0.04,
                "interval": [0.02, 0.07],
            },
            {"low": 0.3, "high": 0.9, "n": 400, "manipulated_share": 0.6, "interval": [0.54, 0.66]},
            {
                "low": 0.9,
                "high": 1.0,
                "n": 800,
                "manipulated_share": 0.97,
                "interval": [0.95, 0.98],
            },
        ],
    },
    "verdict": {
        "threshold": THRESHOLD,
        "clear_below": CLEAR_BELOW,
        "sharpness_min": 15.0,
        "rule": {
            "en": "A person is called manipulated at 90 % or more and clear at 30 % or less; "
            "between them the answer is inconclusive. The file follows its persons.",
            "ko": "조작 확률이 90 % 이상이면 조작으로, 30 % 이하이면 조작 증거 없음으로 판정하고, "
            "그 사이는 판단을 보류합니다. 파일의 판정은 인물별 판정을 따릅니다.",
        },
    },
    "track": {"rule": "trimmed_mean", "trim": 0.2, "min_frames": 4},
    "limits_of_use": {
        "face_width_min_px": 30,
        "sharpness_min": 8.0,
        "exposure": [0.08, 0.95],
        "yaw_max_deg": 60,
    },
    "heat_map": {
        "scale": SCALE,
        "genuine_region_shares": {
            "left_eye": [0.0, 0.12],
            "right_eye": [0.0, 0.12],
            "nose": [0.0, 0.15],
            "mouth": [0.0, 0.14],
            "forehead": [0.0, 0.22],
            "chin": [0.0, 0.16],
            "jaw_line": [0.0, 0.2],
        },
    },
    "population": {
        "en": "Press and portrait photographs and talking-head clips of adults.",
        "ko": "성인의 보도 사진, 인물 사진, 정면 대화 영상.",
    },
    "training_data": [
        {"name": "drawn faces", "class": "real", "count": 1500, "terms": "Apache-2.0"}
    ],
    "metrics": {"auc_swap": 0.95},
    "limits": [
        {
            "en": "Talking heads made from a single portrait are often missed.",
            "ko": "인물 사진 한 장으로 만든 대화 영상은 탐지하지 못하는 경우가 많습니다.",
        },
        {
            "en": "Strong retouching can look like a face swap.",
            "ko": "보정이 심한 사진은 얼굴 교체로 보일 수 있습니다.",
        },
    ],
    "licence": "Apache-2.0",
    "created": "2026-11-22T00:00:00Z",
    "files": {"model.onnx": "ab" * 32},
}


def build_card() -> dict[str, Any]:
    """The bundle's card as plain data; a fresh copy, free to be changed."""
    return copy.deepcopy(CARD)
