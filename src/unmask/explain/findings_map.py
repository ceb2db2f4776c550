"""What a heat map and a blend map say, as findings: how hot, in which regions, how much is marked.

Regions are named only for a person called manipulated, only with a mesh, only where the map passed
its deletion test (`detectors/faithfulness.py`), and only where it shows something: a map spread
over the face yields "even", not the hottest of many cold spots. The test is a finding of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from unmask.detectors.heat import EMPTY_PEAK, RASTER_PX, peak_of, upsample
from unmask.explain.regions import (
    REGIONS,
    Labels,
    RegionShare,
    region_labels,
    share_of_regions,
)
from unmask.models.card import Card
from unmask.types import FaceTrack, Faithfulness, Finding, HeatMap, Outcome, Verdict

# Where the card has no genuine range, a region must hold half as much heat again as its area.
CONCENTRATION_MIN = 1.5
MASS_MIN = 0.05  # a region with less of the heat is not worth a word
BLEND_CUT = 0.5  # the blend head is a per-pixel probability: above, more likely blended than not


def map_findings(track: FaceTrack, verdict: Verdict, card: Card) -> Iterator[Finding]:
    """The map's peak and test for every person; where manipulated also blend and regions.

    The blend map comes from a head of its own, which the test of the heat map says nothing of.
    """
    evidence = next((e for e in verdict.evidence if e.heat_map is not None), None)
    if evidence is None or evidence.heat_map is None:
        return
    heat_map, subject = evidence.heat_map, track.id
    heat = _heat_finding(subject, heat_map, evidence.time_s)
    yield heat
    if heat_map.faithfulness is not None:
        yield faithfulness_finding(subject, heat_map.faithfulness)
    if verdict.outcome is not Outcome.MANIPULATED:
        return
    face = next((f for f in track.faces if f.frame_index == heat_map.frame_index), None)
    if face is None or face.landmarks_px is None:
        yield Finding(f"{subject}.no_mesh", subject, "no_mesh", None)
        return
    labels = region_labels(face.landmarks_px, heat_map.crop_to_frame)
    if heat_map.shown and isinstance(heat.value, float) and heat.value >= EMPTY_PEAK:
        yield from _region_findings(subject, share_of_regions(heat_map.values, labels), card)
    yield from _blend_findings(subject, heat_map, labels)


def faithfulness_finding(subject: str, tested: Faithfulness) -> Finding:
    """What P(manipulated) of the map's own view loses without the marked part of the crop."""
    detail: dict[str, object] = {
        "before": tested.before, "marked": tested.marked, "random": tested.random,
        "area_share": tested.area_share, "stability": tested.stability,
        "shown": tested.shown, "reason": tested.reason,
    }  # fmt: skip
    if tested.agreement is not None:
        detail["agreement"] = tested.agreement
    return Finding(
        f"{subject}.faithfulness", subject, "faithfulness", tested.marked_drop, "probability",
        None, "neutral", float(np.clip(tested.marked_drop - tested.random_drop, 0.0, 1.0)), detail,
    )  # fmt: skip


def _heat_finding(subject: str, heat_map: HeatMap, time_s: float | None) -> Finding:
    peak = peak_of(heat_map)
    rows, columns = heat_map.values.shape
    detail: dict[str, object] = {
        "scale": heat_map.scale, "rows": rows, "columns": columns, "empty": peak < EMPTY_PEAK,
    }  # fmt: skip
    if time_s is not None:
        detail["time_s"] = time_s
    return Finding(
        f"{subject}.heat", subject, "heat", max(0.0, peak), "of scale", (0.0, EMPTY_PEAK),
        "neutral", float(np.clip(peak, 0.0, 1.0)), detail,
    )  # fmt: skip


def _region_findings(subject: str, shares: Sequence[RegionShare], card: Card) -> Iterator[Finding]:
    usual = card.heat_map.genuine_region_shares
    hot = [share for share in shares if _stands_out(share, usual.get(share.name))]
    hot.sort(key=lambda share: (-share.mass, REGIONS.index(share.name)))
    for share in hot:
        reference = usual.get(share.name)
        top = share.area if reference is None else reference[1]
        yield Finding(
            f"{subject}.region.{share.name}", subject, "region", share.mass, "share",
            reference, "towards_manipulated",
            float(np.clip((share.mass - top) / max(1e-9, 1.0 - top), 0.0, 1.0)),
            {
                "region": share.name, "area_share": share.area,
                "concentration": share.concentration,
            },
        )  # fmt: skip
    if shares and not hot:
        yield Finding(f"{subject}.even", subject, "even", len(shares), "regions")


def _stands_out(share: RegionShare, reference: tuple[float, float] | None) -> bool:
    if share.mass < MASS_MIN:
        return False
    if reference is not None:
        return share.mass > reference[1]
    return share.concentration >= CONCENTRATION_MIN


def _blend_findings(subject: str, heat_map: HeatMap, labels: Labels) -> Iterator[Finding]:
    """Share of the crop marked as blended in, and the two regions that hold most of it."""
    if heat_map.blend is None:
        return
    marked = upsample(heat_map.blend, RASTER_PX) >= BLEND_CUT
    counts = np.bincount(labels[marked], minlength=len(REGIONS))
    total = int(counts.sum())
    order = sorted(range(len(REGIONS)), key=lambda i: (-int(counts[i]), i))
    where = [REGIONS[i] for i in order[:2] if total and counts[i] >= 0.2 * total]
    share = total / marked.size
    yield Finding(
        f"{subject}.blend", subject, "blend", share, "share", None,
        "towards_manipulated" if total else "neutral", share,
        {"regions": where, "peak": float(heat_map.blend.max()), "cut": BLEND_CUT},
    )  # fmt: skip
