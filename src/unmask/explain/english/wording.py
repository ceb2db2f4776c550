"""English words that say the same as the report's own, and what denies, compares or gives reasons.

See `explain/wording.py`.
"""

from __future__ import annotations

import re

from unmask.explain.lexicon import NUMBER, words
from unmask.explain.wording import Wording
from unmask.types import Reason


def _synonyms(table: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    pairs = (line.split(" => ") for line in table.strip().splitlines())
    return tuple((re.compile(rf"\b(?:{left.strip()})\b", re.IGNORECASE), own.strip())
                 for left, own in pairs)  # fmt: skip


SYNONYMS = (
    *_synonyms(
        r"""
        photo(?:graph)?s?|images? => picture
        videos?|footage => clip
        individuals? => person
        (?:decision |detection )?threshold(?: value)? => threshold
        cut-?off(?: value| point| threshold)? => threshold
        confidence interval => interval
        (?:upper|lower) (?:bound|end|edge) => limit
        typical|customary|ordinary|normal|expected|common => usual
        typically|customarily|ordinarily|normally|commonly|generally => usually
        reference range => usual range
        spans? => ranges
        no (?:signs?|indications?|traces?) of manipulation => no evidence of manipulation
        """
    ),
    # a number is held against the findings at the precision written, whatever rounds it in words
    (
        re.compile(
            r"\b(?:about|around|roughly|approximately|circa|some|almost|nearly|close to) (?=\d)",
            re.IGNORECASE,
        ),
        "",
    ),
)
_MORE = r"above|over|beyond|past|exceed(?:s|ed|ing)?|pass(?:es|ed|ing)?|reach(?:es|ed|ing)?"
_MORE += r"|(?:higher|larger|greater|more) than"
_LESS = r"below|under|beneath|short of|(?:lower|smaller|less|fewer) than|miss(?:es|ed|ing)?"
_TO = r" (?:(?:the|a|its|this|that|of|limit|threshold|lower|upper|usual|range|maximum|minimum) )*"
_FACE = r"(?:face|picture|clip|head|person)"
WORDING = Wording(
    synonyms=SYNONYMS,
    clause=re.compile(
        r"[.;](?!\d)\s*|,? (?:but|while|whereas|yet|although|though|however)\b"
        r"|, (?:and|with)\b"
    ),
    denied_before=re.compile(
        r"\b(?:not|never|no|none|nothing|neither|nor|cannot|without|fail(?:s|ed)? to|\w+n['’]t)\b"
        r"(?! only\b)[^.;,:()\d]{0,28}\Z|\bneither\b[^;:]{0,160}\Z",
        re.IGNORECASE,
    ),
    denied_after=re.compile(r"(?!)"),
    over=re.compile(rf"\b(?:{_MORE}){_TO}({NUMBER})", re.IGNORECASE),
    under=re.compile(rf"\b(?:{_LESS}){_TO}({NUMBER})", re.IGNORECASE),
    up=words(
        r"\b(?:rises?|rose|risen|rising|increas(?:es?|ed|ing)|grow(?:s|n|ing)?|grew|climb(?:s|ed|ing)?"
        r"|goes up|went up)\b"
    ),
    down=words(
        r"\b(?:drop(?:s|ped|ping)?|decreas(?:es?|ed|ing)|declin(?:es?|ed|ing)|fell|sinks?|sank"
        r"|(?:falls?|falling) (?:from|to|by)|reduc(?:es?|ed|ing)|lower(?:s|ed|ing)|goes down"
        r"|went down|shrinks?)\b"
    ),
    missing=words(
        r"""
        \b(?:could|can) ?not be (?:measured|taken|determined|computed|calculated|assessed|obtained)
        \bnot (?:been )?(?:measurable|measured|available|possible) / \bunavailable / \bunmeasur\w+
        \bno (?:value|measurement)\b
        """
    ),
    reasons={
        Reason.FACE_TOO_SMALL: words(r"\btoo small / \bnot (?:large|big|wide) enough / \btiny\b"),
        Reason.LOW_QUALITY: words(
            r"\bquality\b / \bwell enough / \bblur\w* / \btoo (?:dark|bright) / \bnot sharp"
        ),
        Reason.TOO_FEW_FRAMES: words(r"\btoo few\b / \bfewer than / \bfew frames / \d+ frames?"),
        Reason.PARTIAL_DECODE: words(r"\bdecod\w+ / \bdamaged / \bpart of the file"),
        Reason.GREY_ZONE: words(
            r"\bbetween (?:the |both |its |two |these )*(?:limits|thresholds) / \bbetween \d"
        ),
        Reason.OUT_OF_RANGE: words(r"\bturned\b / \blandmarks? / \btrained on / \bto the side"),
        Reason.TOO_SMOOTH: words(r"\bsmooth\w*"),
        Reason.TOO_COMPRESSED: words(r"\bcompress\w* (?:too )?strongly / \bstrong\w* compress\w*"),
        Reason.TOO_BLURRED: words(r"\bblur\w* / \bnot sharp"),
        Reason.SOME_MOMENTS: words(r"\b(?:some|few) moments / \bmoments in a row / \bin a row"),
    },
    slight=words(r"\bslight(?:ly)?\b / \bsomewhat\b / \ba little\b / \bmarginal(?:ly)?\b"),
    most=words(
        r"""
        \b(?:most|highest|largest|greatest|strongest|main) (?:of the )?(?:share|part|portion)
        \b(?:most|highest|largest|greatest|strongest|main) (?:of the )?(?:evidence|weight)
        \b(?:mostly|mainly|chiefly|primarily|above all)\b
        """
    ),
    headed=(),
)
