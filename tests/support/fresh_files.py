"""Four made-up files for the texts in `tests/explain/texts/`: a group, a clip, two single faces.

    FILES["group" | "clip" | "face" | "open"] -> Record

group: picture, A without evidence, B manipulated (generated), C too small. clip: A manipulated
(swapped), B inconclusive. face: one face without evidence. open: one inconclusive face.
"""

from __future__ import annotations

from varied import varied_card

from unmask.explain.narrate import Record
from unmask.types import Finding, MediaKind, Outcome, Reason, Verdict

P, CLEAR = 0.9, 0.3
MADE, NONE, OPEN = Outcome.MANIPULATED, Outcome.NO_EVIDENCE, Outcome.INCONCLUSIVE
LIMITS = {
    "width": ("px", {"at_least": 30.0}),
    "sharpness": ("grey levels squared", {"at_least": 8.0}),
    "exposure": ("of full scale", {"at_least": 0.08, "at_most": 0.95}),
    "yaw": ("degrees", {"at_most": 60.0}),
}


def _one(id_: str, kind: str, value, unit: str = "", usual=None, **detail) -> Finding:
    return Finding(id_, id_.partition(".")[0], kind, value, unit, usual, detail=detail)


def _verdict(who: str, outcome: Outcome, *reasons: Reason) -> list[Finding]:
    own = [str(reason) for reason in reasons]
    told = [_one(f"{who}.verdict", "verdict", str(outcome), reasons=own)]
    if who != "file":
        told += [
            _one(f"{who}.abstention.{name}", "abstention", name, "reason", reason=name)
            for name in own
        ]
    return told


def _probability(who: str, value: float, low: float, high: float) -> Finding:
    return _one(f"{who}.probability", "probability", value, "probability", (0.0, CLEAR),
                threshold=P, clear_below=CLEAR, confidence=0.95, low=low, high=high)  # fmt: skip


def _heat(who: str, value: float, **time: float) -> Finding:
    return _one(f"{who}.heat", "heat", value, "of scale", (0.0, 0.25), rows=7, columns=7,
                empty=value < 0.25, **time)  # fmt: skip


def _region(who: str, name: str, share: float, top: float, area: float) -> Finding:
    return _one(f"{who}.region.{name}", "region", share, "share", (0.0, top), region=name,
                area_share=area, concentration=share / area)  # fmt: skip


def _test(who: str, *values: float, stability: float, reason: str = "") -> Finding:
    before, marked, random = values
    return _one(f"{who}.faithfulness", "faithfulness", before - marked, "probability",
                before=before, marked=marked, random=random, area_share=0.1,
                stability=stability, shown=not reason, reason=reason)  # fmt: skip


def _taken(id_: str, value: float | None, unit: str, low: float, high: float, reason: str = ""):
    _, kind, name = id_.split(".")
    why = {"reason": reason} if reason else {}
    return _one(id_, kind, value, unit, (low, high), name=name, **why)


def _quality(who: str, **values: float) -> list[Finding]:
    told = []
    for name, value in values.items():
        unit, limits = LIMITS[name]
        within = limits.get("at_least", value) <= value <= limits.get("at_most", value)
        told.append(
            _one(f"{who}.quality.{name}", "quality", value, unit, measure=name, within=within,
                 near=False, **limits)
        )  # fmt: skip
    return told


def _time(who: str, moments: int, over: int, low: float, high: float, peak: float) -> Finding:
    return _one(f"{who}.time", "time", over / moments, "share", moments=moments, over=over,
                threshold=P, low=low, high=high, peak_s=peak, spread=0.11)  # fmt: skip


def _file(outcome: Outcome, *people: str, **more: float) -> list[Finding]:
    told = [*_verdict("file", outcome)]
    told.append(_one("file.faces", "faces", len(people), "count", ids=list(people)))
    if more:
        told.append(_one("file.frames", "frames", int(more.pop("frames")), "count", **more))
    return told


