"""A threshold of one's own: the profile that `unmask calibrate` writes and `analyze` uses.

A profile belongs to one bundle and to the settings that change scores; with any other it is
refused. Its threshold takes the place of the card's and `clear_below` never lies above it; nothing
else of the card changes. The form is JSON, schema 1.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from unmask.errors import UsageError
from unmask.media.text import clean_name
from unmask.models.bundle import Bundle
from unmask.settings import Settings
from unmask.types import Profile

SCHEMA = 1
KIND = "unmask-profile"
BYTES_MAX = 64 << 20
NAME_MAX = 80  # characters
# Settings that change the score of a file: a threshold holds only where they are the same.
SCORING = ("frames", "burst_frames", "face_width_min_px", "faces_max", "cues")
HINT = "name a file that `unmask calibrate` wrote, or make one with it"


def load_profile(path: Path, settings: Settings) -> Profile:
    """The profile in a file; UsageError where it is none or was made with other settings."""
    shown = clean_name(path.name)
    try:
        if path.stat().st_size > BYTES_MAX:
            raise UsageError(f"{shown} is too large for a profile", HINT)
        data = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"profile {shown} cannot be read: {error.strerror}", HINT) from None
    except (ValueError, RecursionError):
        raise UsageError(f"{shown} is no JSON", HINT) from None
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise UsageError(f"{shown} is no profile", HINT)
    if data.get("schema") != SCHEMA:
        raise UsageError(
            f"profile {shown}: schema: expected {SCHEMA}, got {data.get('schema')!r}",
            "it was made for another version of unmask: calibrate again",
        )
    try:
        profile = _read(data)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"profile {shown} is damaged: {error}", HINT) from None
    _check_settings(shown, data.get("settings"), settings)
    return profile


def apply_profile(bundle: Bundle, profile: Profile) -> Bundle:
    """The bundle with the profile's threshold; UsageError where it was made for another bundle."""
    if profile.bundle_sha256 != bundle.sha256:
        raise UsageError(
            f"profile {profile.name!r} was made for another model "
            f"({profile.bundle_sha256[:12]}, not {bundle.card.name} {bundle.sha256[:12]})",
            "choose that model with --bundle, or calibrate again with this one",
        )
    clear_below = min(bundle.card.verdict.clear_below, profile.threshold)
    decision = replace(bundle.card.verdict, threshold=profile.threshold, clear_below=clear_below)
    fusion = bundle.card.fusion
    if fusion is not None:  # the files that were scored may have been clips
        clear_below = min(fusion.clear_below, profile.threshold)
        fusion = replace(fusion, threshold=profile.threshold, clear_below=clear_below)
    return replace(bundle, card=replace(bundle.card, verdict=decision, fusion=fusion))


def profile_text(
    profile: Profile, bundle_name: str, sha256: Sequence[str], settings: Settings
) -> str:
    """The profile as JSON text; `sha256` are the digests of the files that were scored."""
    data = {
        "kind": KIND,
        "schema": SCHEMA,
        "name": profile.name,
        "bundle": bundle_name,
        "bundle_sha256": profile.bundle_sha256,
        "threshold": profile.threshold,
        "max_false_alarms": profile.max_false_alarms,
        "interval": list(profile.interval),
        "files": profile.files,
        "created": profile.created,
        "settings": {key: getattr(settings, key) for key in SCORING},
        "sha256": sorted(sha256),
    }
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _read(data: dict[str, Any]) -> Profile:
    low, high = (_share("interval", value) for value in data["interval"])
    if not low <= high:
        raise ValueError(f"interval: expected low, high, got {data['interval']}")
    files = data["files"]
    if type(files) is not int or files < 1:
        raise ValueError(f"files: expected a whole number above 0, got {files!r}")
    return Profile(
        name=_name(data["name"]),
        threshold=_share("threshold", data["threshold"]),
        max_false_alarms=_share("max_false_alarms", data["max_false_alarms"]),
        interval=(low, high),
        files=files,
        bundle_sha256=_sha256(data["bundle_sha256"]),
        created=clean_name(str(data["created"])),
    )


def _share(key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"{key}: expected a number from 0 to 1, got {value!r}")
    return float(value)


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"name: expected a text, got {value!r}")
    return clean_name(value)[:NAME_MAX]


def _sha256(value: object) -> str:
    text = str(value)
    if len(text) != 64 or not set(text) <= set("0123456789abcdef"):
        raise ValueError(f"bundle_sha256: expected 64 hex digits, got {text[:80]!r}")
    return text


def _check_settings(shown: str, made_with: object, settings: Settings) -> None:
    known = made_with if isinstance(made_with, dict) else {}
    for key in SCORING:
        if key in known and known[key] != getattr(settings, key):
            raise UsageError(
                f"profile {shown} was made with {key}={known[key]}, "
                f"this run has {key}={getattr(settings, key)}",
                f"analyse with --settings {key}={known[key]}, or calibrate again",
            )
