"""Make sources of genuine faces that a GAN restored, for training.

    python scripts/make_restored.py MANIFEST PLAN NETWORKS OUT

MANIFEST is one of `unmask data scan` over the genuine sources that PLAN (configs/restored.toml)
names, NETWORKS a folder with its files NAME.param and NAME.bin (docs/TRAINING.md says where they
come from), OUT gets a folder for each source. Scan them together with the rest afterwards: each
picture stays on the side of the split where its original is. Needs the extra `train`.
"""

from __future__ import annotations

import argparse
import logging
import signal
from pathlib import Path

from unmask.train.restored import read_plan, write_restored_faces


def main() -> None:
    """Write the folders."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("manifest", "plan", "networks", "out"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    plan = read_plan(options.plan)
    write_restored_faces(options.manifest, plan, options.networks, options.out)


if __name__ == "__main__":
    main()
