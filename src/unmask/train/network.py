"""The network: one backbone, a class head, a blend-map head or none; no I/O, no trainer.

With z = mean over (h, w) of the last map A and logits y = W z + b, Grad-CAM's channel weights are
the rows of W, so cam_c = sum_k W_ck A_k / (h w) and sum(cam_c) + b_c = y_c: exact and free.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from unmask.train.architectures import build_backbone


class Detector(nn.Module):
    """Backbone + linear class head + blend head (1 x 1 convolutions on the stride-16 map)."""

    blend: nn.Sequential | None

    def __init__(
        self,
        architecture: str,
        classes: int,
        *,
        dropout: float = 0.2,
        pretrained: bool = False,
        blend: bool = True,
        drop_path: float = 0.0,
    ) -> None:
        super().__init__()
        backbone = build_backbone(architecture, pretrained=pretrained, drop_path=drop_path)
        self.backbone = cast(nn.Module, backbone)
        self.head = nn.Linear(backbone.channels, classes)
        self.dropout = nn.Dropout(dropout)
        self.blend = None
        if blend:
            self.blend = nn.Sequential(
                nn.Conv2d(backbone.middle_channels, 64, 1, bias=False),
                nn.BatchNorm2d(64),
                nn.ReLU(inplace=True),
                nn.Conv2d(64, 1, 3, padding=1),
            )

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor | None]:
        """(logits (N, classes), blend logits (N, 1, H/16, W/16) or None) of (N, 3, H, W)."""
        last, middle = self.backbone(image)
        pooled = last.mean(dim=(2, 3))
        where = None if self.blend is None else self.blend(middle)
        return self.head(self.dropout(pooled)), where


class Exported(nn.Module):
    """The network as it is served: the tensors of `names`, in that order."""

    def __init__(self, detector: Detector) -> None:
        super().__init__()
        self.detector = detector

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the outputs; "blend" only where the network has that head."""
        blend = () if self.detector.blend is None else ("blend",)
        return ("logits", "cam", *blend, "features")

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """logits (N, C), cam (N, C, h, w), blend (N, 1, H, W) in 0..1, features (N, F)."""
        detector = self.detector
        last, middle = detector.backbone(image)
        pooled = last.mean(dim=(2, 3))
        weight = detector.head.weight[:, :, None, None]
        cam = functional.conv2d(last, weight) / (last.shape[2] * last.shape[3])
        blend = () if detector.blend is None else (torch.sigmoid(detector.blend(middle)),)
        return (detector.head(pooled), cam, *blend, pooled)
