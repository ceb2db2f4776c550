"""Train a configuration: python scripts/train.py CONFIG.toml RUN_DIR. Goes on where it stopped."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from unmask.train.config import read_config
from unmask.train.loop import Trainer

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    Trainer(read_config(Path(sys.argv[1])), Path(sys.argv[2])).run()
