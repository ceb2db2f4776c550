"""Fit what is usual for the measurements beside the network and write it on a bundle's card.

    python scripts/fit_references.py BUNDLE MANIFEST.parquet [--split val] [--readings OUT.parquet]

Prints a table; `--readings` keeps every reading, `--dry-run` leaves the card as it is.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from unmask.evaluate.references import (
    distances,
    fit_references,
    read_measurements,
    write_references,
)
from unmask.models.bundle import load_bundle
from unmask.settings import Settings


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--split", default="val")
    parser.add_argument("--readings", type=Path)
    parser.add_argument("--dry-run", action="store_true")
    options = parser.parse_args()
    load_bundle(options.bundle, Settings())  # refuses what is no bundle before the work
    readings = read_measurements(options.manifest, options.split)
    if options.readings is not None:
        readings.to_parquet(options.readings, index=False)
    references = fit_references(readings, from_zero=distances())
    for name, one in references.items():
        missing = readings.loc[readings["name"] == name, "value"].isna().mean()
        print(f"{name:20} {one['reference']} n {one['n']} error {one['error']} AUC {one['auc']}")
        print(f"{'':20} abstained {missing:.3f}")
    if not options.dry_run:
        write_references(options.bundle, references)
        load_bundle(options.bundle, Settings())


if __name__ == "__main__":
    main()
