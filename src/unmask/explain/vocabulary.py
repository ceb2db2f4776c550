"""The measurements and cues that can be spoken of, and the section in which each is told.

Names are those that measurements and cues are registered under; each language gives its words for
them (`english/names.py`, `korean/names.py`). A prompt may hold these names and no others.
"""

from __future__ import annotations

from collections.abc import Mapping

from unmask.explain.sections import Section

MEASURES: Mapping[str, Section] = {
    "skin_texture": Section.TEXTURE,
    "noise_ratio": Section.TEXTURE,
    "jpeg_grid": Section.TEXTURE,
    "double_compression": Section.TEXTURE,
    "boundary_sharpness": Section.TEXTURE,
    "spectrum_peaks": Section.TEXTURE,
    "colour_difference": Section.LIGHT,
    "light_direction": Section.LIGHT,
}
CUES = ("scene_motion", "appearance", "gaze", "face_body")
# Why a measurement or a cue may be missing; other codes are told as "not measurable here".
REASONS = (
    "image",
    "one_face",
    "no_shoulders",
    "no_neck",
    "no_skin",
    "no_outline",
    "no_surroundings",
    "no_grid",
    "no_light",
    "no_mesh",
    "no_texture",
    "eyes_not_readable",
    "too_few_frames",
    "face_too_small",
    "low_quality",
    "still",
)
