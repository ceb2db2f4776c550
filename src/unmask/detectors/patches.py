"""A second look at a still face: does the grain of its patches speak of a generator?

What a generator leaves behind is small: most of it is gone where the whole face is made smaller for
the network. So the bundle's part `patches.onnx` sees patches of the face at its native size, and
what it says moves the first network's "synthetic" (`models/card.py`, PatchSpec). In clips, whose
codec takes the grain away, nobody is looked at twice.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from unmask.faces.crop import PATCH_PLACES, face_geometry, patch_affines, warp_crop
from unmask.faces.native_size import Portrait, at_native_size
from unmask.models.bundle import INPUT, Bundle
from unmask.models.card import SYNTHETIC, FloatVector, PatchSpec
from unmask.models.preprocess import network_input
from unmask.settings import Settings
from unmask.types import Face, FloatArray, ImageArray, SecondLook


class PatchLook:
    """The patches of one face after another; holds a warm session of a bundle that has the part."""

    def __init__(self, bundle: Bundle, spec: PatchSpec, settings: Settings) -> None:
        card = bundle.card
        self._spec, self._card = spec, card
        self._input = replace(card.input, size_px=spec.size_px)
        self._logits = card.outputs.logits
        self._real, self._synthetic = card.real_index, card.classes.index(SYNTHETIC)
        self._session = bundle.open_patches(settings.threads, batch=len(PATCH_PLACES))

    def look(self, image_rgb: ImageArray, face: Face, logits: FloatVector) -> SecondLook | None:
        """What the patches of a still face say beside the first look's (C,) `logits`.

        None without a mesh or where the face is too small.
        """
        if face.landmarks_px is None:
            return None
        side = face_geometry(face.landmarks_px, face.box_xyxy).side_px
        if side < self._spec.side_min_px:
            return None
        crops = cut_patches(image_rgb, face.landmarks_px, self._spec)
        batch = network_input(crops, self._input)
        said: FloatArray = self._session.run([self._logits], {INPUT: batch})[0]
        by_patch = said[:, self._synthetic].astype(np.float64) - said[:, self._real]
        odds = float(by_patch.mean())
        return SecondLook(odds, self._spec.usual_max, self._card.added_by_patches(logits, odds))


def cut_patches(image_rgb: ImageArray, landmarks_px: FloatArray, spec: PatchSpec) -> ImageArray:
    """(places, S, S, 3) uint8: the patches of a face, the whole of it at most `native_px` large."""
    portrait = at_native_size(Portrait(image_rgb, landmarks_px), spec.native_px)
    geometry = face_geometry(portrait.landmarks_px, np.zeros(4, np.float32))
    affines = patch_affines(geometry, spec.margin, spec.reach)
    return np.stack([warp_crop(portrait.image_rgb, one, spec.size_px) for one in affines])
