"""An evaluation as one self-contained HTML page in plain words, Korean or English.

The last step of `unmask evaluate` and `unmask compare`: the JSON's numbers, the pictures of
`plots.py`, the words of `page_words.py`. No script, no network, no other file.
"""

from __future__ import annotations

from typing import Any

from unmask.evaluate.html import data_uri, render_page
from unmask.evaluate.page_words import WORDS
from unmask.evaluate.target_audit import shortcut_rows
from unmask.explain.format import check_language

HEADLINE = {
    "auc": "AUC",
    "tpr_at_fpr_1": "TPR @ FPR 1 %",
    "tpr_at_fpr_5": "TPR @ FPR 5 %",
    "eer": "EER",
    "ap": "AP",
    "accuracy": "Accuracy",
    "precision": "Precision",
    "recall": "Recall",
    "specificity": "Specificity",
    "f1": "F1",
    "ece": "ECE",
    "ece_even_prior": "ECE, even prior",
    "brier": "Brier",
}


def evaluation_page(result: dict[str, Any], pictures: dict[str, bytes], language: str) -> str:
    """The page of `metrics.json`."""
    words = WORDS[check_language(language)]
    return _render(
        "evaluation.html.j2",
        language,
        pictures,
        title=words["title"].format(name=result["bundle"]["name"]),
        r=result,
        short=_short(result, words),
        headline=[
            {
                "key": key,
                "name": name,
                "value": number(result[key]),
                "interval": span(result["intervals"].get(key)),
            }
            for key, name in HEADLINE.items()
        ],
        degraded=_degraded(result["degradations"], words),
        shortcuts=shortcut_rows(result["audit"]) if result["audit"] else [],
        shared=_shared(result["audit"], words),
        explanation=(result["explanation"] or {}).get("tables", []),
    )


def comparison_page(result: dict[str, Any], pictures: dict[str, bytes], language: str) -> str:
    """The page of `comparison.json`."""
    words = WORDS[check_language(language)]
    title = words["compare_title"].format(count=len(result["bundles"]))
    return _render(
        "comparison.html.j2", language, pictures, title=title, r=result, headline=HEADLINE
    )


def number(value: float | None) -> str:
    """Three decimals, or a dash."""
    return "-" if value is None else f"{value:.3f}"


def signed(value: float | None) -> str:
    """Three decimals with the sign, or a dash."""
    return "-" if value is None else f"{value:+.3f}"


def span(interval: list[float] | None) -> str:
    """[low, high] with three decimals, or nothing."""
    return "" if interval is None else f"[{interval[0]:.3f}, {interval[1]:.3f}]"


def share(called: dict[str, Any] | None) -> str:
    """A share in percent with its interval, or a dash."""
    if called is None:
        return "-"
    low, high = called["interval"]
    return f"{called['share']:.1%} [{low:.1%}, {high:.1%}]"


def _short(result: dict[str, Any], words: dict[str, str]) -> list[str]:
    unit = words["files" if result["settings"]["level"] == "file" else "faces"]
    said = []
    if result["recall"] is not None:
        said.append(words["short_fakes"].format(unit=unit, caught=_of_100(result["recall"])))
    if result["false_alarm_rate"] is not None:
        alarms = _of_100(result["false_alarm_rate"])
        said.append(words["short_genuine"].format(unit=unit, alarms=alarms))
    if result["auc"] is None:
        said.append(words["one_class"])
    else:
        said.append(words["short_rank"].format(auc=_of_100(result["auc"])))
    lost = result["n"] - result["n_scored"]
    return [*said, words["short_lost"].format(unit=unit, lost=lost, n=result["n"])]


def _of_100(value: float) -> str:
    return f"{100 * value:.1f}"


def _shared(audit: dict[str, Any] | None, words: dict[str, str]) -> str:
    if not audit:
        return ""
    known = {name: "-" if count is None else count for name, count in audit["shared"].items()}
    return words["shared"].format(**known)


def _degraded(grid: dict[str, Any] | None, words: dict[str, str]) -> str:
    if not grid:
        return ""
    worst = grid["worst"]
    return words["degradation_note"].format(
        files=grid["files"],
        reference=number(grid["reference"]["auc"]),
        mean=number(grid["mean_auc"]),
        loss=number(grid["mean_auc_loss"]),
        worst="-" if worst is None else f"{worst['kind']} {worst['level']}, {worst['auc']:.3f}",
    )


def _render(template: str, language: str, pictures: dict[str, bytes], **values: Any) -> str:
    uris = {name: data_uri("image/png", data) for name, data in pictures.items()}
    helpers = {"number": number, "signed": signed, "span": span, "share": share}
    return render_page(template, language, w=WORDS[language], pictures=uris, **helpers, **values)
