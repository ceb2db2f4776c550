"""Checks of the plain-data types, made once where a value is made: "expected ..., got ..."."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def expect(condition: bool, expected: str, got: object) -> None:
    """ValueError unless the condition holds."""
    if not condition:
        raise ValueError(f"expected {expected}, got {got!r}")


def expect_unit(name: str, value: float | None) -> None:
    """ValueError unless the value is None or in [0, 1]."""
    expect(value is None or 0.0 <= value <= 1.0, f"{name} in [0, 1] or None", value)


def expect_image(name: str, image: npt.NDArray[np.uint8]) -> None:
    """ValueError unless the array is a (H, W, 3) uint8 picture."""
    expect(
        image.ndim == 3 and image.shape[2] == 3 and image.dtype == np.uint8,
        f"{name} of shape (H, W, 3) and dtype uint8",
        (image.shape, str(image.dtype)),
    )
