"""What the pages show beside the verdicts: cues, measurements, moments, origin, changes."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pymupdf
import pytest
from builders import build_report

from unmask.explain.findings_file import file_findings
from unmask.explain.findings_map import faithfulness_finding
from unmask.explain.format import percent, seconds
from unmask.explain.narrate import narrate
from unmask.models.card_reader import parse_card
from unmask.report import WRITERS
from unmask.report.document import Document
from unmask.report.labels import label
from unmask.report.material import Material, gather
from unmask.report.view import view
from unmask.report.view_measured import measured_of
from unmask.types import (
    Credentials,
    Faithfulness,
    Measurement,
    Outcome,
    Profile,
    Provenance,
    Report,
    RobustnessRow,
)

LANGUAGES = ("ko", "en")
MEASURED = (
    Measurement("noise_ratio", "forensic", "A", 5.95, "ratio", (0.3, 3.28), 1.0),
    Measurement("jpeg_grid", "forensic", "A", 0.73, "ratio", (0.84, 1.23), 0.5),
    Measurement("colour_difference", "forensic", "A", 7.2, "delta ab", (0.0, 14.1), 0.26),
    Measurement("double_compression", "forensic", "A", 0.23, "share", None, 0.29),
    Measurement("light_direction", "forensic", "A", None, "degrees", (0.0, 60.6), 0.0, "no_light"),
    Measurement("gaze", "cue", "A", 1.2, "degrees", None, 0.75),
    Measurement("face_body", "cue", "A", None, "z", None, 0.0, "no_shoulders"),
    Measurement("scene_motion", "cue", "B", None, "z", None, 0.0, "still"),
    Measurement("appearance", "cue", "B", None, "z", None, 0.0, "still"),
)
ORIGIN = Provenance(
    Credentials.VALID,
    trusted=False,
    signer="Some <b>Signer</b>",
    generator="Some Editor 2",
    generated=True,
    actions=("c2pa.created", "c2pa.edited"),
    problems=("signingCredential.untrusted",),
    metadata=(("exif.Software", "Some Editor"), ("exif.Model", "{{7*7}}")),
    encodings=("jpeg quality=92 tables=standard",),
)
CHANGED = (
    RobustnessRow("none", "frames=1", Outcome.MANIPULATED, 0.97),
    RobustnessRow("jpeg", "q70", Outcome.MANIPULATED, 0.95),
    RobustnessRow("blur", "sigma=2px", Outcome.INCONCLUSIVE, 0.55, "grey_zone"),
    RobustnessRow("crop", "edges=10%", None, None, "no_face"),
)
PROFILE = Profile("my camera", 0.925, 0.01, (0.002, 0.018), 480, "ab" * 32, "2026-11-20")


def full_report(kind: str = "image", people: int = 2) -> Report:
    """A report with everything that may stand beside a verdict."""
    report = build_report(kind, Outcome.MANIPULATED, people)
    aside = file_findings(ORIGIN, CHANGED, report.verdict, PROFILE)
    findings = (*report.findings, *aside)
    card = parse_card(json.dumps(report.card))
    return replace(
        report,
        findings=findings,
        narratives=narrate(findings, report.verdicts, report.media.kind, card, LANGUAGES),
        measurements=MEASURED,
        provenance=ORIGIN,
        robustness=CHANGED,
        profile=PROFILE,
        settings={**report.settings, "text_register": "expert"},
    )


@pytest.fixture(scope="module")
def material() -> Material:
    return gather(full_report())


@pytest.fixture(scope="module")
def english(material: Material) -> Document:
    return view(material, "en")


def test_measurements_name_their_range_and_what_is_unusual(english):
    table = english.persons[0].measured[1]
    assert table.title == "Forensic measurements"
    assert [row[1:4] for row in table.rows] == [
        ("5.95", "0.3 to 3.28", "higher than usual"),
        ("0.73", "0.84 to 1.23", "lower than usual"),
        ("7.2 Lab units", "0 to 14.1", "usual"),
        ("23%", "not known", "–"),
    ]
    assert table.marked == (0, 1)
    assert "(light without a clear direction)" in table.note


def test_cues_that_abstain_are_told_with_their_reason(english):
    first, second = english.persons
    (cues, _), (absent,) = first.measured, second.measured
    assert [row[1] for row in cues.rows] == ["1.2°"]
    assert cues.note.endswith("difference between face and body (no shoulders found).")
    assert absent.rows == ()
    assert absent.note.count("a still picture") == 1  # one reason, both names


def test_the_robustness_card_counts_what_held(english):
    card = english.robustness
    assert card.title == "Robustness: the outcome holds under 1 of 2 changes"
    assert [row[1:] for row in card.rows] == [
        ("▲ Manipulated", "97%", "holds"),
        ("▲ Manipulated", "95%", "holds"),
        ("◆ Inconclusive", "55%", "differs"),
        ("could not be analysed", "none given", "not counted"),
    ]
    assert card.rows[0][0] == "Unchanged"
    assert "1 of 2" in card.note
    assert card.note.endswith("for want of a probability (no face was found): cropping.")


@pytest.mark.parametrize(
    ("language", "title"),
    [("ko", "변형 시험: 시험하지 못함"), ("en", "Robustness: could not be tested")],
)
def test_a_card_without_any_probability_claims_nothing(language, title):
    first = RobustnessRow("none", "frames=12", Outcome.INCONCLUSIVE, None, "too_few_frames")
    report = replace(build_report("video", Outcome.INCONCLUSIVE), robustness=(first,))
    card = view(gather(report), language).robustness
    assert card.title == title
    assert [row[-1] for row in card.rows] == [label(language, "robustness.uncounted")]


def test_a_clip_says_how_many_frames_its_card_used():
    data = gather(full_report("video", 1))
    assert view(data, "ko").robustness.rows[0][0] == "변형하지 않음(프레임 1장)"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Persons B, C appear in other frames, which are not shown; the JSON has"),
        ("ko", "여기에 없는 다른 프레임에 나오는 인물: B, C."),
    ],
)
def test_persons_whom_no_picture_shows_are_named(language, said):
    whole = gather(build_report("video", Outcome.INCONCLUSIVE, 3))
    assert view(whole, language).scenes_note == ""
    few = replace(whole, scenes=(replace(whole.scenes[0], ids=("A",)),))
    document = view(few, language)
    assert document.scenes_note.startswith(said)
    assert document.scenes_note in WRITERS.get("html")().render(few, language).decode()


def test_the_origin_is_told_apart_from_the_answer(english):
    origin = english.origin
    assert {row.name: row.value for row in origin.rows} == {
        "Content credentials (C2PA)": "signature valid",
        "Signer": "Some <b>Signer</b>",
        "Made with": "Some Editor 2",
        "List of trusted signers": "not on the list",
        "Marked as generative AI": "yes",
        "Recorded actions": "c2pa.created, c2pa.edited",
        "Encoding": "JPEG, quality 92, standard compression tables",
        "Problems found": "signingCredential.untrusted",
    }
    assert origin.metadata.rows == ORIGIN.metadata
    assert any("generative AI" in sentence for sentence in origin.sentences)
    assert not any("changed on purpose" in sentence for sentence in origin.sentences)


def test_profile_register_and_narrator_are_named(english):
    overview = {row.name: row.value for row in english.overview}
    assert overview["Profile"] == (
        "my camera: threshold 92.5% from 480 genuine files, at most 1% false alarms "
        "(95% interval under 1% to 2%)"
    )
    record = {row.name: row.value for row in english.record}
    assert record["Interpretation written by"] == "standard wording · for experts"


def test_the_interpretation_stands_by_person_and_by_what_it_is_about(english):
    headings = [passage.heading for passage in english.interpretation]
    assert headings == ["", "Person A", "Person B"]
    assert english.interpretation[1].rows[0].name == label("en", "section.result")
    names = [row.name for row in english.interpretation[1].rows]
    assert all(a != b for a, b in pairwise(names))
    single = view(gather(build_report("image", Outcome.MANIPULATED)), "en").interpretation
    assert [passage.heading for passage in single] == [""]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_the_pages_show_all_of_it(kind, language, material):
    data = WRITERS.get(kind)().render(material, language)
    document = view(material, language)
    if kind == "html":
        text = data.decode().replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">")
    else:
        with pymupdf.open(stream=data, filetype="pdf") as pages:
            text = "".join(page.get_text() for page in pages)
    letters = "".join(text.split())
    shown = [
        *(cell for p in document.persons for t in p.measured for row in t.rows for cell in row),
        *(t.note for p in document.persons for t in p.measured),
        *(cell for row in document.robustness.rows for cell in row),
        *(row.value for row in document.origin.rows),
        *(cell for row in document.origin.metadata.rows for cell in row),
        *document.origin.sentences,
        *document.next_steps,
        label(language, "origin.note"),
    ]
    assert [words for words in shown if "".join(words.split()) not in letters] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_test_of_the_map_stands_below_it(language):
    report = build_report("image", Outcome.MANIPULATED)
    tested = Faithfulness(0.93, 0.41, 0.9, 0.1, 0.88, 1.7)
    for passed in (True, False):
        reason = "" if passed else "drop_like_random"
        faithful = replace(tested, shown=passed, reason=reason)
        evidence = report.verdicts[0].evidence[0]
        heat_map = replace(evidence.heat_map, faithfulness=faithful)
        verdict = replace(report.verdicts[0], evidence=(replace(evidence, heat_map=heat_map),))
        shown = replace(
            report,
            verdicts=(verdict, *report.verdicts[1:]),
            findings=(*report.findings, faithfulness_finding("A", faithful)),
        )
        note = view(gather(shown), language).persons[0].note
        assert [number in note for number in ("93%", "41%", "90%", "10%")] == [True] * 4


def test_the_moments_are_shown_with_time_and_probability(material_of):
    material = material_of("video", Outcome.MANIPULATED, 1)
    (person,) = view(material, "en").persons
    by_frame = {m["frame_index"]: m for m in material.data["faces"][0]["timeline"]}
    frames = [index for _, index in material.faces["A"].moments]
    assert len(person.moments) == len(frames) > 1
    for figure, index in zip(person.moments, frames, strict=True):
        moment = by_frame[index]
        time, p = seconds(moment["time_s"], "en"), percent(moment["fake_probability"], "en")
        assert figure.caption == f"{time} · {p}"
        assert figure.name in material.pictures


LIGHT = {"light_deg": 71.2, "light_spread_deg": 23.4}


@pytest.mark.parametrize(
    ("detail", "value", "english", "korean"),
    [
        (
            {"worst": "light", **LIGHT, "azimuth_deg": -40.0, "others_azimuth_deg": 25.0},
            3.1,
            "from the left, on the others from the right: 71.2° apart, usual spread 23.4°.",
            "화면 왼쪽에서, 다른 얼굴에는 화면 오른쪽에서 옵니다(차이 71.2도, 통상 23.4도).",
        ),
        ({"worst": "grid"}, 3.1, "other faces: block grid of compression.", "부분: 압축 격자."),
        ({"worst": "grid"}, 1.1, "", ""),  # within the usual range
    ],
)
def test_a_cue_is_told_in_words_too(detail, value, english, korean):
    cue = {"cue": "appearance", "value": value, "unit": "z", "reference": [0.0, 2.6]}
    face = {"id": "B", "measurements": [], "cues": [cue | {"reliability": 1.0, "reason": ""}]}
    findings = [{"id": "A.cue.appearance", "detail": {}}, {"id": "B.cue.appearance"}]
    findings[1]["detail"] = detail
    for language, words in (("en", english), ("ko", korean)):
        (table,) = measured_of(face, findings, language)
        note = label(language, "measured.cues.note")
        assert table.note.endswith(note)
        assert (words in table.note) if words else table.note == note
