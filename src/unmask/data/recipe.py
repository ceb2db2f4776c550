"""A recipe: what the training draws from a manifest, written in the run's TOML and frozen.

Each entry is a share of all draws. Inside each look (blurred video crops, press photos, sharp
portraits) real and manipulated come equally often, pseudo-fakes are made from every real source
in its own proportion, and one distribution of native sizes and degradations serves all classes:
otherwise the network learns "sharp = fake" (docs/TRAINING.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from unmask.data.adapters.base import CLASSES
from unmask.errors import UsageError
from unmask.media.degrade import DegradeRecipe

FOUND_KINDS = ("as_is", "part_of_fake")  # what may be drawn of a fake beside its original
GENUINE_KINDS = ("as_is", "innocent")  # what is no fake


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a recipe.

    source, klass  which rows of the manifest
    weight         share of all draws (normalised over the entries)
    pseudo         {kind: weight} of pseudo-fakes made from the rows, "as_is" and "innocent"
                   among them; empty = as they are
    becomes        class of the result where it is not `klass`
    twins          draws come in twos, a genuine picture and its fake, cut and degraded alike: of
                   "real" rows the picture and its pseudo-fake; of others the original and the
                   fake, "part_of_fake" in `pseudo` meaning that only a part of it is put in
    """

    source: str
    klass: str
    weight: float
    pseudo: dict[str, float] = field(default_factory=dict)
    becomes: str = ""
    twins: bool = False

    def __post_init__(self) -> None:
        for name in (self.klass, self.becomes or self.klass):
            if name not in CLASSES:
                raise UsageError(f"unknown class {name!r} in the recipe", f"known: {CLASSES}")
        if self.weight <= 0:
            raise UsageError(f"weight of {self.source} is {self.weight}", "it must be > 0")
        if self.twins and self.klass == "real" and not (self.pseudo and self.becomes):
            raise UsageError(
                f"twins of genuine {self.source} need a fake made of them",
                'name kinds in `pseudo` and the class in `becomes`, for instance "swap"',
            )
        self._expect_kinds()

    def _expect_kinds(self) -> None:
        """UsageError where a kind in `pseudo` makes no sense for such rows."""
        found = self.twins and self.klass != "real"
        for kind in self.pseudo:
            if found and kind not in FOUND_KINDS:
                hint = f"choose from {', '.join(FOUND_KINDS)}"
            elif kind == "part_of_fake" and not found:
                hint = "it needs twins = true and rows that are fakes with their originals"
            elif self.twins and not found and kind in GENUINE_KINDS:
                hint = "the genuine twin comes by itself: name kinds of fakes alone"
            else:
                continue
            raise UsageError(f"{self.source}: {kind!r} cannot be drawn by this entry", hint)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is drawn and how it is cut.

    margin          crop margin, uniform, over the mesh's box (serving uses values inside)
    native_px       longer side of the face before anything else, log-uniform; faces are only
                    ever made smaller
    shift, rotate   crop jitter: share of the side, degrees; uniform either way
    degrade         share of draws that are degraded
    degradation     how: each step's share and strength
    stretch         how much the sides of the crop may differ and shear, as a share; uniform either
                    way: with it a face is no longer that person's
    recolour        share of draws whose colour and light are changed strongly
    cutout          share of draws of which a part of the face is covered (Face-Cutout)
    """

    entries: tuple[Entry, ...]
    margin: tuple[float, float] = (0.85, 1.35)
    native_px: tuple[float, float] = (56.0, 224.0)
    shift: float = 0.08
    rotate_deg: float = 10.0
    degrade: float = 0.8
    degradation: DegradeRecipe = field(default_factory=DegradeRecipe)
    stretch: float = 0.0
    recolour: float = 0.0
    cutout: float = 0.0

    @classmethod
    def from_dict(cls, raw: dict[str, Any], held_out: tuple[str, ...] = ()) -> Recipe:
        """Parse the `[recipe]` table; entries of `held_out` sources are left out."""
        values = dict(raw)
        entries = tuple(Entry(**entry) for entry in values.pop("entries"))
        kept = tuple(e for e in entries if e.source not in held_out)
        degradation = values.pop("degradation", {})
        if not isinstance(degradation, dict):
            raise UsageError(
                f"degradation is {degradation!r}", "write it as a table: [recipe.degradation]"
            )
        try:
            how = DegradeRecipe(**_ranges(degradation))
            return cls(entries=kept, degradation=how, **_ranges(values))
        except TypeError as error:
            raise UsageError(
                f"the recipe cannot be read: {error}", "see docs/TRAINING.md"
            ) from error


def _ranges(table: dict[str, Any]) -> dict[str, Any]:
    """A TOML table with its lists as tuples, as the frozen recipes hold them."""
    return {name: tuple(v) if isinstance(v, list) else v for name, v in table.items()}
