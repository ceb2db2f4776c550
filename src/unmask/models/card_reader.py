"""Reads `card.json`, schema 1 (docs/MODELS.md describes it), into a `Card` that holds together.

A card that does not raises BundleError with the field, what was expected and what came.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

from unmask.errors import BundleError
from unmask.models.card import (
    REAL,
    Calibration,
    CalibrationBin,
    Card,
    CropRecipe,
    Decision,
    FusionSpec,
    HeatMapSpec,
    InputSpec,
    LimitsOfUse,
    MeasurementReference,
    OutputNames,
    TemporalSpec,
    TrackRule,
)
from unmask.models.fields import HINT, Fields

SCHEMA = 1
TEMPERATURE_MIN = 1e-3
TEMPORAL_FILE = "temporal.onnx"
LANGUAGES = ("en", "ko")


def parse_card(text: str) -> Card:
    """The card in a `card.json`; BundleError where it is not one that holds together."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise BundleError(f"card.json: expected JSON, got {error}", HINT) from error
    fields = Fields(data)
    if fields.raw("schema") != SCHEMA:
        raise BundleError(
            f"card.json: schema: expected {SCHEMA}, got {fields.raw('schema')!r}",
            "the bundle was made for another version of unmask: update unmask, or export it again",
        )
    classes = fields.names("classes")
    known = REAL in classes and len(classes) >= 2
    fields.check("classes", known, f"two or more names, {REAL!r} among them")
    return Card(
        name=fields.text("name"),
        version=fields.text("version"),
        task=fields.text("task"),
        architecture=fields.text("architecture"),
        classes=classes,
        input=_input(fields.inner("input")),
        crop=_crop(fields.inner("crop")),
        outputs=_outputs(fields.inner("outputs")),
        calibration=_calibration(fields.inner("calibration"), len(classes)),
        verdict=_decision(fields.inner("verdict")),
        track=_track(fields.inner("track")),
        limits_of_use=_limits_of_use(fields.inner("limits_of_use")),
        heat_map=_heat_map(fields.inner("heat_map")),
        population=_both(fields.inner("population")),
        training_data=_training_data(fields),
        metrics=_free(fields, "metrics"),
        limits=tuple(_both(limit) for limit in fields.items("limits")),
        licence=fields.text("licence"),
        created=fields.text("created"),
        files=_files(fields.inner("files")),
        text=text,
        measurements=_measurements(fields) if fields.has("measurements") else {},
        temporal=_temporal(fields) if fields.has("temporal") else None,
        fusion=_fusion(fields.inner("fusion")) if fields.has("fusion") else None,
    )


def _input(fields: Fields) -> InputSpec:
    std = fields.numbers("std", 3)
    fields.check("std", min(std) > 0, "three numbers above 0")
    colour = fields.text("colour")
    fields.check("colour", colour in {"rgb", "bgr"}, '"rgb" or "bgr"')
    return InputSpec(fields.whole("size_px", 16), fields.numbers("mean", 3), std, colour)


def _crop(fields: Fields) -> CropRecipe:
    margins = fields.numbers("margins")
    fields.check("margins", min(margins) > 0, "numbers above 0")
    alternate = fields.has("alternate") and fields.flag("alternate")
    return CropRecipe(margins, fields.flag("flip"), alternate)


def _outputs(fields: Fields) -> OutputNames:
    keys = ("blend", "features", "edit")
    optional = [fields.text(key) if fields.has(key) else None for key in keys]
    return OutputNames(fields.text("logits"), fields.text("cam"), *optional)


def _calibration(fields: Fields, classes: int) -> Calibration:
    if isinstance(fields.raw("temperature"), list):
        temperature = fields.numbers("temperature", classes)
        fields.check("temperature", min(temperature) >= TEMPERATURE_MIN, "numbers above 0")
    else:  # one for all classes
        temperature = (fields.number("temperature", low=TEMPERATURE_MIN),) * classes
    return Calibration(temperature, fields.numbers("bias", classes), _bins(fields))


def _bins(fields: Fields) -> tuple[CalibrationBin, ...]:
    bins = tuple(_bin(one) for one in fields.items("bins"))
    edges = [one.low for one in bins] + [one.high for one in bins[-1:]]
    joined = all(a.high == b.low for a, b in itertools.pairwise(bins))
    covers = not bins or (joined and edges[0] == 0.0 and edges[-1] == 1.0)
    fields.check("bins", covers, "bins that follow each other from 0 to 1, or none")
    return bins


def _bin(fields: Fields) -> CalibrationBin:
    low, high = fields.number("low", 0, 1), fields.number("high", 0, 1)
    fields.check("high", high > low, "more than low")
    share = fields.number("manipulated_share", 0, 1)
    return CalibrationBin(low, high, fields.whole("n", 0), share, fields.span("interval", 0, 1))


