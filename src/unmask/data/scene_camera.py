"""The camera of a made scene: where every point of the still stage comes to lie in a frame.

One similarity per frame, the same for background and people: slow wander, pan, zoom about the
middle, and the tremor of a hand. A pure function of the scene's specification and the frame.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unmask.data.scene_head import HeadMotion
from unmask.data.scene_spec import Motion, SceneSpec

Affine = npt.NDArray[np.float64]
WANDER = Motion(0, 0, 0, sway=1.0, talk=0, blinks_per_min=0)
COVER_MARGIN = 1.04  # the background is cut a little larger than the frame, for the slow wander
TREMOR_SIGMAS = 3.0


class CameraCourse:
    """The course of one scene's camera."""

    def __init__(self, spec: SceneSpec) -> None:
        self._spec = spec
        self._wander = HeadMotion(WANDER, spec.seconds, np.random.default_rng([spec.seed, 1]))

    def at(self, index: int) -> Affine:
        """(2, 3) from the stage, in pixels of an unmoved camera, to pixels of frame `index`."""
        spec, camera = self._spec, self._spec.camera
        time_s = index / spec.fps
        sway = self._wander.at(time_s).shift
        jump = np.random.default_rng([spec.seed, 6, index]).normal(0, 1, 2) * camera.tremor_px
        shift = spec.shake_px * np.array(sway) + np.array(camera.pan_px_s) * time_s + jump
        zoom = (1 + camera.zoom_per_s) ** time_s
        middle = np.array([spec.width_px, spec.height_px]) / 2
        return np.array(
            [
                [zoom, 0, middle[0] * (1 - zoom) + shift[0]],
                [0, zoom, middle[1] * (1 - zoom) + shift[1]],
            ],
            np.float64,
        )

    @property
    def cover(self) -> float:
        """How much larger than the frame the background must be to fill it throughout."""
        spec, camera = self._spec, self._spec.camera
        way = np.abs(camera.pan_px_s) * spec.seconds + TREMOR_SIGMAS * camera.tremor_px
        share = 1 + 2 * float((way / [spec.width_px, spec.height_px]).max())
        out = (1 + min(camera.zoom_per_s, 0.0)) ** -spec.seconds
        return float(COVER_MARGIN * share * out)


def after(outer: Affine, inner: Affine) -> Affine:
    """(2, 3) of first `inner`, then `outer`."""
    linear = outer[:, :2] @ inner[:, :2]
    return np.concatenate([linear, (outer[:, :2] @ inner[:, 2] + outer[:, 2])[:, None]], axis=1)
