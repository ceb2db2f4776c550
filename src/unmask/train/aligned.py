"""Writes sources of aligned fakes: genuine training faces through our own autoencoders.

Manifest -> [here] -> folders `fake_recon_UPSAMPLER/` in the layout of `indexed-crops`, each picture
with the box and the identity of the one it was made from, so that both stay on one side of a split.
"""

from __future__ import annotations

import csv
import logging
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd

from unmask.data.manifest import read_manifest
from unmask.data.meshes import read_rgb
from unmask.errors import UsageError
from unmask.train.autoencoders import UPSAMPLERS, reconstruct, train_autoencoder
from unmask.types import ImageArray

log = logging.getLogger(__name__)
PATCH_PX = 64
PATCHES = 6000
SIDE_MAX_PX = 320  # the larger ones are reduced first: generators' pictures are met reduced, too
QUALITY = (85, 95)  # JPEG, drawn: as other sources were saved
FIELDS = ("file", "x1", "y1", "x2", "y2", "original", "person")


def write_aligned_fakes(
    manifest: Path,
    out: Path,
    *,
    per_source: int = 700,
    steps: int = 1500,
    seed: int = 0,
) -> list[Path]:
    """Train one autoencoder per up-sampler and write one folder each; the folders.

    At most `per_source` genuine pictures of each source, dealt out among the up-samplers. Pictures
    of the training split alone train the autoencoders. UsageError where there are none.
    """
    table = read_manifest(manifest)
    genuine = table[table["klass"] == "real"]
    if genuine.empty or not (genuine["split"] == "train").any():
        raise UsageError("no genuine training picture in the manifest", "scan a data set with some")
    rng = np.random.default_rng(seed)
    patches = _patches(genuine[genuine["split"] == "train"], rng)
    chosen = pd.concat(
        [
            part.sample(min(per_source, len(part)), random_state=seed)
            for _, part in genuine.groupby("source", sort=True)
        ]
    )
    names = list(UPSAMPLERS)
    folders = []
    for index, name in enumerate(names):
        network = train_autoencoder(name, patches, steps=steps, seed=seed + index)
        folder = out / f"fake_recon_{name}"
        rows = [
            _write(folder, row, reconstruct(network, image), rng, scale)
            for row in chosen.iloc[index :: len(names)].itertuples()
            for image, scale in [_load(str(row.path))]
        ]
        with (folder / "index.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, FIELDS)
            writer.writeheader()
            writer.writerows(rows)
        log.info("%s: %d pictures", folder, len(rows))
        folders.append(folder)
    return folders


def _load(path: str) -> tuple[ImageArray, float]:
    image = read_rgb(path)
    if image is None:
        raise UsageError(f"{path} can no longer be read", "scan the data again")
    scale = min(1.0, SIDE_MAX_PX / max(image.shape[:2]))
    if scale < 1:
        size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    return image, scale


def _patches(genuine: pd.DataFrame, rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """(PATCHES, S, S, 3) uint8: random cuts, sources alike."""
    groups = [part["path"].to_list() for _, part in genuine.groupby("source", sort=True)]
    cuts: list[ImageArray] = []
    while len(cuts) < PATCHES:
        paths = groups[len(cuts) // 4 % len(groups)]
        image, _ = _load(paths[int(rng.integers(len(paths)))])
        for _ in range(4):
            y = int(rng.integers(max(1, image.shape[0] - PATCH_PX)))
            x = int(rng.integers(max(1, image.shape[1] - PATCH_PX)))
            cut = image[y : y + PATCH_PX, x : x + PATCH_PX]
            if cut.shape[:2] == (PATCH_PX, PATCH_PX):
                cuts.append(cut)
    return np.stack(cuts)


def _write(
    folder: Path, row: Any, image_rgb: ImageArray, rng: np.random.Generator, scale: float
) -> dict[str, Any]:
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    name = f"{row.source}-{Path(row.path).stem}.jpg"
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(*QUALITY))]
    cv2.imwrite(str(images / name), cv2.cvtColor(image_rgb, cv2.COLOR_RGB2BGR), quality)
    box = {key: round(getattr(row, key) * scale, 1) for key in ("x1", "y1", "x2", "y2")}
    return {"file": name, **box, "original": f"{row.source}/{row.video}", "person": row.identity}
