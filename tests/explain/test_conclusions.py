"""What a conclusion says of faces that were left open."""

from __future__ import annotations

from dataclasses import replace

import unmask.explain.english
import unmask.explain.korean  # noqa: F401 (importing a language registers it)
from unmask.explain.lines import Case
from unmask.explain.words import WORDS
from unmask.types import MediaKind, Outcome, Reason


def test_one_face_without_an_answer_is_told_to_leave_the_file_open():
    case = Case(
        MediaKind.IMAGE,
        Outcome.INCONCLUSIVE,
        (Reason.FACE_TOO_SMALL,),
        (),
        ("A",),
        ("B",),
        ((Reason.FACE_TOO_SMALL,),),
    )
    assert WORDS.get("en").conclusion(case) == (
        "Whether the face of person A in this picture was manipulated cannot be decided: the face "
        "is too small. For person B no evidence of manipulation was found. One face without an "
        "answer is enough to leave the picture as a whole undecided; what is said of the others "
        "stands."
    )
    assert (
        WORDS.get("ko")
        .conclusion(case)
        .endswith("사진 전체에 대한 판정을 보류하며, 다른 인물에 대한 결과는 그대로 유효합니다.")
    )


def test_reasons_name_their_persons_where_they_differ():
    grey, small = Reason.GREY_ZONE, Reason.FACE_TOO_SMALL
    case = Case(
        MediaKind.IMAGE,
        Outcome.INCONCLUSIVE,
        (small, grey),
        (),
        ("A", "B", "C"),
        (),
        ((small,), (grey,), (small,)),
    )
    english = WORDS.get("en").conclusion(case)
    assert "for persons A and C, each face is too small; for person B, the probability" in english
    korean = WORDS.get("ko").conclusion(case)
    assert "사유: 인물 A, C – 얼굴이 너무 작음; 인물 B – 확률이" in korean
    same = replace(case, why=((small, grey),) * 3)
    assert "persons A and C, each" not in WORDS.get("en").conclusion(same)


def test_a_clip_without_a_face_speaks_of_the_frames_that_were_examined():
    case = Case(MediaKind.VIDEO, Outcome.INCONCLUSIVE, (Reason.NO_FACE,), (), (), (), ())
    assert "in the frames of this clip that were examined" in WORDS.get("en").conclusion(case)
    assert "이 영상에서 검사한 프레임에서는 얼굴을" in WORDS.get("ko").conclusion(case)
