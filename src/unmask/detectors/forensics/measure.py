"""All forensic measurements of the persons of a file, on the moment each map belongs to.

Observation + Evidence + Card -> Measurements. One face a person: in a clip that of the heat map, so
that numbers, map and words speak of the same pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

from unmask.detectors.forensics import (  # noqa: F401 (importing a measurement registers it)
    boundary_sharpness,
    colour_difference,
    double_compression,
    jpeg_grid,
    light_direction,
    noise_ratio,
    skin_texture,
    spectrum_peaks,
)
from unmask.detectors.forensics.base import FAMILY, FORENSICS, Reading, missing
from unmask.detectors.forensics.view import WIDTH_MIN_PX, view_face
from unmask.models.card import MeasurementReference
from unmask.types import Evidence, Face, FaceTrack, FloatArray, ImageArray, Measurement, Observation


def measure_tracks(
    observation: Observation,
    evidence: Sequence[Evidence],
    references: dict[str, MeasurementReference],
) -> tuple[Measurement, ...]:
    """Every registered measurement of every track, in their order."""
    found: list[Measurement] = []
    for track in observation.tracks:
        face = telling_face(track, evidence)
        readings = read_face(observation.frame(face.frame_index).image_rgb, face.landmarks_px)
        for name, reading in readings.items():
            known = references.get(name)
            found.append(
                Measurement(
                    name=name,
                    family=FAMILY,
                    subject=track.id,
                    value=reading.value,
                    unit=FORENSICS.get(name).unit,
                    reference=None if known is None else known.reference,
                    reliability=reading.reliability,
                    reason=reading.reason,
                    detail=reading.detail,
                )
            )
    return tuple(found)


def read_face(image_rgb: ImageArray, landmarks_px: FloatArray | None) -> dict[str, Reading]:
    """{measurement: reading} of one face, by name."""
    if landmarks_px is None:
        return {name: missing("no_mesh") for name in FORENSICS}
    low, high = landmarks_px[:468].min(axis=0), landmarks_px[:468].max(axis=0)
    height, width = image_rgb.shape[:2]
    in_frame = (high > 0).all() and low[0] < width and low[1] < height
    if float(high[0] - low[0]) < WIDTH_MIN_PX or not in_frame:
        return {name: missing("face_too_small") for name in FORENSICS}
    view = view_face(image_rgb, landmarks_px)
    return {name: FORENSICS.get(name).read(view) for name in FORENSICS}


def telling_face(track: FaceTrack, evidence: Sequence[Evidence]) -> Face:
    """The face whose map is shown; without a map, the widest face of the track."""
    maps = (one.heat_map for one in evidence if one.subject == track.id)
    frames = [one.frame_index for one in maps if one is not None]
    shown = [face for face in track.faces if face.frame_index in frames[:1]]
    return shown[0] if shown else max(track.faces, key=lambda face: face.width_px)
