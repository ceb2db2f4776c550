"""Traces of repeated JPEG compression in the face, from the decoded pixels alone.

Quantising twice with different steps leaves a periodic pattern in the histograms of the DCT
coefficients (Popescu and Farid, "Statistical tools for digital forensics", 2004; Mahdian and Saic,
"Detecting double compressed JPEG images", 2009). The 8x8 DCT is taken on the frame's own grid; the
Fourier magnitude of a coefficient's histogram shows the last quantisation as one comb of peaks, and
what stands between that comb's teeth is the trace. Value: the highest such magnitude, mean over the
low frequencies, 0 = none. Pictures from the web have mostly been compressed more than once: the
trace alone says nothing of a manipulation.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from unmask.detectors.forensics.base import Reading, forensic, missing, reliability_of
from unmask.detectors.forensics.view import FaceView
from unmask.faces.measures import BLOCK_PX
from unmask.types import FloatArray

FREQUENCIES = ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0))
BLOCKS_MIN, BLOCKS_PLENTY = 64, 400
BINS = 1024  # of the histogram, one per integer
LOWEST = BINS // 16  # periods longer than 16 are the histogram's own shape
_DCT = np.array(
    [
        [
            np.sqrt((1 if k == 0 else 2) / BLOCK_PX)
            * np.cos(np.pi * (2 * n + 1) * k / (2 * BLOCK_PX))
            for n in range(BLOCK_PX)
        ]
        for k in range(3)
    ],
    np.float32,
)


@forensic("double_compression", "share", distance=True)
def double_compression(view: FaceView) -> Reading:
    """Strength of a second period in the face's DCT histograms, 0 to 1."""
    if view.reduction > 1:
        return missing("no_grid")
    coefficients = block_coefficients(view.luma, view.oval.astype(np.uint8))
    if len(coefficients) < BLOCKS_MIN:
        return missing("face_too_small")
    values = [second_period(coefficients[:, i]) for i in range(len(FREQUENCIES))]
    reliability = reliability_of(len(coefficients), BLOCKS_PLENTY)
    return Reading(float(np.mean(values)), "", reliability, {"blocks": len(coefficients)})


def block_coefficients(luma: FloatArray, mask: npt.NDArray[np.uint8]) -> FloatArray:
    """(n, 5) coefficients `FREQUENCIES` of the 8x8 blocks of `luma` that lie wholly in the mask."""
    rows, columns = luma.shape[0] // BLOCK_PX, luma.shape[1] // BLOCK_PX
    size = (columns * BLOCK_PX, rows * BLOCK_PX)
    covered = cv2.resize(
        mask[: size[1], : size[0]].astype(np.float32),
        (columns, rows),
        interpolation=cv2.INTER_AREA,
    )
    blocks = luma[: size[1], : size[0]].reshape(rows, BLOCK_PX, columns, BLOCK_PX)
    kept = blocks.swapaxes(1, 2)[covered > 0.999] - np.float32(128)
    if not len(kept):
        return np.zeros((0, len(FREQUENCIES)), np.float32)
    transformed = np.einsum("ki,nij,lj->nkl", _DCT, kept, _DCT, optimize=True)
    return np.stack([transformed[:, k, m] for k, m in FREQUENCIES], axis=1)


def second_period(coefficients: FloatArray) -> float:
    """The highest magnitude between the teeth of the strongest comb, 0 to 1; (n,) coefficients."""
    whole = np.clip(np.round(coefficients), -BINS // 2, BINS // 2 - 1).astype(np.intp) + BINS // 2
    histogram = np.bincount(whole, minlength=BINS) / len(whole)
    magnitude = np.abs(np.fft.rfft(histogram))
    seen = magnitude.copy()
    seen[:LOWEST] = 0
    tooth = int(np.argmax(seen))
    # The strongest peak may be any tooth of the comb 1/q: its nearest whole step gives the comb.
    step = BINS / max(2, round(BINS / tooth)) if tooth else BINS
    places = np.arange(len(magnitude))
    off = np.abs(places - np.round(places / step) * step)
    between = seen * (off > LOWEST / 4)
    return float(between.max())
