"""What the file says of itself, how its outcome bears changes, and whose threshold was used.

Provenance + robustness + profile -> findings of the subject "file", beside the verdicts and without
any bearing on them. A stranger's texts (signer, software, titles) stand in details whose keys begin
with "text_": no sentence repeats them and no language model is given them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unmask.types import Finding, Profile, Provenance, RobustnessRow, Verdict

FILE = "file"
CONFIDENCE = 0.95  # of a profile's interval (conformal.py)
# IPTC's names for media that a trained algorithm made, wholly or in part, without a signature.
ALGORITHM_LABELS = ("trainedalgorithmicmedia", "compositewithtrainedalgorithmicmedia")
# Fields in which image generators leave their settings.
GENERATOR_FIELDS = frozenset(
    {"png.parameters", "png.prompt", "png.workflow", "png.Dream", "png.sd-metadata",
     "png.invokeai_metadata"}
)  # fmt: skip


def file_findings(
    provenance: Provenance,
    robustness: Sequence[RobustnessRow],
    verdict: Verdict,
    profile: Profile | None,
) -> tuple[Finding, ...]:
    """All of them, in the order profile, robustness, provenance; `verdict` is the file's."""
    found = [*_profile(profile), *_robustness(robustness, verdict), *_provenance(provenance)]
    return tuple(found)


def _profile(profile: Profile | None) -> Iterator[Finding]:
    if profile is None:
        return
    low, high = profile.interval
    yield Finding(
        "file.profile", FILE, "profile", profile.threshold, "probability",
        detail={
            "max_false_alarms": profile.max_false_alarms, "files": profile.files,
            "confidence": CONFIDENCE, "low": low, "high": high, "text_name": profile.name,
        },
    )  # fmt: skip


def _robustness(rows: Sequence[RobustnessRow], verdict: Verdict) -> Iterator[Finding]:
    """Value: under how many of the `changes` that gave a probability the outcome held; `lost` names
    the others of them, `uncounted` those without a probability, `why` says why there was none.
    """
    if not rows:
        return
    first, *changed = rows
    counted = [row for row in changed if row.measured]
    lost = [_named(row) for row in counted if row.outcome is not verdict.outcome]
    yield Finding(
        "file.robustness", FILE, "robustness", len(counted) - len(lost), "count",
        detail={
            "changes": len(counted), "lost": lost, "first": first.level,
            "first_measured": first.measured, "first_holds": first.outcome is verdict.outcome,
            "uncounted": [_named(row) for row in changed if not row.measured],
            "why": list(dict.fromkeys(reason for row in rows for reason in row.lacking)),
        },
    )  # fmt: skip


def _named(row: RobustnessRow) -> str:
    return f"{row.change}:{row.level}"


def _provenance(provenance: Provenance) -> Iterator[Finding]:
    yield Finding(
        "file.provenance", FILE, "provenance", str(provenance.credentials), "credentials",
        detail={
            "what": "credentials", "trusted": provenance.trusted,
            "generated": provenance.generated, "actions": len(provenance.actions),
            "problems": list(provenance.problems), "text_signer": provenance.signer,
            "text_generator": provenance.generator,
        },
    )  # fmt: skip
    labels = [field for field, text in provenance.metadata if _is_label(field, text)]
    if labels:
        yield Finding(
            "file.provenance.label", FILE, "provenance", len(labels), "count",
            detail={"what": "label", "fields": labels},
        )  # fmt: skip
    if provenance.metadata:
        yield Finding(
            "file.provenance.metadata", FILE, "provenance", len(provenance.metadata), "count",
            detail={
                "what": "metadata",
                **{f"text_{field}": text for field, text in provenance.metadata},
            },
        )  # fmt: skip
    for number, line in enumerate(provenance.encodings, start=1):
        codec, *pairs = line.split(" ")
        detail = dict(pair.split("=", 1) for pair in pairs)
        quality = detail.pop("quality", None)
        yield Finding(
            f"file.provenance.encoding.{number}", FILE, "provenance",
            None if quality is None else int(quality), "quality" if quality else "",
            detail={"what": "encoding", "codec": codec, **detail},
        )  # fmt: skip


def _is_label(field: str, text: str) -> bool:
    if field == "xmp.Iptc4xmpExt:DigitalSourceType":
        return text.lower().rstrip("/").endswith(ALGORITHM_LABELS)
    return field in GENERATOR_FIELDS