GROUP = (
    *_file(MADE, "A", "B", "C"),
    *_verdict("A", NONE),
    _probability("A", 0.118, 0.041, 0.192),
    _heat("A", 0.12),
    _taken("A.cue.gaze", 4.6, "degrees", 0.0, 9.0),
    _taken("A.measure.noise_ratio", 1.12, "ratio", 0.7, 1.42),
    *_quality("A", width=164.0),
    *_verdict("B", MADE),
    _probability("B", 0.947, 0.908, 0.981),
    _one("B.class", "class", "synthetic", "class", swap=0.061, synthetic=0.886),
    _heat("B", 0.81),
    _region("B", "forehead", 0.34, 0.19, 0.14),
    _region("B", "left_eye", 0.27, 0.11, 0.05),
    _region("B", "right_cheek", 0.16, 0.13, 0.07),
    _test("B", 0.951, 0.612, 0.944, stability=0.77),
    _taken("B.measure.skin_texture", 2.91, "ratio", 0.22, 2.46),
    _taken("B.measure.jpeg_grid", 0.97, "ratio", 0.84, 1.23),
    _taken("B.measure.colour_difference", 6.3, "delta ab", 0.0, 14.13),
    _taken("B.measure.light_direction", None, "degrees", 0.0, 60.65, "no_light"),
    *_quality("B", width=236.0, sharpness=88.0, yaw=21.0),
    *_verdict("C", OPEN, Reason.FACE_TOO_SMALL),
    *_quality("C", width=24.5),
)
CLIP = (
    *_file(MADE, "A", "B", frames=48, cuts=2, duration_s=16.0),
    *_verdict("A", MADE),
    _probability("A", 0.926, 0.874, 0.962),
    _one("A.class", "class", "swap", "class", swap=0.913, synthetic=0.031),
    _heat("A", 0.67, time_s=4.2),
    _region("A", "mouth", 0.38, 0.14, 0.08),
    _region("A", "jaw_line", 0.22, 0.12, 0.09),
    _one("A.blend", "blend", 0.21, "share", regions=["mouth", "jaw_line"], peak=0.88, cut=0.5),
    _test("A", 0.94, 0.58, 0.93, stability=0.71),
    _time("A", 24, 18, 0.412, 0.987, 6.4),
    _one("A.unread", "unread", 3, "count"),
    _taken("A.measure.boundary_sharpness", 7.84, "ratio", 1.02, 6.32),
    _taken("A.measure.double_compression", 0.31, "share", 0.0, 0.54),
    _taken("A.measure.light_direction", 17.2, "degrees", 0.0, 60.65),
    _taken("A.cue.scene_motion", 2.9, "% of face width per frame", 0.0, 1.6),
    _taken("A.cue.face_body", 1.2, "z", 0.0, 2.1),
    *_quality("A", width=148.0, sharpness=61.0, exposure=0.52, yaw=34.0),
    *_verdict("B", OPEN, Reason.GREY_ZONE),
    _probability("B", 0.574, 0.381, 0.742),
    _time("B", 22, 0, 0.318, 0.761, 11.2),
    _one("B.unread", "unread", 5, "count"),
    _heat("B", 0.44, time_s=11.2),
    _taken("B.measure.skin_texture", 0.14, "ratio", 0.22, 2.46),
    _taken("B.cue.appearance", 1.7, "z", 0.0, 2.4),
    *_quality("B", width=96.0),
)
FACE = (
    *_file(NONE, "A"),
    *_verdict("A", NONE),
    _probability("A", 0.064, 0.022, 0.131),
    _heat("A", 0.09),
    _taken("A.measure.noise_ratio", 3.61, "ratio", 0.3, 3.28),
    _taken("A.measure.jpeg_grid", 1.04, "ratio", 0.84, 1.23),
    _taken("A.measure.spectrum_peaks", 2.2, "dB", 0.0, 4.68),
    _taken("A.measure.colour_difference", None, "delta ab", 0.0, 14.13, "no_neck"),
    *_quality("A", width=412.0, sharpness=143.0, exposure=0.47, yaw=9.0),
)
SINGLE = (
    *_verdict("file", OPEN, Reason.GREY_ZONE),
    _one("file.faces", "faces", 1, "count", ids=["A"]),
    *_verdict("A", OPEN, Reason.GREY_ZONE),
    _probability("A", 0.683, 0.502, 0.811),
    _heat("A", 0.52),
    _test("A", 0.66, 0.63, 0.655, stability=0.41, reason="drop_like_random"),
    _taken("A.measure.boundary_sharpness", 0.88, "ratio", 1.02, 6.32),
    _taken("A.measure.light_direction", 64.0, "degrees", 0.0, 60.65),
    _taken("A.measure.skin_texture", 1.3, "ratio", 0.22, 2.46),
    *_quality("A", width=52.0, sharpness=9.1, yaw=47.0),
)


def _record(findings: tuple[Finding, ...], media: MediaKind) -> Record:
    p = {one.subject: float(one.value) for one in findings if one.kind == "probability"}
    p["file"] = max(p.values())
    verdicts = [
        Verdict(one.subject, Outcome(one.value), p.get(one.subject), P, CLEAR,
                tuple(map(Reason, one.detail["reasons"])))
        for one in findings
        if one.kind == "verdict"
    ]  # fmt: skip
    return Record(findings, (*verdicts[1:], verdicts[0]), media, varied_card())


FILES = {
    "group": _record(GROUP, MediaKind.IMAGE),
    "clip": _record(CLIP, MediaKind.VIDEO),
    "face": _record(FACE, MediaKind.IMAGE),
    "open": _record(SINGLE, MediaKind.IMAGE),
}
