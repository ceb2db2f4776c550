"""Periodic peaks in the face's spectrum, as up-sampling leaves them.

Transposed convolutions and pixel-wise enlargements put copies of the spectrum at fixed frequencies
(Zhang, Karaman and Chang, "AutoGAN", 2019; Durall, Keuper and Keuper, 2020), and any later resize
moves them. The spectrum is the mean over overlapping tiles of the noise residual, where regular
patterns stand and texture averages out. Value: the highest peak over the median of its
neighbourhood, in dB. The crossings on which JPEG's own grid stands are left out.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from unmask.detectors.forensics.base import Reading, forensic, missing, reliability_of
from unmask.detectors.forensics.view import FaceView
from unmask.faces.measures import BLOCK_PX
from unmask.types import FloatArray

TILE_PX, STEP_PX = 64, 32
TILES_MIN, TILES_MAX, TILES_PLENTY = 4, 16, 9  # of few tiles even noise has peaks
LOW, HIGH = 0.16, 0.5  # cycles per pixel: below lies the face itself
LINE = 4  # bins on either side along a row or a column
CANDIDATES = 40
AROUND = 5  # bins: a peak is three wide, the humps that JPEG's own quantisation leaves are eight
COVER_MIN = 0.95  # share of a tile inside the face
BASE_SIGMA_PX = 1.5  # what is smoother than that is the face, not a pattern
CLIP = 4.0  # of the residual's deviation: an eyelash is no pattern


def _kept_places() -> npt.NDArray[np.bool_]:
    """Which places (64, 33) of the half spectrum count."""
    fy = np.fft.fftfreq(TILE_PX)[:, None]
    fx = np.fft.rfftfreq(TILE_PX)[None]
    radius = np.hypot(fx, fy)
    on_grid = TILE_PX // BLOCK_PX  # JPEG's grid repeats every 8 px: bins on its lines, and beside
    near = np.array([min(k % on_grid, on_grid - k % on_grid) <= 1 for k in range(TILE_PX)])
    kept = (radius >= LOW) & (radius <= HIGH)
    kept &= ~(near[:, None] & near[None, : TILE_PX // 2 + 1])
    return np.asarray(kept, np.bool_)


_KEPT = _kept_places()
_WINDOW = np.outer(np.hanning(TILE_PX), np.hanning(TILE_PX)).astype(np.float32)


@forensic("spectrum_peaks", "dB", distance=True)
def spectrum_peaks(view: FaceView) -> Reading:
    """Highest peak of the face's mean spectrum over its neighbourhood."""
    tiles = _tiles(view.luma, view.oval)
    if len(tiles) < TILES_MIN:
        return missing("face_too_small")
    power = np.square(np.abs(np.fft.rfft2(np.stack(tiles) * _WINDOW))).mean(axis=0)
    value = highest_peak(power)
    return Reading(value, "", reliability_of(len(tiles), TILES_PLENTY), {"tiles": len(tiles)})


def highest_peak(power: FloatArray) -> float:
    """dB of the highest kept place of a half spectrum (64, 33) over what lies around it.

    Around is the highest of three medians: of the neighbourhood, of the row and of the column. An
    edge of the scene is a ridge and stands out in two of them at the most.
    """
    level = (10 * np.log10(power + 1e-3)).astype(np.float32)
    above = np.where(_KEPT, level - cv2.medianBlur(level, AROUND), -np.inf)
    rows, columns = np.unravel_index(np.argsort(above, axis=None)[-CANDIDATES:], above.shape)
    reach = np.arange(-LINE, LINE + 1)
    # The spectrum goes on round the corner; beyond the kept half it is the half turned by 180 deg.
    along = (columns[:, None] + reach) % TILE_PX
    turned = along > TILE_PX // 2
    beside = np.where(turned, -rows[:, None] % TILE_PX, rows[:, None])
    in_row = np.median(level[beside, np.where(turned, TILE_PX - along, along)], axis=1)
    in_column = np.median(level[(rows[:, None] + reach) % TILE_PX, columns[:, None]], axis=1)
    own = level[rows, columns]
    return float(np.minimum(above[rows, columns], own - np.maximum(in_row, in_column)).max())


def _tiles(luma: FloatArray, mask: npt.NDArray[np.bool_]) -> list[FloatArray]:
    """Tiles that lie in the mask, each at one strength so that none outweighs the others."""
    covered = cv2.integral(mask.astype(np.uint8))
    under = covered[TILE_PX:, TILE_PX:] - covered[:-TILE_PX, TILE_PX:]
    under += covered[:-TILE_PX, :-TILE_PX] - covered[TILE_PX:, :-TILE_PX]
    inside = under[::STEP_PX, ::STEP_PX] >= COVER_MIN * TILE_PX**2
    places = (np.argwhere(inside) * STEP_PX).tolist()
    found = []
    for y, x in places[:: max(1, -(-len(places) // TILES_MAX))]:
        part = luma[y : y + TILE_PX, x : x + TILE_PX]
        tile = part - cv2.GaussianBlur(part, (0, 0), BASE_SIGMA_PX)
        spread = float(tile.std())
        if spread > 0:
            found.append(np.clip(tile / np.float32(spread), -CLIP, CLIP))
    return found
