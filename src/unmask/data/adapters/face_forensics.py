"""FaceForensics++ (Rössler et al., ICCV 2019, arXiv:1901.08971) as its download script lays it out.

    original_sequences/{youtube,actors}/{raw,c23,c40}/videos/NNN.mp4
    manipulated_sequences/METHOD/{raw,c23,c40}/videos/TARGET_SOURCE.mp4
    splits/{train,val,test}.json     pairs ["TARGET", "SOURCE"]; also right below the root

METHOD is Deepfakes, Face2Face, FaceSwap, NeuralTextures, FaceShifter or DeepFakeDetection; all
change a face within a genuine video, which is the class "swap" here. The official splits hold pairs
of videos whose faces were exchanged both ways; a pair counts as one identity. Videos of the actors
(`01__SCENE`) and their fakes (`01_02__SCENE__ID`, DeepFakeDetection) have no official split and go
by the actor who is seen. All compressions of a video lie in one split.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from unmask.data.adapters.base import SPLITS, VIDEO_SUFFIXES, Picture, adapter, media_below
from unmask.errors import UsageError

ORIGINAL, MANIPULATED = "original_sequences", "manipulated_sequences"
SPLIT_PLACES = ("splits", "dataset/splits", ".")


@adapter(
    "face-forensics",
    layout=f"{ORIGINAL}/ and {MANIPULATED}/ with METHOD/{{raw,c23,c40}}/videos/",
    recognises=lambda root: (root / ORIGINAL).is_dir() or (root / MANIPULATED).is_dir(),
)
def face_forensics(root: Path) -> Iterator[Picture]:
    """Every video, genuine ones first."""
    files = [path for name in (ORIGINAL, MANIPULATED) for path in _videos(root / name)]
    official = _official(root)
    partners = _partners(official, files)
    for path in files:
        method, quality = path.parents[2].name, path.parents[1].name
        target = path.stem.partition("__")[0].split("_")[0]
        if _is_of_actors(path):
            video, identity, split = _scene(path.stem), f"ff/actor_{target}", None
        else:
            pair = sorted({target, partners.get(target, target)})
            video, identity, split = target, f"ff/{'+'.join(pair)}", official.get(target)
        yield Picture(
            path,
            "real" if path.is_relative_to(root / ORIGINAL) else "swap",
            f"ff_{method}_{quality}",
            f"ff/{video}",
            identity,
            None,
            (split[0],) if split else SPLITS,
        )


def _videos(folder: Path) -> list[Path]:
    """Videos that lie in METHOD/QUALITY/videos below the folder; masks and models are left out."""
    return [
        path
        for path in media_below(folder, VIDEO_SUFFIXES)
        if path.parent.name == "videos" and len(path.relative_to(folder).parts) == 4
    ]


def _is_of_actors(path: Path) -> bool:
    return "__" in path.stem


def _scene(stem: str) -> str:
    """01_02__kitchen_pan__YVGY8LOK was made from 01__kitchen_pan."""
    people, scene = stem.split("__")[:2]
    return f"{people.split('_')[0]}__{scene}"


def _official(root: Path) -> dict[str, tuple[str, str]]:
    """video -> (official split, its partner); empty where the split files are not there."""
    found: dict[str, tuple[str, str]] = {}
    for split in SPLITS:
        places = (root / place / f"{split}.json" for place in SPLIT_PLACES)
        path = next((place for place in places if place.is_file()), None)
        for first, second in _read_pairs(path) if path else ():
            for name, other in ((first, second), (second, first)):
                if found.setdefault(name, (split, other)) != (split, other):
                    raise UsageError(
                        f"the video {name} stands twice in the split files of {root.name}",
                        "take splits/*.json as published",
                    )
    return found


def _read_pairs(path: Path) -> list[tuple[str, str]]:
    try:
        return [(str(first), str(second)) for first, second in json.loads(path.read_text("utf-8"))]
    except (ValueError, TypeError) as error:
        raise UsageError(
            f"{path.name} holds no list of pairs: {error}", "take splits/*.json as published"
        ) from None


def _partners(official: dict[str, tuple[str, str]], files: list[Path]) -> dict[str, str]:
    """video -> the video it exchanged faces with, from the splits, else from the fakes' names."""
    partners: dict[str, str] = {}
    for path in files:
        first, _, second = path.stem.partition("_")
        if second and not _is_of_actors(path):
            partners.setdefault(first, second)
            partners.setdefault(second, first)
    return {**partners, **{name: other for name, (_, other) in official.items()}}
