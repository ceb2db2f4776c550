"""What an overview and an audit say in plain sentences, for the page and for the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from unmask.evaluate.data_words import WORDS, property_name
from unmask.evaluate.shortcuts import ALL, OWN, Danger

Result = dict[str, Any]


def overview_sentences(found: Result, language: str) -> list[str]:
    """How much there is, how it is balanced and split, and what to beware of."""
    words = WORDS[language]
    fake = found["rows"] - found["real"]
    sources = {group["source"] for group in found["groups"]}
    said = [
        words["eda_rows"].format(
            rows=f"{found['rows']:,}", persons=f"{found['persons']:,}", sources=len(sources)
        )
    ]
    if found["real"]:
        said.append(
            words["eda_balance"].format(
                real=f"{found['real']:,}", fake=f"{fake:,}", ratio=f"{fake / found['real']:.2f}"
            )
        )
    splits = {name: f"{count:,}" for name, count in found["splits"].items()}
    said.append(words["eda_splits"].format(**splits))
    if (found["split"] or {}).get("by") == "random":
        said.append(words["eda_random"])
    alone = [s for s in sources if len(_kinds(found, s)) == 1]
    if alone:
        said.append(words["eda_one_kind"].format(count=len(alone), sources=len(sources)))
    if found["unreadable"]:
        said.append(words["eda_unreadable"].format(count=f"{found['unreadable']:,}"))
    return said


def leak_sentences(audit: Result, language: str) -> list[str]:
    """Leaks, contradictions and changed files; that there are none is said, too."""
    words = WORDS[language]
    found = [leak for leak in audit["leaks"] if leak["count"]]
    said = [
        words[f"leak_{leak['kind']}"].format(count=f"{leak['count']:,}", rows=f"{leak['rows']:,}")
        for leak in found
    ]
    if all(leak["kind"] == "near" for leak in found):
        said.insert(0, words["no_leak"])
    if audit["conflicts"]["count"]:
        said.append(words["leak_conflict"].format(count=audit["conflicts"]["count"]))
    if audit["changed"]["count"]:
        said.append(words["changed"].format(count=f"{audit['changed']['count']:,}"))
    if audit["unreadable"]["count"]:
        said.append(words["eda_unreadable"].format(count=f"{audit['unreadable']['count']:,}"))
    if (audit["split"] or {}).get("by") == "random":
        said.append(words["eda_random"])
    return said


def shortcut_sentences(section: Result, where: str, language: str) -> list[str]:
    """Which properties are dangerous in `where`, "files" or "draws"."""
    words = WORDS[language]
    overall = [one for one in section["results"] if one["scope"] == ALL]
    if not overall:
        return [words[f"{where}_none"]]
    dangerous = _strongest(one for one in overall if one["danger"] == Danger.DANGEROUS)
    listed = ", ".join(_listed(one, property_name(one["name"], language), words)
                       for one in dangerous)  # fmt: skip
    said = [words[f"{where}_dangerous"].format(listed=listed) if dangerous
            else words[f"{where}_level"]]  # fmt: skip
    return said + (_by_source(section, language) if where == "draws" else [])


def _by_source(section: Result, language: str) -> list[str]:
    """Sources whose draws are not level: of each the strongest property."""
    words = WORDS[language]
    said = []
    for against, key in ((OWN, "draws_sources"), (ALL, "draws_apart")):
        found: dict[str, str] = {}
        for one in _strongest(section["results"]):
            wanted = one["scope"] != ALL and one["against"] == against
            if wanted and one["danger"] == Danger.DANGEROUS and one["scope"] not in found:
                name = f"{one['scope']}, {property_name(one['name'], language)}"
                found[one["scope"]] = _listed(one, name, words)
        if found:
            said.append(words[key].format(listed="; ".join(found.values())))
    return said


def _strongest(results: Iterable[Result]) -> list[Result]:
    return sorted(results, key=lambda one: -one["auc"])


def _listed(one: Result, name: str, words: dict[str, str]) -> str:
    return words["one_listed"].format(
        name=name, auc=auc_text(one["auc"]), interval=span_text(one["interval"])
    )


def auc_text(value: float) -> str:
    """An AUC with two decimals."""
    return f"{value:.2f}"


def span_text(interval: list[float]) -> str:
    """[low, high] with two decimals."""
    return f"[{interval[0]:.2f}, {interval[1]:.2f}]"


def _kinds(found: Result, source: str) -> set[bool]:
    return {group["klass"] == "real" for group in found["groups"] if group["source"] == source}
