"""What heat maps are worth on validation faces: empty on genuine ones, faithful on the others?

    python benchmarks/faithfulness.py MANIFEST.parquet [--bundle NAME|DIR] [--per-source N]

Takes N faces of every source and class with a fixed seed. Genuine faces: how many maps have a peak
above what a reader sees (.25 of the scale) and above the full scale. Faces whose score leaves a
manipulation open: by how many log-odds the answer falls without the marked part and without random
parts, how stable the map is (the lower of mirrored and recompressed, as the rule asks for, and
recompressed alone), and how many pass the rule of `detectors/faithfulness.py` beside the share of
random parts that would.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from unmask.data.face_store import MESH_SCORE_MIN
from unmask.data.manifest import read_manifest, read_meshes
from unmask.detectors.faithfulness import (
    DROP_MARGIN,
    JPEG_QUALITY,
    STABILITY_MIN,
    blurred,
    check_map,
    marked_part,
    random_part,
    replace_part,
)
from unmask.detectors.fusion import outcome_of
from unmask.detectors.heat import EMPTY_PEAK, peak_of, upsample
from unmask.detectors.image import ImageDetector, heat_map_of
from unmask.evaluate.scores import observe_known
from unmask.media.degrade import jpeg
from unmask.models.bundle import load_bundle
from unmask.models.card import REAL, Card
from unmask.settings import Settings
from unmask.types import Outcome

DRAWS = 4  # random parts per face: the rule uses one, the spread needs several
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Bench:
    """The detector under test and its card."""

    detector: ImageDetector
    card: Card

    def read(self, row: object, landmarks: np.ndarray) -> dict[str, object]:
        """One line of the table for one face."""
        box = np.array([row.x1, row.y1, row.x2, row.y2], np.float32)
        face, observation = observe_known(Path(row.path), landmarks, box)
        score = self.detector.score_faces(observation, [face])[0]
        heat_map = heat_map_of(score, face, self.card)
        outcome = outcome_of(self.card.probability(score.logits)[1], self.card)[0]
        line = {"klass": row.klass, "source": row.source, "peak": peak_of(heat_map)}
        line["outcome"] = str(outcome)
        if outcome is Outcome.NO_EVIDENCE or line["peak"] < EMPTY_PEAK:
            return line
        tested = check_map(score, heat_map, self.card, self.detector.run)
        before = self.card.log_odds(score.first_logits)
        drops = [before - self.card.log_odds(one) for one in self._without(score, heat_map)]
        return line | {
            "tested": True, "shown": tested.shown, "stability": tested.stability,
            "agreement": tested.agreement, "marked": drops[0], "random": drops[1:],
            "recompressed": self._recompressed(score), "p_before": tested.before,
            "p_marked": tested.marked, "p_random": tested.random,
        }  # fmt: skip

    def _without(self, score: object, heat_map: object) -> np.ndarray:
        """Logits without the marked part and without `DRAWS` random parts."""
        crop = score.crop_rgb
        marked = marked_part(upsample(heat_map.values, crop.shape[0]))
        fill = blurred(crop)
        cells = heat_map.values.shape
        parts = [marked, *(random_part(crop, marked, cells, draw) for draw in range(DRAWS))]
        return self.detector.run([replace_part(crop, part, fill) for part in parts])[0]

    def _recompressed(self, score: object) -> float:
        """Correlation of the map with that of the crop saved again as JPEG."""
        chosen, real = self.card.most_likely_manipulation(score.logits), self.card.real_index
        again = self.detector.run([jpeg(score.crop_rgb, JPEG_QUALITY)])[1][0]
        plain, other = (one[chosen] - one[real] for one in (score.cam_views[0], again))
        return float(np.corrcoef(plain.ravel(), other.ravel())[0, 1])


def sample(table: pd.DataFrame, usable: np.ndarray, per_source: int) -> list[int]:
    """Rows: at most `per_source` of every source and class, drawn with a fixed seed."""
    rng = np.random.default_rng(0)
    chosen: list[int] = []
    places = pd.Series(np.flatnonzero(usable))
    for _, group in places.groupby(
        [table["source"].to_numpy()[usable], table["klass"][usable].to_numpy()]
    ):
        ids = group.to_numpy().copy()
        rng.shuffle(ids)
        chosen += ids[:per_source].tolist()
    return chosen


def tell_genuine(lines: pd.DataFrame) -> None:
    """How empty genuine faces' maps are."""
    genuine = lines[lines["klass"] == REAL]
    seen, full = genuine["peak"] > EMPTY_PEAK, genuine["peak"] > 1.0
    print(f"genuine {len(genuine)}: peak > {EMPTY_PEAK} {seen.mean():.3f}, > 1 {full.mean():.3f}")
    print(seen.groupby(genuine["source"]).agg(["mean", "size"]).round(3).to_string())


def tell_tested(title: str, lines: pd.DataFrame) -> None:
    """Drops, stability and the share shown of tested maps."""
    if lines.empty:
        return
    marked = lines["marked"].to_numpy(float)
    random = np.stack(lines["random"].to_numpy())
    gaps = marked[:, None] - random
    null = [random[:, i] - random[:, j] for i in range(DRAWS) for j in range(DRAWS) if i != j]
    print(f"{title}: {len(lines)} maps")
    for name, values in {
        "marked drop": marked, "random drop": random, "marked - random": gaps,
        "stability": lines["stability"].to_numpy(float),
        "recompressed": lines["recompressed"].to_numpy(float),
    }.items():  # fmt: skip
        print(f"  {name:16} quantiles {QUANTILES}: {np.quantile(values, QUANTILES).round(2)}")
    over = (gaps >= DROP_MARGIN).mean(), (np.concatenate(null) >= DROP_MARGIN).mean()
    print(f"  over the margin {DROP_MARGIN}: marked {over[0]:.3f}, a random part {over[1]:.3f}")
    unstable, changed = (lines[one] < STABILITY_MIN for one in ("stability", "recompressed"))
    print(
        f"  stability < {STABILITY_MIN}: {unstable.mean():.3f}, recompressed {changed.mean():.3f}"
    )
    means = lines[["p_before", "p_marked", "p_random", "agreement"]].astype(float).mean().round(3)
    print(f"  shown {lines['shown'].astype(bool).mean():.3f}; means {means.to_dict()}")


def main() -> None:
    """Score, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--bundle", default="default")
    parser.add_argument("--per-source", type=int, default=28)
    parser.add_argument("--split", default="val")
    options = parser.parse_args()
    settings = Settings()
    bundle = load_bundle(options.bundle, settings)
    bench = Bench(ImageDetector(bundle, settings), bundle.card)
    table = read_manifest(options.manifest)
    landmarks, mesh_score = read_meshes(options.manifest)
    usable = (table["split"] == options.split).to_numpy() & (mesh_score >= MESH_SCORE_MIN)
    chosen = sample(table, usable, options.per_source)
    known = zip(table.iloc[chosen].itertuples(), landmarks[chosen], strict=True)
    rows = [bench.read(row, marks) for row, marks in known]
    lines = pd.DataFrame(rows)
    tell_genuine(lines)
    tested = lines[lines["tested"].notna()]
    for outcome in (Outcome.MANIPULATED, Outcome.INCONCLUSIVE):
        for klass in (REAL, "swap", "synthetic"):
            part = tested[(tested["outcome"] == str(outcome)) & (tested["klass"] == klass)]
            tell_tested(f"{outcome}, {klass}", part)
    tell_tested("all tested", tested)


if __name__ == "__main__":
    main()
