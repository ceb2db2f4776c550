"""Fit what is usual for the human cues on made clips and write it on a bundle's card.

    python scripts/fit_cue_references.py BUNDLE CLIPS... --cache DIR [--split val] [--dry-run]

CLIPS are folders with `truth.json` (scripts/make_scenes.py, scripts/make_clips.py). Each clip is
read twice, as it is and encoded coarsely (DIR/degraded), which gives the error and, of the jitter
with `--by-quantiser`, how coarse a clip may be and what is usual beyond that; that takes the
setting UNMASK_H264_QP=1, with which clips are decoded in one thread, and a cache of its own. Prints
a table.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from unmask.data.clips import read_clips
from unmask.evaluate.clip_degrade import degrade_clips
from unmask.evaluate.cue_references import (
    coarse_range,
    coarsest_quantiser,
    cue_lines,
    fit_cue_references,
    write_cue_references,
)
from unmask.models.bundle import load_bundle
from unmask.settings import Settings
from unmask.train.clip_readings import Reading, read_people


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--cache", type=Path, required=True, help="where readings are kept")
    parser.add_argument("--split", default="val")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--by-quantiser", action="store_true", help="a range for coarse clips")
    parser.add_argument("--dry-run", action="store_true")
    options = parser.parse_args()
    if options.by_quantiser and not Settings().h264_qp:
        parser.error("--by-quantiser needs the environment variable UNMASK_H264_QP=1")
    coarse, split = options.cache / "degraded" / options.split, options.split
    copies = [degrade_clips(folder, coarse / folder.name, split) for folder in options.clips]
    first, again = (_read(folders, options) for folders in (options.clips, copies))
    limit = coarsest_quantiser([*first, *again]) if options.by_quantiser else None
    beyond = None if limit is None else coarse_range([*first, *again], limit)
    print(f"jitter beyond a quantiser of {limit}: {beyond}")
    lines = cue_lines(first, again, limit)
    references = fit_cue_references(lines, limit, beyond)
    for name, one in references.items():
        missing = lines.loc[lines["name"] == name, "value"].isna().mean()
        print(f"{name:14} {one['reference']} n {one['n']} error {one['error']} AUC {one['auc']}")
        print(f"{'':14} abstained {missing:.3f}")
    if not options.dry_run:
        write_cue_references(options.bundle, references)
        load_bundle(options.bundle, Settings())


def _read(folders: list[Path], options: argparse.Namespace) -> list[Reading]:
    clips = [clip for one in folders for clip in read_clips(one) if clip.split == options.split]
    return read_people(clips, options.bundle, options.cache, cues=True, workers=options.workers)


if __name__ == "__main__":
    main()
