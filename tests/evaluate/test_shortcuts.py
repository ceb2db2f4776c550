"""Shortcuts: planted ones are found, a levelled set passes, people are not learnt by heart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from unmask.evaluate import shortcuts
from unmask.evaluate.shortcuts import Danger, Shortcut, measure_shortcuts, worst

pytestmark = pytest.mark.train

PROPERTIES = {
    "size": ("size",),
    "jpeg_table": ("jpeg_table",),
    "together": ("size", "jpeg_table"),
    "source": ("source",),
}


def facts(count: int = 240, seed: int = 0) -> pd.DataFrame:
    """`count` pictures of half as many persons of one source; nothing tells the kinds apart."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "fake": np.arange(count) % 2 == 1,
            "source": "set",
            "person": [f"person {row // 2}" for row in range(count)],
            "size": rng.normal(100, 10, count),
            "jpeg_table": rng.choice(["a", "b", "c"], count),
        }
    )


def measured(table: pd.DataFrame) -> dict[tuple[str, str, str], Shortcut]:
    found = measure_shortcuts(table, PROPERTIES, rounds=100)
    return {(one.scope, one.against, one.name): one for one in found}


def test_a_levelled_set_passes():
    found = measured(facts())
    assert len(found) == 7  # four properties over all, three inside the source
    assert all(one.danger is not Danger.DANGEROUS for one in found.values())
    assert all(0.38 < one.auc < 0.62 for one in found.values())
    assert worst(list(found.values())) == []


@pytest.mark.parametrize(
    ("plant", "named"),
    [
        (lambda t: t["size"] + 30 * t["fake"], "size"),
        (lambda t: np.where(t["fake"], 100, t["size"]), "size"),  # neither more nor less: one value
    ],
    ids=["larger", "one value"],
)
def test_a_planted_size_is_dangerous(plant, named):
    table = facts()
    found = measured(table.assign(size=plant(table)))
    for scope, against in (("all", "all"), ("set", "own")):
        assert found[scope, against, named].danger is Danger.DANGEROUS
        assert found[scope, against, named].auc > 0.9
        assert found[scope, against, "together"].danger is Danger.DANGEROUS
        assert found[scope, against, "jpeg_table"].danger is not Danger.DANGEROUS
    assert worst(list(found.values()))[0].name in {named, "together"}


def test_a_planted_jpeg_table_is_dangerous():
    table = facts()
    table["jpeg_table"] = np.where(table["fake"], "b", np.where(table.index % 4 == 0, "a", "c"))
    one = measured(table)["all", "all", "jpeg_table"]
    assert one.auc == pytest.approx(1.0)
    assert one.interval == (pytest.approx(1.0), pytest.approx(1.0))


def test_a_weak_shortcut_is_slight_and_its_interval_holds_the_auc():
    table = facts(1200)
    table["size"] += 4 * table["fake"]
    one = measured(table)["all", "all", "size"]
    assert one.danger is Danger.SLIGHT
    low, high = one.interval
    assert 0.5 < low < one.auc < high < 0.72


def test_what_names_a_person_is_not_learnt_by_heart():
    table = facts()
    person = np.arange(len(table)) // 8
    table["person"] = person.astype(str)
    table["fake"] = np.random.default_rng(3).random(person.max() + 1)[person] < 0.5
    table["size"] = 10.0 * person  # in a fold that knew the person it would tell everything
    assert measured(table)["all", "all", "size"].auc < 0.7


def test_sources_of_one_kind_are_compared_with_the_others_and_pair_by_pair():
    table = facts()
    table["source"] = np.where(table["fake"], "fakes", "photos")
    table.loc[:59, "source"] = np.where(table.loc[:59, "fake"], "fakes", "press")
    table["size"] = table["size"] + 50 * (table["source"] == "press")
    found = measured(table)
    assert found["all", "all", "source"].auc > 0.95
    assert ("fakes", "all", "source") not in found
    assert found["fakes", "all", "size"].n_fake == 120
    assert found["press", "all", "size"].danger is Danger.DANGEROUS
    assert found["fakes", "press", "together"].danger is Danger.DANGEROUS
    assert found["fakes", "photos", "together"].danger is Danger.LEVEL


def test_too_few_pictures_give_no_figure():
    table = facts()
    few = table[table["fake"] | (table.index < 2 * shortcuts.SIDE_MIN - 2)]
    assert measure_shortcuts(few, PROPERTIES, rounds=20) == []


def test_the_same_seed_and_any_number_of_workers_give_the_same_figures():
    table = facts(120)
    once = measure_shortcuts(table, PROPERTIES, rounds=50, seed=4)
    assert once == measure_shortcuts(table, PROPERTIES, rounds=50, seed=4, workers=2)


def test_large_sides_are_cut_alike_over_their_sources(monkeypatch):
    monkeypatch.setattr(shortcuts, "SIDE_MAX", 40)
    table = facts(400)
    table["source"] = np.where(
        ~table["fake"], "photos", np.where(table.index < 300, "large", "small")
    )
    one = measured(table)["photos", "all", "size"]
    assert (one.n_real, one.n_fake) == (40, 40)
