"""Count the errors of face tracks on made clips in which people cross and a cut comes.

    python scripts/measure_tracks.py MANIFEST OUT [--count 12] [--split test] [--seed 0]

Each clip has two shots of the same two or three people; in each shot two of them change places
(`unmask.data.crossing_scenes`). Read as `unmask analyze` reads a clip. Writes OUT/tracks.json.
Needs the extra `train`.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from unmask.data.crossing_scenes import CrossingClip, make_crossing
from unmask.data.group_scenes import SceneMaker
from unmask.data.manifest import SPLITS
from unmask.evaluate.tracking import TrackCounts, count_errors
from unmask.faces.reader import FaceReader
from unmask.media.sandbox import Decoder
from unmask.media.source import open_source
from unmask.settings import Settings


def main() -> None:
    """Make the clips, follow the faces, count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each shot")
    parser.add_argument("--split", default="test", choices=SPLITS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--frames", type=int, default=32)
    options = parser.parse_args()
    maker = SceneMaker(options.manifest, seed=options.seed)
    settings = Settings(threads=1)
    reader = FaceReader(settings)
    clips = {}
    with Decoder(settings) as decoder:
        for number in range(options.count):
            clip = make_crossing(
                maker,
                options.split,
                number,
                options.out,
                seconds=options.seconds,
                seed=options.seed,
            )
            clips[clip.path.name] = _count(clip, decoder, reader, options.frames, settings)
            print(clip.path.name, asdict(clips[clip.path.name]), flush=True)
    total = sum(list(clips.values())[1:], start=next(iter(clips.values())))
    found = {"total": asdict(total), "clips": {name: asdict(one) for name, one in clips.items()}}
    (options.out / "tracks.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print("total", asdict(total))


def _count(
    clip: CrossingClip, decoder: Decoder, reader: FaceReader, frames: int, settings: Settings
) -> TrackCounts:
    with open_source(clip.path, settings) as source:
        decoded = decoder.decode(source, frames=frames)
    seen = reader.observe(decoded.media, decoded.frames, decoded.cuts_s, damaged=decoded.damaged)
    numbers = [frame.index for frame in seen.frames]
    return count_errors(seen.tracks, numbers, clip.boxes_xyxy, clip.visible, [clip.cut_frame])


if __name__ == "__main__":
    main()
