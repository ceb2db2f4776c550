"""What is told of the file itself: whose threshold was used, how the outcome bears changes, origin.

Findings of kind `profile`, `robustness` and `provenance` -> Lines, after those of the persons.
Provenance has a section of its own and bears on no answer. A stranger's texts are never said: the
sentences point to the report's list.
"""

from __future__ import annotations

from collections.abc import Iterator

from unmask.explain.lines import FILE, Facts, Line
from unmask.explain.sections import Section
from unmask.types import Credentials, Finding

TRUST = {None: "signed", True: "signed_trusted", False: "signed_unknown"}


def file_lines(facts: Facts) -> Iterator[Line]:
    """Profile and robustness card under reliability, then the provenance."""
    for finding in facts.all(FILE, "profile"):
        yield facts.line(Section.RELIABILITY, "profile", finding)
    for finding in facts.all(FILE, "robustness"):
        for kind in _robustness_kinds(finding):
            yield facts.line(Section.RELIABILITY, kind, finding)
    for finding in facts.all(FILE, "provenance"):
        for kind in _kinds(finding):
            yield facts.line(Section.PROVENANCE, kind, finding)


def _robustness_kinds(finding: Finding) -> Iterator[str]:
    detail = finding.detail
    if not detail["first_measured"]:
        yield "robustness_untested"
    elif not detail["changes"]:
        yield "robustness_unmeasured"
    else:
        if not detail["first_holds"]:
            yield "robustness_frames"
        else:
            yield "robustness" if detail["lost"] else "robustness_all"
        if detail["uncounted"]:
            yield "robustness_uncounted"


def _kinds(finding: Finding) -> Iterator[str]:
    what = finding.detail["what"]
    if what == "credentials":
        yield from _credential_kinds(finding)
    elif what in {"label", "metadata"}:
        yield f"provenance_{what}"
    elif finding.detail["codec"] == "jpeg":
        yield f"provenance_jpeg_{finding.detail['tables']}"


def _credential_kinds(finding: Finding) -> Iterator[str]:
    detail, state = finding.detail, str(finding.value)
    if state == Credentials.VALID:
        yield f"provenance_{TRUST[detail['trusted']]}"
    elif state == Credentials.UNCHECKED and "remote_manifest" in detail["problems"]:
        yield "provenance_elsewhere"
    else:
        yield f"provenance_{state}"
    if detail["generated"]:
        signed = state == Credentials.VALID
        yield "provenance_generated" if signed else "provenance_generated_unsigned"
