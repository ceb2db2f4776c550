"""The table of the literature, repeated with every architecture in two splits and two subsets.

    python scripts/literature_table.py MANIFEST OUT [--config TOML] [--only NAMES] [--jobs 2]

MANIFEST is one of `unmask data scan` that holds the source named in the TOML. Cells that OUT/cells
holds are not made again, so an interrupted table goes on with the same command; a cell that was
under way goes on from its last epoch. Writes OUT/table.json and OUT/table.md of what is finished.
"""

from __future__ import annotations

import argparse
import json
import signal
from functools import partial
from pathlib import Path

from unmask.data.pool import map_in_processes
from unmask.evaluate.literature import (
    cells_of,
    markdown,
    prepare_data,
    read_plan,
    result_path,
    run_cell,
)

CONFIG = Path(__file__).parent.parent / "configs" / "literature.toml"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser.add_argument("--only", default="", help="architectures or cells, with commas between")
    parser.add_argument("--jobs", type=int, default=2, help="cells at the same time, a core each")
    return parser.parse_args()


def main() -> None:
    """Make the missing cells, then write the table of all finished ones."""
    options = arguments()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ends at once: what is finished is on the disk
    plan = read_plan(options.config)
    prepare_data(options.manifest, plan, options.out)
    only = [name for name in options.only.split(",") if name]
    missing = [c for c in cells_of(plan, only) if not result_path(options.out, c).is_file()]
    work = partial(run_cell, plan, out=options.out)
    made = map_in_processes(work, missing, workers=options.jobs)
    for cell, result in zip(missing, made, strict=True):
        print(cell.name, f"AUC {result['auc']}", f"{result['seconds']} s", flush=True)
    paths = [result_path(options.out, cell) for cell in cells_of(plan)]
    results = [json.loads(path.read_text("utf-8")) for path in paths if path.is_file()]
    (options.out / "table.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    (options.out / "table.md").write_text(markdown(results), "utf-8")
    print(markdown(results))


if __name__ == "__main__":
    main()
