"""Named parts of a face in a crop, and how much of a heat map lies in each.

Stands between the detectors' heat map and the findings. The crop is divided without overlap: every
pixel inside the mesh belongs to the part it is nearest to, the jaw line and the hair line are bands
along the mesh's edge, and what is left are the surroundings. Left and right are the picture's.
Without a mesh nothing is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from unmask.detectors.heat import RASTER_PX, upsample
from unmask.faces.mesh_regions import FACE_OVAL, HAIR_LINE, JAW_LINE, POINTS, POLYGONS
from unmask.types import Face, FloatArray, HeatMap

SURROUNDINGS = "surroundings"
PARTS = tuple(name for name in POLYGONS if name != "face")
# In the order of the labels; the surroundings are label 0.
REGIONS = (SURROUNDINGS, *PARTS, "jaw_line", "hair_line")
EDGE_BANDS: Mapping[str, tuple[int, ...]] = {"jaw_line": JAW_LINE, "hair_line": HAIR_LINE}
EDGE_BAND_WIDTH = 0.09  # of the face's width; about as wide as SBI's softened mask edges
SKIN = frozenset({"forehead", "left_cheek", "right_cheek", "chin"})  # what a band may cover
_COVERED = np.array([name == SURROUNDINGS or name in SKIN for name in REGIONS])

Labels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class RegionShare:
    """What the region `name` holds of a map's positive mass and of the crop's area, in [0, 1]."""

    name: str
    mass: float
    area: float

    @property
    def concentration(self) -> float:
        """Mass share over area share: 1 = no more heat than anywhere else."""
        return self.mass / self.area if self.area > 0 else 0.0


def to_crop(points_px: FloatArray, crop_to_frame: FloatArray) -> FloatArray:
    """Points (n, 2) in pixels of the frame as crop coordinates (0..1); ValueError if singular."""
    matrix = crop_to_frame.astype(np.float64)
    if abs(float(np.linalg.det(matrix[:, :2]))) < 1e-9:
        raise ValueError(f"expected an invertible crop_to_frame, got {crop_to_frame!r}")
    inverse = np.linalg.inv(matrix[:, :2])
    return np.asarray((points_px - matrix[:, 2]) @ inverse.T, np.float32)


def region_labels(
    landmarks_px: FloatArray, crop_to_frame: FloatArray, size_px: int = RASTER_PX
) -> Labels:
    """(size_px, size_px) uint8, for every pixel of the crop the index of its region in `REGIONS`.

    A face that is upside down or mirrored keeps left and right as the picture has them.
    """
    points = to_crop(landmarks_px[:POINTS], crop_to_frame) * size_px
    names = _picture_names(landmarks_px)
    masks = {names[part]: _fill(points[list(POLYGONS[part])], size_px) for part in PARTS}
    nearest = _nearest([masks[part] for part in PARTS]) + np.uint8(1)
    inside = _fill(points[list(FACE_OVAL)], size_px)
    labels = np.where(inside > 0, nearest, 0).astype(np.uint8)
    for part in PARTS:
        labels[masks[part] > 0] = REGIONS.index(part)
    free = _COVERED[labels]
    width = max(1, round(EDGE_BAND_WIDTH * float(np.ptp(points[list(FACE_OVAL), 0]))))
    for name, line in EDGE_BANDS.items():
        labels[(_stroke(points[list(line)], width, size_px) > 0) & free] = REGIONS.index(name)
    return labels


def region_masks(
    landmarks_px: FloatArray, crop_to_frame: FloatArray, size_px: int = RASTER_PX
) -> dict[str, npt.NDArray[np.bool_]]:
    """{region: (size_px, size_px) mask}; the masks cover the crop once."""
    labels = region_labels(landmarks_px, crop_to_frame, size_px)
    return {name: labels == index for index, name in enumerate(REGIONS)}


def share_of_regions(values: FloatArray, labels: Labels) -> tuple[RegionShare, ...]:
    """Shares of the positive part of a map (h, w), in the order of `REGIONS`; they sum to 1.

    Empty where the map has nothing positive.
    """
    heat = np.maximum(upsample(values, labels.shape[0]), 0.0).astype(np.float64)
    total = float(heat.sum())
    if total <= 0.0:
        return ()
    count = len(REGIONS)
    mass = np.bincount(labels.ravel(), heat.ravel(), count) / total
    area = np.bincount(labels.ravel(), minlength=count) / labels.size
    return tuple(
        RegionShare(name, float(mass[i]), float(area[i])) for i, name in enumerate(REGIONS)
    )


def measure_regions(face: Face, heat_map: HeatMap) -> tuple[RegionShare, ...]:
    """Where the heat of a face's map lies; empty without a mesh or without heat."""
    if face.landmarks_px is None:
        return ()
    labels = region_labels(face.landmarks_px, heat_map.crop_to_frame)
    return share_of_regions(heat_map.values, labels)


def _picture_names(landmarks_px: FloatArray) -> dict[str, str]:
    """{part of the mesh: its name in the picture}: swapped where the mesh lies the other way."""
    left = float(landmarks_px[list(POLYGONS["left_eye"]), 0].mean())
    right = float(landmarks_px[list(POLYGONS["right_eye"]), 0].mean())
    if left <= right:
        return {part: part for part in PARTS}
    swap = {"left": "right", "right": "left"}
    return {part: "_".join(swap.get(word, word) for word in part.split("_")) for part in PARTS}


def _fill(polygon: FloatArray, size_px: int) -> Labels:
    mask = np.zeros((size_px, size_px), np.uint8)
    cv2.fillPoly(mask, [_fixed(polygon)], 1, shift=4)
    return mask


def _stroke(line: FloatArray, width_px: int, size_px: int) -> Labels:
    mask = np.zeros((size_px, size_px), np.uint8)
    cv2.polylines(mask, [_fixed(line)], False, 1, width_px, shift=4)
    return mask


def _fixed(points: FloatArray) -> npt.NDArray[np.int32]:
    # Sixteenths of a pixel; clipped so that a wild point cannot overflow OpenCV's integers.
    centred = np.clip(points - 0.5, -4096, 4096) * 16
    return np.asarray(np.round(centred), np.int32)


def _nearest(masks: Sequence[Labels]) -> Labels:
    """For every pixel the number of the mask that is nearest to it; of several the first."""
    nobody = len(masks)
    owner = np.full(masks[0].shape, nobody, np.uint8)
    for number in reversed(range(nobody)):
        owner[masks[number] > 0] = number
    owned = owner != nobody
    if not owned.any():
        return np.zeros(owner.shape, np.uint8)
    # One transform for all: it labels every pixel with the owned one that is nearest.
    _, label = cv2.distanceTransformWithLabels(
        (~owned).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    nearest = np.asarray(label, np.int32)
    owner_of = np.zeros(int(nearest.max()) + 1, np.uint8)
    owner_of[nearest[owned]] = owner[owned]
    return owner_of[nearest]