def _decision(fields: Fields) -> Decision:
    threshold, clear_below = fields.number("threshold", 0, 1), fields.number("clear_below", 0, 1)
    fields.check("clear_below", clear_below <= threshold, f"at most the threshold {threshold}")
    motion_min = fields.number("motion_min", low=0) if fields.has("motion_min") else 0.0
    coarsest = fields.number("blockiness_max", low=0) if fields.has("blockiness_max") else 0.0
    softest = fields.number("sharpness_min", low=0) if fields.has("sharpness_min") else 0.0
    rule = _both(fields.inner("rule"))
    return Decision(threshold, clear_below, rule, motion_min, coarsest, softest)


def _track(fields: Fields) -> TrackRule:
    rule = fields.text("rule")
    fields.check("rule", rule == "trimmed_mean", '"trimmed_mean"')
    trim = fields.number("trim", 0, 0.49)
    return TrackRule(rule, trim, fields.whole("min_frames", 1))


def _limits_of_use(fields: Fields) -> LimitsOfUse:
    return LimitsOfUse(
        face_width_min_px=fields.number("face_width_min_px", low=0),
        sharpness_min=fields.number("sharpness_min", low=0),
        exposure=fields.span("exposure", 0, 1),
        yaw_max_deg=fields.number("yaw_max_deg", 0, 180),
        needs_mesh=fields.flag("needs_mesh") if fields.has("needs_mesh") else False,
    )


def _heat_map(fields: Fields) -> HeatMapSpec:
    scale = fields.number("scale")
    fields.check("scale", scale > 0, "a number above 0")
    shares = fields.inner("genuine_region_shares")
    return HeatMapSpec(scale, {region: shares.span(region, 0, 1) for region in shares})


def _measurements(fields: Fields) -> dict[str, MeasurementReference]:
    """The optional section `measurements`, by name."""
    found = {}
    section = fields.inner("measurements")
    for name in section:
        one = section.inner(name)
        auc = one.inner("auc")
        found[name] = MeasurementReference(
            reference=one.span("reference"),
            n=one.whole("n", 1),
            error=one.number("error", low=0),
            auc={klass: auc.number(klass, 0, 1) for klass in auc},
            h264_qp_max=one.number("h264_qp_max", low=0) if one.has("h264_qp_max") else None,
            coarse_reference=one.span("coarse_reference") if one.has("h264_qp_max") else None,
        )
    return found


def _temporal(card: Fields) -> TemporalSpec:
    """The optional section `temporal`, which goes with a file and with the graph's features."""
    fields, files = card.inner("temporal"), card.inner("files")
    card.check("files", files.has(TEMPORAL_FILE), f"{TEMPORAL_FILE}, since the card has temporal")
    outputs = card.inner("outputs")
    outputs.check("features", outputs.has("features"), "a name, since the card has temporal")
    calibration = fields.inner("calibration")
    frames_min = fields.whole("frames_min", 2)
    return TemporalSpec(
        features=fields.inner("input").whole("features", 1),
        frames_min=frames_min,
        window_frames=fields.whole("window_frames", frames_min),
        temperature=calibration.number("temperature", low=TEMPERATURE_MIN),
        bias=calibration.number("bias"),
        metrics=_free(fields, "metrics"),
    )


def _fusion(fields: Fields) -> FusionSpec:
    """The optional section `fusion`: a weight and its interval for every feature it names."""
    names = fields.names("features")
    weights, intervals = fields.inner("weights"), fields.inner("intervals")
    references = fields.inner("references")
    threshold, clear_below = fields.number("threshold", 0, 1), fields.number("clear_below", 0, 1)
    fields.check("clear_below", clear_below <= threshold, f"at most the threshold {threshold}")
    return FusionSpec(
        features=names,
        weights=tuple(weights.number(name) for name in names),
        intercept=fields.number("intercept"),
        intervals=tuple(intervals.span(name) for name in names),
        references={cue: references.span(cue) for cue in references},
        threshold=threshold,
        clear_below=clear_below,
        bins=_bins(fields),
        trained_on=_free(fields, "trained_on"),
        people_min=fields.whole("people_min", 1) if fields.has("people_min") else 1,
    )


def _both(fields: Fields) -> dict[str, str]:
    return {language: fields.text(language) for language in LANGUAGES}


def _training_data(fields: Fields) -> tuple[dict[str, Any], ...]:
    for one in fields.items("training_data"):
        one.text("name")
        one.whole("count", 0)
        one.text("terms")
        one.text("class")
    return tuple(dict(one) for one in fields.raw("training_data"))


def _free(fields: Fields, key: str) -> dict[str, Any]:
    fields.check(key, isinstance(fields.raw(key), dict), "an object")
    return dict(fields.raw(key))


def _files(fields: Fields) -> dict[str, str]:
    for name in fields:
        digest = fields.text(name)
        good = len(digest) == 64 and set(digest) <= set("0123456789abcdef")
        fields.check(name, good, "a sha256 of 64 hex digits")
    fields.text("model.onnx")
    return {name: fields.text(name) for name in fields}
