"""English sentences about the file itself: threshold of one's own, robustness card, provenance.

Nothing that a stranger wrote into the file is repeated here.
"""

from __future__ import annotations

from collections.abc import Mapping

from unmask.explain.english.ending import WHY
from unmask.explain.english.names import EN, count, listing, noun
from unmask.explain.format import decimal, percent_range, threshold_percent
from unmask.explain.lines import Line
from unmask.explain.words import Say
from unmask.types import Reason

CHANGES = {
    "jpeg:q70": "mild JPEG compression",
    "jpeg:q40": "strong JPEG compression",
    "half_size": "half the size",
    "blur": "blur",
    "noise": "noise",
    "crop": "cropping",
    "h264": "video compression",
    "brightness": "more brightness",
}
ASIDE = "this does not enter the probability"


def change_name(change: str) -> str:
    """The name of a change "jpeg:q70" or "blur:sigma=2px"."""
    return CHANGES.get(change) or CHANGES[change.split(":", 1)[0]]


def _profile(line: Line) -> str:
    finding = line.one("profile")
    detail = finding.detail
    files = count(detail["files"], "genuine file", "genuine files")
    span = percent_range(detail["low"], detail["high"], EN)
    return (
        f"The threshold of {threshold_percent(float(finding.value or 0.0))} comes from a profile "
        f"made with {files} of the user's own: of further files like these, at most "
        f"{threshold_percent(detail['max_false_alarms'])} should be called manipulated "
        f"({decimal(detail['confidence'] * 100)}% interval {span})."
    )


def _robustness(line: Line) -> str:
    finding = line.one("robustness")
    detail = finding.detail
    lost = listing([change_name(change) for change in detail["lost"]])
    held = decimal(float(finding.value or 0.0))
    return (
        f"When the {noun(line.media)} is changed on purpose, the outcome holds under {held} of "
        f"{detail['changes']} changes; it does not under {lost}."
    )


def _robustness_all(line: Line) -> str:
    detail = line.one("robustness").detail
    return (
        f"When the {noun(line.media)} is changed on purpose, the outcome holds under all "
        f"{detail['changes']} changes."
    )


def _robustness_frames(line: Line) -> str:
    finding = line.one("robustness")
    held = decimal(float(finding.value or 0.0))
    return (
        "The robustness card uses fewer frames, and with these alone the unchanged clip already "
        f"gives another outcome; {held} of the {finding.detail['changes']} changes give the "
        "outcome of the whole analysis."
    )


def _robustness_untested(line: Line) -> str:
    return (
        "Whether the outcome holds when the clip is changed could not be tested: the robustness "
        f"card uses fewer frames, and these alone give no probability ({_lacking(line)})."
    )


def _robustness_unmeasured(line: Line) -> str:
    return (
        f"Whether the outcome holds when the {noun(line.media)} is changed could not be tested: "
        f"none of the changed copies gave a probability ({_lacking(line)})."
    )


def _robustness_uncounted(line: Line) -> str:
    names = listing([change_name(one) for one in line.one("robustness").detail["uncounted"]])
    return f"Not counted, for want of a probability ({_lacking(line)}): {names}."


def _lacking(line: Line) -> str:
    """Why there was no probability."""
    reasons = line.one("robustness").detail["why"]
    return "; ".join(WHY[Reason(reason)].format(face="a face") for reason in reasons)


def _absent(_: Line) -> str:
    return (
        "The file carries no content credentials; most files carry none, so this is no sign of "
        "anything."
    )


def _signed(_: Line) -> str:
    return (
        "The file carries content credentials whose signature fits its contents; no list of "
        "trusted signers was given, so it was not judged whether the signer can be trusted."
    )


def _signed_trusted(_: Line) -> str:
    return (
        "The file carries content credentials whose signature fits its contents, and the signer "
        "is on the list of trusted signers that was given."
    )


def _signed_unknown(_: Line) -> str:
    return (
        "The file carries content credentials whose signature fits its contents, but the signer "
        "is unknown: it is not on the list of trusted signers that was given."
    )


def _invalid(_: Line) -> str:
    return (
        "The file carries content credentials that do not hold: the file or its credentials were "
        "changed after signing, or the signature is faulty. What they say is not to be relied on."
    )


def _unreadable(_: Line) -> str:
    return (
        "Whether the file carries content credentials, and what they say, could not be read; "
        "nothing follows from this."
    )


def _unchecked(_: Line) -> str:
    return (
        "The file seems to carry content credentials, but the optional part that checks them is "
        "not installed."
    )


def _elsewhere(_: Line) -> str:
    return (
        "The file refers to content credentials that are kept elsewhere; the analysis fetches "
        "nothing from the network, so they were not checked."
    )


def _generated(_: Line) -> str:
    return (
        "By these credentials, the file or part of it was made with generative AI; this is what "
        f"the signer states, and {ASIDE}."
    )


def _generated_unsigned(_: Line) -> str:
    return (
        "The same credentials call the file or part of it made with generative AI; without a "
        f"signature that holds, anyone could have written this, and {ASIDE}."
    )


def _label(_: Line) -> str:
    return (
        "Unsigned metadata in the file say that it was made with generative AI; such entries are "
        f"easily written and easily removed, and {ASIDE}."
    )


def _metadata(line: Line) -> str:
    entries = count(int(line.one("provenance").value or 0), "entry", "entries")
    return (
        f"The file carries {entries} of metadata, such as software, camera, title or time, which "
        "the report lists; anyone can change such entries."
    )


def _jpeg_standard(line: Line) -> str:
    quality = decimal(float(line.one("provenance").value or 0.0))
    return f"The file was last saved as JPEG at quality {quality} of the usual scale."


def _jpeg_own(line: Line) -> str:
    quality = decimal(float(line.one("provenance").value or 0.0))
    return (
        "The file was last saved as JPEG with compression tables of its own, as cameras and "
        f"editors have them; the nearest quality of the usual scale is {quality}."
    )


SENTENCES: Mapping[str, Say] = {
    "profile": _profile,
    "robustness": _robustness,
    "robustness_all": _robustness_all,
    "robustness_frames": _robustness_frames,
    "robustness_untested": _robustness_untested,
    "robustness_unmeasured": _robustness_unmeasured,
    "robustness_uncounted": _robustness_uncounted,
    "provenance_absent": _absent,
    "provenance_signed": _signed,
    "provenance_signed_trusted": _signed_trusted,
    "provenance_signed_unknown": _signed_unknown,
    "provenance_invalid": _invalid,
    "provenance_unreadable": _unreadable,
    "provenance_unchecked": _unchecked,
    "provenance_elsewhere": _elsewhere,
    "provenance_generated": _generated,
    "provenance_generated_unsigned": _generated_unsigned,
    "provenance_label": _label,
    "provenance_metadata": _metadata,
    "provenance_jpeg_standard": _jpeg_standard,
    "provenance_jpeg_own": _jpeg_own,
}
