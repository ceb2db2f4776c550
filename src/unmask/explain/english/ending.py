"""English conclusion, recommended action and disclaimer: they depend on the outcome alone."""

from __future__ import annotations

from unmask.explain.english.names import noun, persons
from unmask.explain.lines import Case
from unmask.types import MediaKind, Outcome, Reason

WHY = {
    Reason.NO_FACE: "no face was found",
    Reason.FACE_TOO_SMALL: "{face} is too small",
    Reason.LOW_QUALITY: "{face} cannot be read well enough",
    Reason.TOO_FEW_FRAMES: "{face} can be read in too few frames",
    Reason.PARTIAL_DECODE: "part of the file could not be read",
    Reason.GREY_ZONE: "the probability lies in the range where neither answer is supported",
    Reason.OUT_OF_RANGE: "{face} is outside what the model was made for",
    Reason.TOO_SMOOTH: "{face} moves more smoothly than filmed faces do",
    Reason.TOO_COMPRESSED: "{face} is compressed too strongly",
    Reason.TOO_BLURRED: "{face} is too blurred",
    Reason.SOME_MOMENTS: "some moments in a row reach the threshold, the clip as a whole does not",
}
HELP = {
    Reason.NO_FACE: "a version in which a face can be seen clearly",
    Reason.FACE_TOO_SMALL: "a larger version in which the faces have more pixels",
    Reason.LOW_QUALITY: "a sharper, evenly lit and less compressed version",
    Reason.TOO_FEW_FRAMES: "a longer part in which the face can be seen",
    Reason.PARTIAL_DECODE: "an undamaged copy of the file",
    Reason.GREY_ZONE: "the original file, other recordings of the person, and an expert's view",
    Reason.OUT_OF_RANGE: "a clear, upright view of the face, turned towards the camera",
    Reason.TOO_SMOOTH: "the original recording, before any editing or compression",
    Reason.TOO_COMPRESSED: "a less compressed version, best the original file",
    Reason.TOO_BLURRED: "a sharper or larger version, best the original file",
    Reason.SOME_MOMENTS: "an analysis of those moments alone, cut from the original file",
}
DISCLAIMER = (
    "This report gives the result of an automatic statistical analysis. It proves neither "
    "manipulation nor authenticity, it does not say who changed a file, when or why, and it does "
    "not replace an examination by an expert."
)


def conclusion(case: Case) -> str:
    """The outcome in one to three sentences."""
    here = f"in this {noun(case.media)}"
    if case.outcome is Outcome.MANIPULATED:
        faces, were = ("face", "was") if len(case.manipulated) == 1 else ("faces", "were")
        said = (
            f"There is evidence that the {faces} of {persons(case.manipulated)} {here} "
            f"{were} manipulated."
        )
        return said + _others(case)
    if case.outcome is Outcome.NO_EVIDENCE:
        return (
            f"No evidence was found that a face {here} was manipulated. "
            f"This does not prove that the {noun(case.media)} is genuine."
        )
    if not (case.open or case.clear):
        return f"No face was found {_looked_at(case)}, so nothing can be said about manipulation."
    several = len(case.open) > 1
    whose = f"the face{'s' if several else ''} of {persons(case.open)}" if case.open else "a face"
    were = "were" if several else "was"
    said = f"Whether {whose} {here} {were} manipulated cannot be decided: {_why(case)}."
    return f"{said}{_clear(case)}{_whole(case)}"


def _looked_at(case: Case) -> str:
    """A clip is not read frame by frame: what lies between was not looked at."""
    if case.media is MediaKind.VIDEO:
        return "in the frames of this clip that were examined"
    return f"in this {noun(case.media)}"


def _why(case: Case) -> str:
    """The reasons; whose each is, where they are not everybody's."""
    parts = []
    for reason, who in case.why_by_persons:
        said = WHY[reason].format(face="the face" if len(who) < 2 else "each face")
        parts.append(f"for {persons(who)}, {said}" if case.reasons_differ else said)
    return "; ".join(parts)


def _whole(case: Case) -> str:
    """Why one face leaves the whole file open."""
    if not (case.open and case.clear):
        return ""
    return (
        f" One face without an answer is enough to leave the {noun(case.media)} as a whole "
        "undecided; what is said of the others stands."
    )


def _others(case: Case) -> str:
    left = f" For {persons(case.open)} the question remains open." if case.open else ""
    return left + _clear(case)


def _clear(case: Case) -> str:
    if not case.clear:
        return ""
    return f" For {persons(case.clear)} no evidence of manipulation was found."


def action(case: Case) -> str:
    """What the reader should do next."""
    name = noun(case.media)
    if case.outcome is Outcome.MANIPULATED:
        return (
            f"Do not pass this {name} on as genuine. Obtain the original file from its source, "
            "look for other recordings of the same occasion, and have an expert examine them "
            "before you act on this result."
        )
    if case.outcome is Outcome.NO_EVIDENCE:
        return (
            "Carry on with the usual checks of source, time and place. Do not cite this report as "
            f"proof that the {name} is genuine."
        )
    helps = "; ".join(HELP[reason] for reason in case.reasons)
    if case.media is MediaKind.VIDEO and Reason.NO_FACE in case.reasons:
        helps = f"{helps}; an analysis of more frames"
    return f"Do not take this result as an answer in either direction. What would help: {helps}."


def population(text: str) -> str:
    """For whom the model was made, in the card's words."""
    return f"What the model was made for: {text}"
