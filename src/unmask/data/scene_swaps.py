"""Kinds of swap for made scenes: each leaves one trace that a careful forger would avoid.

A kind takes a donor and the direction of the scene's light and gives the `Swap` that an actor
wears. `HELD_OUT` is left out of training and validation, to measure on a kind never seen. "parts"
is no swap of a face but an edit of some of its parts: scenes hold it where it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from unmask.data.pseudo import decode_like, draw_parts
from unmask.data.scene_person import Vector, relight
from unmask.data.scene_spec import Person, Swap
from unmask.registry import Registry

HELD_OUT = "decoder"
SwapMaker = Callable[[np.random.Generator, Person, Vector], Swap]
KINDS: Registry[SwapMaker] = Registry("kind of swap")
EDIT = "parts"


@KINDS.register("soft")
def _soft(rng: np.random.Generator, donor: Person, light: Vector) -> Swap:
    """The low resolution of a swapping network."""
    return Swap(relight(donor, light, 0.3), float(rng.uniform(0.35, 0.6)), jitter=_jitter(rng))


@KINDS.register("sharp")
def _sharp(rng: np.random.Generator, donor: Person, light: Vector) -> Swap:
    """A careful swap: full resolution, matched colour."""
    return Swap(relight(donor, light, 0.3), 1.0, forehead=rng.random() < 0.3, jitter=_jitter(rng))


@KINDS.register("other_light")
def _other_light(rng: np.random.Generator, donor: Person, light: Vector) -> Swap:
    """Lit from the other side than the scene."""
    wrong = (-light[0], light[1], light[2])
    lit = relight(donor, wrong, float(rng.uniform(0.6, 0.9)))
    return Swap(lit, float(rng.uniform(0.6, 1.0)), forehead=rng.random() < 0.5, jitter=_jitter(rng))


@KINDS.register("jitter")
def _trembling(rng: np.random.Generator, donor: Person, light: Vector) -> Swap:
    """Aligned anew in every frame."""
    detail = float(rng.uniform(0.5, 1.0))
    return Swap(relight(donor, light, 0.3), detail, jitter=float(rng.uniform(0.007, 0.02)))


@KINDS.register("grain")
def _grain(rng: np.random.Generator, donor: Person, light: Vector) -> Swap:
    """With the noise of another sensor."""
    lit = relight(donor, light, 0.3)
    return Swap(lit, 1.0, jitter=_jitter(rng), grain=float(rng.uniform(4, 10)))


@KINDS.register("colour")
def _colour(rng: np.random.Generator, donor: Person, light: Vector) -> Swap:
    """With the donor's own colours."""
    return Swap(donor, float(rng.uniform(0.6, 1.0)), colour=False, jitter=_jitter(rng))


@KINDS.register("decoder")
def _decoder(rng: np.random.Generator, donor: Person, light: Vector) -> Swap:
    """Drawn by something like a decoder."""
    drawn = replace(donor, image_rgb=decode_like(rng, donor.image_rgb))
    return Swap(relight(drawn, light, 0.3), 1.0, jitter=_jitter(rng))


@KINDS.register(EDIT)
def _parts(rng: np.random.Generator, donor: Person, light: Vector) -> Swap:
    """Eyes, nose, mouth or brows of the donor, the rest of the face is the actor's."""
    parts = draw_parts(rng)
    lit = relight(donor, light, 0.3)
    return Swap(lit, float(rng.uniform(0.5, 1.0)), jitter=_jitter(rng), parts=parts)


def _jitter(rng: np.random.Generator) -> float:
    """The tremor of alignment by a face mesh, face widths; sometimes smoothed away."""
    return float(rng.choice((0.0, 0.002, 0.004, 0.006)))


SWAPS = tuple(kind for kind in KINDS if kind != EDIT)
