"""Fit the rule for the people of clips on validation clips and write it onto a bundle's card.

    python scripts/fit_fusion.py BUNDLE CLIPS... --cache DIR [--workers 2] [--coarse]

CLIPS are folders with `truth.json` or manifests of videos; only their validation split is read,
with `--coarse` also a copy of it that is made smaller and encoded coarsely (DIR/degraded). The
card's section `fusion` is replaced. See docs/TEMPORAL.md. Needs the extra `train`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from unmask.data.clips import read_clips
from unmask.evaluate.clip_degrade import degrade_clips
from unmask.evaluate.clip_table import clip_table
from unmask.evaluate.fit_fusion import fusion_section
from unmask.evaluate.publish_temporal import write_card
from unmask.models.bundle import CARD_FILE, load_bundle
from unmask.settings import Settings
from unmask.train.clip_readings import read_people

SPLIT = "val"


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--cache", type=Path, required=True, help="where readings are kept")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--false-alarms", type=float, default=0.02)
    parser.add_argument("--misses", type=float, default=0.1)
    parser.add_argument("--coarse", action="store_true", help="fit on coarse copies, too")
    options = parser.parse_args()
    sources = list(options.clips)
    if options.coarse:  # of the same name, so that cross-validation keeps both copies together
        copies = options.cache / "degraded" / SPLIT
        sources += [degrade_clips(one, copies / one.name, SPLIT) for one in options.clips]
    clips = [one for source in sources for one in read_clips(source) if one.split == SPLIT]
    readings = read_people(clips, options.bundle, options.cache, cues=True, workers=options.workers)
    bundle = load_bundle(options.bundle, Settings())
    table = clip_table(readings, bundle)
    section, fit = fusion_section(
        table,
        bundle.card.verdict,
        false_alarms=options.false_alarms,
        misses=options.misses,
    )
    card = json.loads((options.bundle / CARD_FILE).read_text("utf-8"))
    write_card(options.bundle, card | {"fusion": section})
    for name in section["features"]:
        low, high = section["intervals"][name]
        print(f"{name:28s} {section['weights'][name]:+8.3f}  [{low:+.3f}, {high:+.3f}]")
    dropped = ", ".join(fit.dropped) or "-"
    print(f"{len(table)} people; left out, because they do not help: {dropped}")
    print(f"threshold {section['threshold']}, clear below {section['clear_below']}")


if __name__ == "__main__":
    main()
