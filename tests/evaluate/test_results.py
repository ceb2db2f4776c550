"""Figures of a scored table: counts, opponents, confusion, levels, paired differences."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from tiny_bundle import build_tiny_bundle

from unmask.evaluate.chain import line
from unmask.evaluate.results import Figures, paired_difference
from unmask.evaluate.summary import summarise
from unmask.models.bundle import load_bundle
from unmask.settings import Settings

pytestmark = pytest.mark.train
OUTCOMES = {True: "manipulated", False: "no_evidence"}


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    folder = build_tiny_bundle(tmp_path_factory.mktemp("b"))
    return load_bundle(folder, Settings()).card  # threshold .9, clear below .3


def row(source, klass, p=None, *, status="scored", reason="", error="", group=None, **more):
    if p is not None:
        outcome = "manipulated" if p >= 0.9 else "no_evidence" if p <= 0.3 else "inconclusive"
        result = line("scored", p=p, outcome=outcome, faces=1, faces_scored=1)
    else:
        result = line(status, reason=reason, error=error)
    about = {"path": f"{source}{p}", "klass": klass, "family": klass, "source": source}
    return {**about, "group": group or f"{source}/{p}", **result, **more}


MIXED = [
    row("set", "real", 0.1),
    row("set", "real", 0.95),
    row("set", "swap", 0.5),
    row("set", "swap", 0.99),
    row("real_x", "real", 0.2),
    row("fake_x", "swap", 0.15),
    row("real_y", "real", 0.05),
    row("fake_z", "synthetic", 0.92),
    row("fake_z", "synthetic", status="abstained", reason="low_quality"),
    row("fake_z", "synthetic", status="no_face", reason="no_face"),
    row("real_y", "real", status="unreadable", error="corrupt"),
]


@pytest.fixture
def mixed(card):
    return Figures(pd.DataFrame(MIXED), card, rounds=50)


def test_everything_is_counted_and_nothing_scored_that_has_no_probability(mixed):
    found = mixed.to_dict()
    assert (found["n"], found["n_scored"]) == (11, 8)
    assert (found["n_abstained"], found["faces_lost"], found["n_unreadable"]) == (1, 1, 1)
    assert found["abstained"] == {"low_quality": 1}
    assert found["unreadable"] == {"corrupt": 1}
    scored = [one for one in MIXED if one["status"] == "scored"]
    expected = roc_auc_score([r["klass"] != "real" for r in scored], [r["p"] for r in scored])
    assert found["auc"] == pytest.approx(expected)


def test_the_confusion_has_a_place_for_everything(mixed):
    found = mixed.to_dict()["confusion"]
    assert found["genuine"] == {
        "manipulated": 1, "inconclusive": 0, "no_evidence": 3,
        "abstained": 0, "no_face": 0, "unreadable": 1,
    }  # fmt: skip
    assert found["manipulated"] == {
        "manipulated": 2, "inconclusive": 1, "no_evidence": 1,
        "abstained": 1, "no_face": 1, "unreadable": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("source", "against"),
    [
        ("set", []),  # its own genuine faces
        ("fake_x", ["real_x"]),  # its twin
        ("fake_z", ["real_x", "real_y"]),  # sources with genuine faces only
        ("real_y", []),
    ],
)
def test_fakes_are_measured_against_the_right_genuine_faces(mixed, source, against):
    assert mixed.of_source(source)["against"] == against


def test_a_source_of_genuine_faces_alone_has_false_alarms_and_nulls(mixed):
    found = mixed.of_source("real_y")
    assert found["auc"] is None
    assert found["caught"] is None
    assert found["false_alarms"]["n"] == 1
    assert found["false_alarms"]["share"] == 0
    assert (found["n"], found["n_unreadable"]) == (2, 1)


def test_a_source_with_fakes_alone_borrows_genuine_faces_but_counts_its_own(mixed):
    found = mixed.of_source("fake_z")
    assert (found["n"], found["n_fake"], found["n_scored"]) == (3, 3, 1)
    assert found["auc"] == 1.0
    assert found["caught"]["share"] == 1.0
    assert found["false_alarms"] is None


def test_families_and_the_point_of_the_thresholds(mixed):
    found = mixed.to_dict()
    assert list(found["per_family"]) == ["swap", "synthetic"]
    assert found["per_family"]["synthetic"]["against"] == ["real_x", "real_y"]
    here = found["risk_coverage"]["at_thresholds"]
    assert here["coverage"] == pytest.approx(7 / 11)  # one is inconclusive, three have no number
    assert here["risk"] == pytest.approx(2 / 7)  # a genuine one accused, a fake one cleared


def test_genuine_faces_alone_do_not_crash(card):
    table = pd.DataFrame([row("a", "real", 0.2), row("a", "real", 0.95)])
    found = Figures(table, card, rounds=20).to_dict()
    assert found["auc"] is None
    assert found["false_alarm_rate"] == 0.5
    assert found["per_family"] == {}
    assert found["ece_even_prior"] is None


def test_the_even_prior_weighs_both_sides_alike(card):
    p = [0.5] * 100
    table = [row("a", "real", x, group=i) for i, x in enumerate(p[:20])]
    table += [row("a", "swap", x, group=i) for i, x in enumerate(p[:80])]
    figures = Figures(pd.DataFrame(table), card, rounds=10)
    assert figures.even_prior_error() == pytest.approx(0)
    assert figures.metrics(figures.scored)["ece"] == pytest.approx(0.3)


def test_faces_of_one_person_in_a_clip_become_one_number(card):
    rows = []
    for clip, klass, logits in (("a", "swap", (0.0, 3.0)), ("b", "real", (3.0, 0.0))):
        for frame in range(5):
            odd = frame == 0  # a frame that fails either way is trimmed
            swap = (-9.0 if klass == "swap" else 9.0) if odd else logits[1]
            scores = {"logit_real": logits[0], "logit_swap": swap, "logit_synthetic": -20.0}
            rows.append(row("s", klass, 0.5, clip=clip, track_id=f"{clip}#A", **scores))
    found = Figures(pd.DataFrame(rows), card, rounds=20).levels()
    assert (found["track"]["n"], found["track"]["auc"]) == (2, 1.0)
    assert (found["video"]["n"], found["video"]["auc"]) == (2, 1.0)


def test_a_paired_difference_is_sharper_than_two_intervals(card):
    rng = np.random.default_rng(0)
    fake = np.arange(300) % 2 == 0
    hidden = rng.normal(0, 1, 300) + fake
    sides = []
    for noise in (0.0, 0.3):
        odds = hidden + rng.normal(0, 1, 300) * noise
        p = 1 / (1 + np.exp(-odds))
        table = [row("s", "swap" if f else "real", x, group=i)
                 for i, (f, x) in enumerate(zip(fake, p, strict=True))]  # fmt: skip
        sides.append(Figures(pd.DataFrame(table), card, rounds=100))
    every = np.ones(300, bool)
    found = paired_difference(sides[0], sides[1], every)
    own = sides[0].auc_interval(every)
    low, high = found["interval"]
    assert low < found["difference"] < high
    assert high - low < (own[1] - own[0]) / 2
    back = paired_difference(sides[1], sides[0], every)
    assert back["difference"] == pytest.approx(-found["difference"])
    nothing = paired_difference(sides[0], sides[0], every)
    assert nothing["interval"] == [0, 0]
    assert paired_difference(sides[0], sides[1], ~fake) is None


def test_the_summary_for_a_card_has_a_row_for_every_question(mixed):
    result = mixed.to_dict() | {"settings": {"seed": 0}}
    found = summarise(result)
    assert list(found["questions"]) == ["all", "swap", "synthetic", "fake_x", "fake_z", "set"]
    assert found["genuine"]["set"]["called_manipulated"] == 0.5
    assert found["manipulated"]["fake_z"]["n"] == 1
    assert (found["n"], found["faces_lost"], found["unreadable"]) == (11, 1, 1)
