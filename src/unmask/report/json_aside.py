"""The JSON of what stands beside the verdicts: provenance, robustness card, profile."""

from __future__ import annotations

from typing import Any

from unmask.report.rounding import PROBABILITY, rounded
from unmask.types import Report, Sentence


def sentence_section(sentence: Sentence) -> dict[str, Any]:
    """One sentence with the ids of its findings and its section."""
    return {
        "text": sentence.text,
        "finding_ids": list(sentence.finding_ids),
        "section": str(sentence.section),
    }


def about_file_section(report: Report) -> dict[str, Any]:
    """The sentences on threshold, robustness card and provenance, by language."""
    return {
        code: [sentence_section(said) for said in report.narratives[code].about_file]
        for code in ("ko", "en")
        if code in report.narratives
    }


def provenance_section(report: Report) -> dict[str, Any] | None:
    """What the file says of its own history, or None where nobody looked."""
    found = report.provenance
    if found is None:
        return None
    return {
        "credentials": str(found.credentials),
        "trusted": found.trusted,
        "signer": found.signer,
        "generator": found.generator,
        "generated": found.generated,
        "actions": list(found.actions),
        "problems": list(found.problems),
        "metadata": [{"field": field, "text": text} for field, text in found.metadata],
        "encodings": list(found.encodings),
    }


def robustness_section(report: Report) -> list[dict[str, Any]]:
    """The unchanged file and its changes, in order; empty where it was not asked for."""
    return [
        {
            "change": row.change,
            "level": row.level,
            "outcome": None if row.outcome is None else str(row.outcome),
            "fake_probability": rounded(row.fake_probability, PROBABILITY),
            "reason": row.reason,
        }
        for row in report.robustness
    ]


def profile_section(report: Report) -> dict[str, Any] | None:
    """The threshold of one's own that was used, or None."""
    profile = report.profile
    if profile is None:
        return None
    return {
        "name": profile.name,
        "threshold": rounded(profile.threshold, PROBABILITY),
        "max_false_alarms": rounded(profile.max_false_alarms, PROBABILITY),
        "interval": rounded(profile.interval, PROBABILITY),
        "files": profile.files,
        "bundle_sha256": profile.bundle_sha256,
        "created": profile.created,
    }
