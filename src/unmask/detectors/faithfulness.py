"""Does the answer rest on the places that a heat map marks? Each shown map is put to the test.

FaceScore + HeatMap -> three more views of the same crop through the same network -> Faithfulness.
Deletion (Petsiuk et al., "RISE", BMVC 2018): the marked part and a part of the same size drawn at
random are each replaced by the blurred crop, and the two answers compared. Stability: the map must
come out alike when the crop is mirrored or saved again as JPEG (Adebayo et al., "Sanity checks for
saliency maps", 2018, ask for no less). All views are those of the map: first margin, not mirrored;
P(manipulated) of that one view may differ from that of the person, which is a mean of views. The
mirrored map is the answer's own where it has one, also of a wider margin, cut to the first.

The rule's constants were chosen on 397 validation faces of 14 sources, 196 of them with a map worth
testing (benchmarks/faithfulness.py; docs/EXPLANATION.md has the distributions):
* `DROP_MARGIN`: the marked part of a face called manipulated passes it in 78 % of the cases, a
  random part put in its place in 26 %;
* `STABILITY_MIN`: the lower of the two correlations has its 5th percentile at .46 and its median at
  .94; below .5 a map shares less than a quarter of its variance with itself mirrored or saved anew.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from unmask.detectors.heat import EMPTY_PEAK, peak_of, upsample
from unmask.media.degrade import jpeg
from unmask.models.card import Card
from unmask.types import Faithfulness, FloatArray, HeatMap, ImageArray

if TYPE_CHECKING:
    from unmask.detectors.image import FaceScore

Mask = npt.NDArray[np.bool_]
Run = Callable[[Sequence[ImageArray]], list[FloatArray]]

MARKED_SHARE = 0.1  # of the crop
FILL_SIGMA = 1 / 8  # of the crop's side: what replaces a part keeps its colour and nothing finer
FEATHER_PX = 2.0  # softens the part's edge, which would else look like a seam
JPEG_QUALITY = 75
DROP_MARGIN = 0.5  # log-odds by which the marked drop must exceed the random one
STABILITY_MIN = 0.5  # correlation
DROP, UNSTABLE = "drop_like_random", "unstable"  # why a map is not shown


def check_map(score: FaceScore, heat_map: HeatMap, card: Card, run: Run) -> Faithfulness | None:
    """The test of one map; None where it looks empty, because then there is nothing to test.

    `run` gives the network's outputs (logits, cams, ...) for a list of crops (S, S, 3).
    """
    if peak_of(heat_map) < EMPTY_PEAK:
        return None
    crop = score.crop_rgb
    heat = upsample(heat_map.values, crop.shape[0])
    marked = marked_part(heat)
    fill = blurred(crop)
    views = [
        replace_part(crop, marked, fill),
        replace_part(crop, random_part(crop, marked, heat_map.values.shape), fill),
        jpeg(crop, JPEG_QUALITY),
    ]
    if len(score.cam_views) == 1:  # the bundle does not mirror: ask for it here
        views.append(np.ascontiguousarray(crop[:, ::-1]))
    logits, cams = run(views)[:2]
    stability = _stability(score, cams[2:], card)
    drops = [card.log_odds(score.first_logits) - card.log_odds(one) for one in logits[:2]]
    reason = DROP if drops[0] - drops[1] < DROP_MARGIN else ""
    reason = UNSTABLE if stability < STABILITY_MIN else reason
    before, without, random = (
        card.probability(one)[1] for one in (score.first_logits, logits[0], logits[1])
    )
    return Faithfulness(
        before=before,
        marked=without,
        random=random,
        area_share=float(marked.mean()),
        stability=stability,
        agreement=_agreement(heat_map, marked),
        shown=not reason,
        reason=reason,
    )


def marked_part(heat: FloatArray) -> Mask:
    """The hottest `MARKED_SHARE` of an enlarged map (S, S), as far as it is positive."""
    cut = max(0.0, float(np.quantile(heat, 1 - MARKED_SHARE)))
    return np.asarray(heat > cut, np.bool_)


def random_part(crop_rgb: ImageArray, marked: Mask, cells: tuple[int, ...], draw: int = 0) -> Mask:
    """A part as large as `marked` and of the map's grain: the top of a field of seeded noise.

    The seed is a checksum of the crop and the number of the draw: the same face gives the same
    part.
    """
    rng = np.random.default_rng([zlib.crc32(crop_rgb.tobytes()), draw])
    field = upsample(rng.normal(size=cells).astype(np.float32), crop_rgb.shape[0])
    size = int(marked.sum())
    chosen = np.zeros(field.size, np.bool_)
    chosen[np.argpartition(field, -size, axis=None)[-size:]] = True
    return chosen.reshape(field.shape)


def blurred(crop_rgb: ImageArray) -> ImageArray:
    """The crop without anything finer than `FILL_SIGMA` of its side: what a part is replaced by."""
    side = crop_rgb.shape[0]
    small = max(4, round(4 / FILL_SIGMA))  # four pixels a sigma lose nothing, and cost a tenth
    reduced = cv2.resize(crop_rgb, (small, small), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(reduced, (0, 0), FILL_SIGMA * small)
    return np.asarray(cv2.resize(soft, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)


def replace_part(crop_rgb: ImageArray, part: Mask, fill_rgb: ImageArray) -> ImageArray:
    """The crop with `part` replaced by `fill_rgb`, its edge softened."""
    alpha = cv2.GaussianBlur(part.astype(np.float32), (0, 0), FEATHER_PX)[..., None]
    mixed = crop_rgb * (1 - alpha) + fill_rgb * alpha
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8)


def _stability(score: FaceScore, cams: FloatArray, card: Card) -> float:
    """The lower correlation of the plain view's map with the recompressed and mirrored ones."""
    chosen, real = card.most_likely_manipulation(score.logits), card.real_index
    mirrored = score.cam_views[1] if len(score.cam_views) > 1 else cams[1, ..., ::-1]
    plain, *others = (
        (one[chosen] - one[real]).ravel() for one in (score.cam_views[0], cams[0], mirrored)
    )
    return min(_correlation(plain, other) for other in others)


def _correlation(a: FloatArray, b: FloatArray) -> float:
    if float(a.std()) < 1e-9 or float(b.std()) < 1e-9:
        return 0.0  # a flat map resembles nothing
    return float(np.clip(np.corrcoef(a, b)[0, 1], -1.0, 1.0))


def _agreement(heat_map: HeatMap, marked: Mask) -> float | None:
    """Share of the blend map's mass in the marked part over the share of the area; 1 = chance."""
    if heat_map.blend is None:
        return None
    blend = upsample(heat_map.blend, marked.shape[0])
    total, area = float(blend.sum()), float(marked.mean())
    return float(blend[marked].sum()) / total / area if total > 0 and area > 0 else None
