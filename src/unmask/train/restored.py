"""Writes sources of restored faces: genuine pictures made small, then enlarged by a trained GAN.

Manifest + networks of super-resolution -> [here] -> folders `fake_restored_NAME/` in the layout of
`indexed-crops`, one for each genuine source. Person, pose, light and background stay; skin, hair
and eyes are what a generator thinks them to be (Real-ESRGAN, Wang et al., ICCV workshops 2021), as
in pictures that were generated whole. So the class "synthetic" is not known by its sources alone.
Each picture has the box and the identity of its original: both stay on one side of a split.
"""

from __future__ import annotations

import csv
import logging
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import ncnn
import numpy as np
import pandas as pd

from unmask.data.manifest import read_manifest
from unmask.errors import UsageError
from unmask.train.aligned import FIELDS
from unmask.types import ImageArray

log = logging.getLogger(__name__)
ENLARGES = 4
SIDE_MAX_PX = 288
LESS_SMALL = (1.0, 1.9)  # of a quarter of the side, drawn: the smaller, the more is invented
BLURRED, BLUR = 0.4, (0.3, 0.8)  # share, and sigma in pixels of the small picture
PACKED, PACKED_QUALITY = 0.4, (50, 95)  # share, and JPEG quality of the small picture
QUALITY = (85, 96)  # JPEG of what is written: as other sources were saved


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """What is made of what.

    sources   name of a genuine source -> how many of its pictures, at most
    networks  name of the files NAME.param and NAME.bin (ncnn, four times the side) -> its share
    """

    seed: int
    sources: dict[str, int]
    networks: dict[str, float]

    def __post_init__(self) -> None:
        if abs(sum(self.networks.values()) - 1) > 1e-6:
            raise ValueError("the shares of the networks do not add up to 1")


def read_plan(path: Path) -> RestorePlan:
    """The plan in a TOML; UsageError where it does not fit."""
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        return RestorePlan(**raw)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{path} is no plan: {error}", "see configs/restored.toml") from error


class Restorer:
    """One network of super-resolution; one thread, so that its bits do not depend on the load."""

    def __init__(self, files: Path) -> None:
        """`files` without their endings; UsageError where they are missing or no network."""
        self._net = ncnn.Net()
        self._net.opt.num_threads = 1
        names = [str(files.with_name(files.name + ending)) for ending in (".param", ".bin")]
        missing = [name for name in names if not Path(name).is_file()]
        if missing or self._net.load_param(names[0]) or self._net.load_model(names[1]):
            raise UsageError(
                f"{files} is no network: {', '.join(missing) or 'its files do not fit'}",
                "docs/TRAINING.md says which packages carry the networks",
            )

    def enlarge(self, image_bgr: ImageArray) -> ImageArray:
        """(h, w, 3) uint8 BGR to (4h, 4w, 3)."""
        height, width = image_bgr.shape[:2]
        kind = ncnn.Mat.PixelType.PIXEL_BGR2RGB
        pixels = ncnn.Mat.from_pixels(np.ascontiguousarray(image_bgr), kind, width, height)
        pixels.substract_mean_normalize([0, 0, 0], [1 / 255] * 3)
        run = self._net.create_extractor()
        run.input(self._net.input_names()[0], pixels)
        _, made = run.extract(self._net.output_names()[0])
        rgb = np.clip(np.array(made).transpose(1, 2, 0) * 255 + 0.5, 0, 255).astype(np.uint8)
        return np.asarray(rgb[:, :, ::-1], np.uint8)


def write_restored_faces(manifest: Path, plan: RestorePlan, networks: Path, out: Path) -> None:
    """Write one folder for each source of the plan; UsageError where the manifest lacks it."""
    table = read_manifest(manifest)
    restorers = {name: Restorer(networks / name) for name in plan.networks}
    for source, count in plan.sources.items():
        rows = table[(table["source"] == source) & (table["klass"] == "real")]
        if rows.empty:
            raise UsageError(f"the manifest has no genuine {source!r}", "scan its folder, too")
        folder = out / f"fake_restored_{source.removeprefix('real_')}"
        _write_source(rows, count, plan, restorers, folder)
        log.info("%s", folder)


def _write_source(
    rows: pd.DataFrame, count: int, plan: RestorePlan, restorers: dict[str, Restorer], folder: Path
) -> None:
    (folder / "images").mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([plan.seed, sum(map(ord, str(rows["source"].iloc[0])))])
    names, shares = list(plan.networks), list(plan.networks.values())
    written = []
    for place in rng.permutation(len(rows))[:count]:
        row: Any = rows.iloc[int(place)]
        image = cv2.imread(str(row["path"]), cv2.IMREAD_COLOR)
        if image is None:
            raise UsageError(f"{row['path']} can no longer be read", "scan the data again")
        restorer = restorers[str(rng.choice(names, p=shares))]
        made, scale = _restore(rng, np.asarray(image, np.uint8), restorer)
        name = f"{row['source']}-{Path(row['path']).stem}.jpg"
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(*QUALITY))]
        if not cv2.imwrite(str(folder / "images" / name), made, quality):
            raise UsageError(f"{folder / 'images' / name} cannot be written", "make room for it")
        box = {key: round(float(row[key]) * scale, 1) for key in ("x1", "y1", "x2", "y2")}
        origin = {"original": f"{row['source']}/{row['video']}", "person": row["identity"]}
        written.append({"file": name} | box | origin)
    with (folder / "index.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        writer.writerows(written)


def _restore(
    rng: np.random.Generator, image_bgr: ImageArray, restorer: Restorer
) -> tuple[ImageArray, float]:
    """The picture restored, its longer side at most SIDE_MAX_PX, and what its size was made."""
    height, width = image_bgr.shape[:2]
    scale = min(1.0, SIDE_MAX_PX / max(height, width))
    small_by = scale / ENLARGES * rng.uniform(*LESS_SMALL)
    small = _resized(image_bgr, small_by)
    if rng.random() < BLURRED:
        small = np.asarray(cv2.GaussianBlur(small, (0, 0), rng.uniform(*BLUR)), np.uint8)
    if rng.random() < PACKED:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(*PACKED_QUALITY))]
        small = np.asarray(cv2.imdecode(cv2.imencode(".jpg", small, quality)[1], 1), np.uint8)
    large = restorer.enlarge(small)
    side = (round(width * scale), round(height * scale))
    return np.asarray(cv2.resize(large, side, interpolation=cv2.INTER_AREA), np.uint8), scale


def _resized(image: ImageArray, scale: float) -> ImageArray:
    size = tuple(max(1, round(side * scale)) for side in (image.shape[1], image.shape[0]))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
