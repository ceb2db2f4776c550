"""What each part of the default bundle's recipe is worth, on sources left out.

    python scripts/ablation.py MANIFEST OUT [--config TOML] [--only WORDS] [--jobs 2]

MANIFEST is one of `unmask data scan` over all sources of the recipe. Variants that OUT holds are
not made again. Writes OUT/ablation.json and OUT/ablation.md of what is finished. Needs the extra
`train`.
"""

from __future__ import annotations

import argparse
import json
import signal
from functools import partial
from pathlib import Path

from unmask.data.pool import map_in_processes
from unmask.evaluate.ablation import markdown, read_ablation, result_path, run_variant

CONFIG = Path(__file__).parent.parent / "configs" / "ablation.toml"


def main() -> None:
    """Make the missing variants, then write the table of all finished ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser.add_argument("--only", default="", help="variants whose name contains this")
    parser.add_argument("--jobs", type=int, default=2, help="variants at a time, a core each")
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ends at once: what is finished is on the disk
    plan = read_ablation(options.config)
    wanted = [one for one in plan.variants if options.only in one.name]
    missing = [one for one in wanted if not result_path(options.out, one).is_file()]
    work = partial(run_variant, plan, manifest=options.manifest, out=options.out)
    made = map_in_processes(work, missing, workers=options.jobs)
    for one, result in zip(missing, made, strict=True):
        print(one.name, json.dumps(result), flush=True)
    paths = [result_path(options.out, one) for one in plan.variants]
    results = [json.loads(path.read_text("utf-8")) for path in paths if path.is_file()]
    (options.out / "ablation.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    (options.out / "ablation.md").write_text(markdown(results), "utf-8")
    print(markdown(results))


if __name__ == "__main__":
    main()
