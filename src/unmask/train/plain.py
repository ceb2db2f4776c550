"""A configuration from a manifest and a few decisions: what `unmask train` does without a TOML.

The recipe has one entry for each (source, class) of the manifest, genuine and manipulated faces
even, each source by the number of its pictures; an epoch is as many draws as there are training
faces. A network with a blend head also sees self-blended genuine faces: a manipulated file tells
that head nothing, since nobody knows where it was manipulated.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from unmask.data.adapters.base import CLASSES
from unmask.data.face_store import MESH_SCORE_MIN
from unmask.data.manifest import read_manifest, read_meshes
from unmask.data.recipe import Entry, Recipe
from unmask.errors import UsageError
from unmask.train.architectures import PACKAGED, normalisation
from unmask.train.config import Config, Stage

BLENDED = 0.2  # share of the manipulated draws that are self-blended genuine faces
MANIPULATED = "manipulated"  # the class where several kinds of manipulation are one


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides a plain run.

    epochs      each as long as there are training faces
    size_px     side of the pictures
    lr          highest learning rate; None takes 1e-3, or .05 with "sgd"
    classes     2 or 3; None takes 3 where swapped and synthetic faces are there
    even        genuine and manipulated faces come equally often, else as often as in the manifest
    pretrained  None takes ImageNet's weights where they are installed, without a network
    """

    architecture: str
    manifest: Path
    epochs: int = 10
    size_px: int = 160
    batch: int = 32
    lr: float | None = None
    optimiser: str = "adamw"
    schedule: str = "cosine"
    seed: int = 0
    classes: int | None = None
    blend: bool = True
    even: bool = True
    pretrained: bool | None = None
    patience: int = 0
    accumulate: int = 1
    mixed_precision: bool = False
    threads: int = 2
    loaders: int = 1
    device: str = "auto"


def plain_config(plan: Plan, recipe: Recipe | None = None) -> Config:
    """The frozen configuration of a plan; `recipe` lends its crops and degradations.

    UsageError where a class has no training face.
    """
    faces = training_faces(plan.manifest)
    names = _class_names(faces, plan)
    batch = min(plan.batch, len(faces))
    epoch = len(faces) // batch * batch
    pretrained = plan.architecture in PACKAGED if plan.pretrained is None else plan.pretrained
    mean, std = normalisation(plan.architecture, pretrained=pretrained)
    rate = plan.lr if plan.lr is not None else 0.05 if plan.optimiser == "sgd" else 1e-3
    base = recipe or Recipe(())
    return Config(
        architecture=plan.architecture,
        manifest=str(plan.manifest),
        recipe=Recipe(
            _entries(faces, plan),
            margin=base.margin,
            native_px=base.native_px,
            shift=base.shift,
            rotate_deg=base.rotate_deg,
            degrade=base.degrade,
        ),
        stages=(Stage(plan.size_px, epoch * plan.epochs, rate, schedule=plan.schedule),),
        seed=plan.seed,
        pretrained=pretrained,
        classes=names,
        mean=mean,
        std=std,
        batch=batch,
        accumulate=plan.accumulate,
        optimiser=plan.optimiser,
        blend=plan.blend,
        mixed_precision=plan.mixed_precision,
        checkpoint=epoch,
        patience=plan.patience,
        threads=plan.threads,
        loaders=plan.loaders,
        device=plan.device,
    )


def training_faces(manifest: Path) -> pd.DataFrame:
    """The rows of the training split in which a face was found."""
    table = read_manifest(manifest)
    _, score = read_meshes(manifest)
    return table[(table["split"] == "train").to_numpy() & (score >= MESH_SCORE_MIN)]


def _class_names(faces: pd.DataFrame, plan: Plan) -> tuple[str, ...]:
    found = [name for name in CLASSES if (faces["klass"] == name).any()]
    fakes = [name for name in found if name != "real"]
    for there, kind in (("real" in found, "genuine"), (bool(fakes), "manipulated")):
        if not there:
            raise UsageError(
                f"the training split of {plan.manifest} holds no {kind} face",
                "scan such pictures too (a folder real/ beside a folder fake/)",
            )
    wanted = plan.classes if plan.classes is not None else len(found)
    if wanted == len(CLASSES):
        missing = sorted(set(CLASSES) - set(found))
        if missing:
            raise UsageError(
                f"the class {missing[0]!r} is empty: no training face of {plan.manifest} is of it",
                "train with two classes (--classes 2), or scan such pictures too",
            )
        return CLASSES
    blended = ["swap"] if plan.blend else []
    kinds = {*fakes, *blended}
    return ("real", kinds.pop() if len(kinds) == 1 else MANIPULATED)


def _entries(faces: pd.DataFrame, plan: Plan) -> tuple[Entry, ...]:
    counts = faces.groupby(["source", "klass"], sort=True).size()
    real = {source: int(n) for (source, klass), n in counts.items() if klass == "real"}
    fake = {key: int(n) for key, n in counts.items() if key[1] != "real"}
    sides = (sum(real.values()), sum(fake.values())) if plan.even else (1, 1)
    entries = [Entry(source, "real", n / sides[0]) for source, n in real.items()]
    share = 1 - BLENDED if plan.blend else 1.0
    entries += [Entry(source, klass, share * n / sides[1]) for (source, klass), n in fake.items()]
    if plan.blend:
        fakes = BLENDED * (1.0 if plan.even else sum(fake.values())) / sum(real.values())
        blended = {"self_blend": 1.0}
        entries += [Entry(s, "real", n * fakes, dict(blended), "swap") for s, n in real.items()]
    return tuple(entries)
