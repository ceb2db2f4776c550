"""English patterns of the checker: how numbers, places, outcomes and what may not be said read."""

from __future__ import annotations

import re

from unmask.explain.english import vocabulary
from unmask.explain.english.names import NUMBERS
from unmask.explain.english.wording import WORDING
from unmask.explain.lexicon import NUMBER, Anchor, Lexicon, anchor, words
from unmask.types import Outcome

_UNIT = r"%|°|px\b|s\b|dB\b|grey levels|standard deviations|Lab units|times|pixels|degrees"
_NUMBER = rf"(?:over |under )?({NUMBER})(?:\s?(?:{_UNIT}))?"
_COUNTED = r"(?!other )(?:of the |of all )?(?:(?!for |of |in |and |is |to |at |with )\w+ )?"
_FACE = r"(?!other )(?:faces?|persons?|people)"

_BOTH = r"(?:the |both |two |its |these )*"
_LOW, _HIGH = "clear limit usual", "threshold limit clear usual"
_RANGE = r"(?:(?:a|an|the|usual|range|ranges|of|in|from|values?) )*"
_TOP = r"(?:up to|at most|(?:no )?more than|below|under|above|over|maximum of|limit of)"


def _anchor(text: str, *roles: str) -> Anchor:
    return anchor(text, *roles, number=_NUMBER)


ANCHORS = (
    _anchor(r"threshold(?: (?:of|is|at|being)|:)? #", "threshold"),
    _anchor(
        r"(?:limit|cut|cut-off)(?: of use)?(?: (?:of|is|at|being))? #", "limit threshold clear"
    ),
    _anchor(r"# threshold\b", "threshold"),
    _anchor(r"# limit\b", "limit threshold"),
    _anchor(r"\b(?:at|as) (?:least|most) #", "limit"),
    _anchor(r"\b(?:minimum|maximum)(?: is| of)? #", "limit"),
    _anchor(r"\bup to #", "clear limit usual low high interval"),
    _anchor(r"\bdown to #", "interval"),
    _anchor(r"(?:needed|required) #", "limit"),
    _anchor(r"(?:fewer|less|more) than #", "limit"),
    _anchor(r"# (?:is|are) (?:needed|allowed|required)", "limit"),
    _anchor(
        r"between # and #[,;]? (?:the|this|it|which|that)? ?(?:result|answer|question)",
        "clear",
        "threshold",
    ),
    _anchor(
        r"(?:lies|is) between (?:the limits )?# and #",
        "clear low interval",
        "threshold high interval",
    ),
    _anchor(r"#(?:-| )?(?:%)? (?:confidence )?interval", "confidence"),
    _anchor(r"interval (?:of |from |is |runs from )?# (?:to|and) #", "interval", "interval"),
    _anchor(r"# (?:to|and) #,? (?:that |which )?(?:is|are|being) usual", "usual", "usual"),
    _anchor(
        r"(?:than the|usual(?: range)?(?: in genuine faces)?(?: of| is|:)?) # (?:to|and) #",
        "usual",
        "usual",
    ),
    _anchor(r"usual (?:range )?(?:in genuine faces )?\(# to #\)", "usual", "usual"),
    _anchor(r"(?:marked|[Rr]emoving(?: the)?) #", "area"),
    _anchor(r"usual (?:up|is up) to #", "usual"),
    _anchor(r"(?:up to )?# (?:is|are) usual", "usual"),
    _anchor(r"random #", "area"),
    _anchor(r"random[^.;]{0,60}? (?:to|at|leaves? it at|is) #", "random"),
    _anchor(r"(?:the|marked|strongest) # of the (?:face )?crop", "area value"),
    _anchor(r"\bfrom # to #", "before low interval usual", "marked high interval usual"),
    _anchor(r"lowest(?: value)?(?: is)? #", "low"),
    _anchor(r"highest(?: value)?(?: is)? #", "high peak"),
    _anchor(r"highest(?! (?:share|part))[^.;]{0,60}? at #", "peak_s high time"),
    _anchor(r"lowest[^.;]{0,60}? at #", "low"),
    _anchor(r"# of (?:the |its )?scale", "peak"),
    _anchor(r"# of the area", "area"),
    _anchor(r"standard deviation(?: of)? #", "spread"),
    _anchor(r"(?:recompression|stability)(?: of| is)? #", "stability"),
    _anchor(r"peak is #", "peak"),
    _anchor(r"# of (?:the )?# (?:moments|regions)", "over", "moments"),
    _anchor(r"threshold of [^:;]{0,12}: # of #", "over", "moments"),
    _anchor(r"\(# is none\)", "none"),
    _anchor(r"taken from #", "duration"),
    _anchor(rf"{_BOTH}(?:limits|thresholds)(?: of| at|,)? # (?:and|to) #", _LOW, _HIGH),
    _anchor(r"(?:above|over|below|under|beyond|exceeds|reaches) (?:the )?limit(?: of)? #", _HIGH),
    _anchor(r"\busual(?:ly)?[^.;:\d]{0,30}? (?:between|from|in|of) # (?:and|to) #", *["usual"] * 2),
    _anchor(rf"(?:against|compared (?:with|to)|versus) {_RANGE}# (?:to|and) #", "usual", "usual"),
    _anchor(r"# (?:without|when|if|after|for) [^.;,\d]{0,24}random", "random"),
    _anchor(r"\brange\b,?(?: which)? (?:ends|starts|begins|extends)(?: \w+){0,2} #", "usual limit"),
    _anchor(r"\bgenuine faces[^.;:\d]{0,30}?# (?:and|to) #", "usual", "usual"),
    _anchor(rf"\busual(?:ly)?[^.;:\d]{{0,30}}? {_TOP} #", "usual"),
    _anchor(r"\b(?:no|not) (?:more|less|higher|lower) than #", "usual limit clear threshold"),
)
PLACES = {
    "surroundings": words(r"outside the face|surroundings of the face"),
    "left_eye": words(r"eye at the left|left eye(?!brow)"),
    "right_eye": words(r"eye at the right|right eye(?!brow)"),
    "left_brow": words(r"(?:eye)?brow at the left|left (?:eye)?brow"),
    "right_brow": words(r"(?:eye)?brow at the right|right (?:eye)?brow"),
    "nose": words(r"\bnose\b"),
    "mouth": words(r"\bmouth\b|\blips?\b"),
    "left_cheek": words(r"cheek at the left|left cheek"),
    "right_cheek": words(r"cheek at the right|right cheek"),
    "forehead": words(r"\bforehead\b|\bbrow\b(?! at)"),
    "chin": words(r"\bchin\b"),
    "jaw_line": words(r"\bjaw ?lines?\b|\bjaw\b"),
    "hair_line": words(r"\bhair ?lines?\b"),
}
KINDS = {
    "swap": words(r"\bswap\w*|\bblend\w*"),
    "edit": words(r"\bpart was edited\b|\bpart edited\b|\bedited parts?\b"),
    "synthetic": words(r"\bgenerated\b|\bsynthetic\b"),
}
MEASURES = {
    "skin_texture": words(r"facial skin|\btexture\b|fineness"),
    "noise_ratio": words(r"\bnoise\b|\bnoisy\b"),
    "jpeg_grid": words(r"JPEG (?:block )?grid"),
    "double_compression": words(r"repeated (?:JPEG )?compression|double compression"),
    "boundary_sharpness": words(r"\boutline\b"),
    "spectrum_peaks": words(r"\bspectr(?:um|al)\b|upsampling|periodic|regular pattern"),
    "colour_difference": words(r"\bcolou?r\w*"),
    "light_direction": words(r"\blight(?:ing)?\b"),
    "scene_motion": words(r"\bjitter\w*|\bscene\b"),
    "appearance": words(r"from its surroundings|the other faces"),
    "gaze": words(r"\bgaze\b"),
    "face_body": words(r"\bbody\b"),
    "width": words(
        r"\bwidth\b(?! per)|\bwide\b|(?<!full )(?<!original )(?<!same )(?<!equal )\bsize\b"
    ),
    "sharpness": words(r"\bsharpness\b(?! of the outline)"),
    "exposure": words(r"\bexposure\b"),
    "yaw": words(r"turn(?:ed)?\b"),
    "blockiness": words(r"(?<!JPEG )block grid"),
}
TOPICS = {
    words(r"heat map"): frozenset({"heat", "region", "even", "faithfulness"}),
    words(r"blend map|blended in(?! \d)"): frozenset({"blend", "class"}),
    words(r"\bswap"): frozenset({"class"}),
    words(r"generated|synthetic"): frozenset({"class"}),
    words(r"\bmoments?\b"): frozenset({"time", "unread"}),
    words(r"\bthreshold\b"): frozenset({"probability", "time"}),
    words(r"\binterval\b"): frozenset({"probability"}),
    words(r"\bprobabilit(?:y|ies)\b"): frozenset(
        {"probability", "time", "faithfulness", "class", "abstention", "verdict", "heat"}
    ),
    words(r"\d ?% of (?:the |this )?(?:face|head|picture|clip)\b(?! width)"): frozenset(
        {"blend", "region", "faithfulness", "even"}
    ),
    words(r"\bmov(?:es?|ed|ing|ements?)\b(?! (?:between|from))|\bmotion\b"): frozenset({"cue"}),
    words(r"\bcuts?\b(?! of)"): frozenset({"frames", "blend"}),
    words(r"\bdeletion\b|\bremov(?:e|ing|ed)\b"): frozenset({"faithfulness"}),
}
NEUTRAL = words(
    r"(?:probability|chance|question|examined|whether|decide|calling|signs?)"
    r"[^.;:]{0,60}?\b(?:manipulat\w*|swapp?\w*|blended in|generated)",
    r"""
    evidence for manipulation / by kind of manipulation|kinds? of manipulation
    (?:to|class) [^.;]{0,12}face that was (?:swapped|generated)[^.;,]{0,20}
    takes? the face for generated
    swapped or blended in|generated as a whole|swap or blend|fully synthetic
    marks [^.;]{0,60}? as blended in
    (?:in|of|for) genuine (?:faces|material|files)|genuine faces
    original (?:file|recording|material)s?
    """,
)
CLAIMS = {
    Outcome.NO_EVIDENCE: words(
        r"\bno evidence\b[^.;:]{0,60}\bmanipulat\w*",
        r"\bno evidence\b",
        r"\bnot (?:called |been )?manipulat\w+",
    ),
    Outcome.INCONCLUSIVE: words(
        r"""
        \binconclusive\b / left open / leaves it open / remains? open / \bundecided\b
        cannot be decided / no probability is given / says nothing about
        """
    ),
    Outcome.MANIPULATED: words(
        r"\bmanipulat\w+",
        r"\baltered\b",
        r"\b(?:face|picture|clip|person [A-Z])\b[^.;,]{0,24}\b(?:was|were|is|are|been) (?:\w+ )?"
        r"(?:changed|modified|replaced|edited|retouched)\b",
        r"\bswapped\b",
        r"(?<!no )(?<!not )\bevidence that\b(?! a)",
    ),
}
FORBIDDEN = {
    "certainty": words(
        r"""
        \bdefinite\w* / \bcertain(?:ly|ty)?\b / \bprov(?:e|es|ed|en|ing)\b / \bproof\b
        \bundoubted\w* / \b(?:no|without|beyond|any) (?:\w+ )?doubt\b(?!s) / \bobvious\w*
        \bclear(?:ly)? (?:shows?|manipulat\w+|fak\w+|a ) / \bclearly\b / \bguarantee\w*
        \bconclusive\w* / \bconfirm\w* / \bunquestionabl\w* / \bundeniabl\w* / \bmust be\b
        \b(?:very|extremely|highly|overwhelming\w*|massive\w*)\b / \balways\b / \bindisputabl\w*
        \bfor sure\b / \bsurely\b / \birrefutabl\w* / \babsolutely\b / \bimpossible\b
        \bestablished\b / \bevidently\b / \bestablishes\b
        """
    ),
    "unmeasured": words(
        r"""
        \blip[- ]?sync\w* / \bvoice\b / \baudio\b / \bsound\w* / \bspeech\b / \bblink\w*
        \bpulse\b / \bheart ?(?:beat|rate)\b / \bbreath\w* / \breflect\w* / \bshadow\w*
        \bteeth\b / \btooth\b / \bears?\b / \bearrings?\b / \bglasses\b / \bfingers?\b
        \bhands?\b / \biris(?:es)?\b(?! could) / \bpupils?\b / \bwrinkl\w* / \bbeard\b
        \bbackground\b / \bwatermark\w* / \blogo\b / \bmeta ?data\b / \bexif\b / \bGPS\b
        \bPRNU\b / \bsensor\b / error level / \bELA\b / \bfingerprint\w* / \bGANs?\b
        \bdiffusion\b / photo ?shop\w* / \bwarp\w* / \bghost\w* / \bflicker\w* / \bartefacts?\b
        \bartifacts?\b / \bemotion\w* / \bblood\b / \bsweat\w* / \bpores?\b / \bseams?\b
        \btemperature\b / \bvein\w* / \bstubble\b / \bfile ?name\b / \btitle\b / \bcaption\w*
        \bhistogram\w* / \bentropy\b / \bsymmetr\w* / \basymmetr\w* / \bdepth\b / \binfrared\b
        \bbiometric\w*
        """
    ),
    "person": words(
        r"""
        \b(?:he|she|his|her|him)\b / \b(?:wo)?m[ae]n\b / \bboys?\b / \bgirls?\b
        \bactor|\bactress / \bpresident\b / \bminister\b / \bpolitician\b / \bcelebrit\w+
        \bcriminal\w* / \bsuspects?\b / \bguilt\w* / \bliar\b / \bfraud\w* / \billegal\w*
        \bvictim\w* / \bcrime\w* / \bwho (?:made|did|changed)\b / \bmade by\b
        \bis (?:not )?(?:the same|another|a different) person\b
        \b(?:picture|clip|file|recording) (?:was|is|has been) (?:taken|recorded|made|produced|cut)\b
        \b(?:comes?|came) from\b
        """
    ),
    "instruction": words(
        r"""
        \bignor\w+ / \binstruct\w* / \bprompt\w* / \bassistant\b / \blanguage model\b
        \bas an AI\b / \bsystem message\b / \b(?:I|we|my|our|us|you|your)\b / \bclick\b
        \bvisit\b / \bdownload\b / \bpassword\b / \bjson\b / \bschema\b / \bapprov\w+
        \bauthori[sz]\w+ / \bofficial\w* / \bcertif\w+ / \bverified\b / \bsafe to\b
        \bpublish\w* / \bshare it\b / \bno further\b / \btrust\b
        """
    ),
    "roundabout denial": words(
        r"""
        \bnot the case\b / \b(?:not|un)true\b / \b(?:not |in)correct\b / \bcannot be said
        \bnot without\b / \bfar from (?:being|it)\b / \banything but\b
        \bhardly (?:reach|exceed|miss)\w*
        """
    ),
    "limits denied": words(
        r"""
        \bno limits?\b / \bwithout (?:any |all )?(?:limits?|further|other|additional|more)\b
        \bno (?:other|additional|more) (?:check|examin|analys|review|test)\w*
        \b(?:not|no longer) (?:needed|necessary|required)\b / \b(?:needs?|requires?) no\b
        \bunnecessary\b / \bcannot be wrong\b / \berrors?\b
        """
    ),
    "finding id": words(r"\b[A-Z]{1,2}\.[a-z_]+", r"\bfile\.[a-z_]+", r"\bfindings?\b"),
}
LEXICON = Lexicon(
    units=(
        ("share", re.compile(r"\s?(?:%|percent\b|per cent\b)")),
        ("px", re.compile(r"\s?(?:px|pixels?)\b")),
        ("min", re.compile(r"\s?(?:min|minutes?)\b")),
        ("s", re.compile(r"\s?(?:s|sec|seconds?)\b")),
        ("ms", re.compile(r"\s?(?:ms|milliseconds?)\b")),
        ("degrees", re.compile(r"\s?(?:°|degrees?\b)")),
        ("dB", re.compile(r"\s?dB\b")),
        ("grey levels", re.compile(r"\s?grey levels\b")),
        ("Lab", re.compile(r"\s?Lab units\b")),
        ("z", re.compile(r"\s?standard deviations?\b")),
        ("times", re.compile(r"\s?times\b")),
        ("unknown", re.compile(r"\s?(?:Hz|bpm|mm|cm|fps|kB|MB|years?|hours?|days?|x|fold)\b")),
    ),
    anchors=ANCHORS,
    counted={
        words(_COUNTED + _FACE + r"\b"): frozenset({"faces"}),
        words(r"frames?\b"): frozenset({"frames", "usable", "limit"}),
        words(r"(?:of the )?moments?\b"): frozenset({"moments", "over", "unread"}),
        words(r"cuts?\b"): frozenset({"cuts"}),
        words(r"(?:of the )?regions?\b"): frozenset({"regions"}),
        words(r"(?:by \d+ )?cells?\b"): frozenset({"cells"}),
    },
    count_words={word.lower(): value for value, word in enumerate(NUMBERS)}
    | {"single": 1, "sole": 1, "both": 2},
    vague=words(
        r"""
        \bhalf\b / \bthirds?\b / \bquarters?\b / \btwice\b / \bdoubl(?:e|ed|es)\b(?! comp)
        \btriple\b / \bdozens?\b / \bhundreds?\b / \bthousands?\b / \bmajority\b / \bmost of\b
        \bnearly all\b / \balmost all\b / \bseveral\b / \bmany\b
        \broughly\b / \bapproximately\b / \blikely\b
        \bunlikely\b / \bprobably\b / \bstrong(?:ly)? (?:evidence|suggest\w*|indicat\w*)
        """
    ),
    places=PLACES,
    kinds=KINDS,
    measures=MEASURES,
    topics=TOPICS,
    neutral=NEUTRAL,
    claims=CLAIMS,
    never=words(
        r"""
        \bgenuine\b / \bauthentic\w* / \bunaltered\b / \buntouched\b / \bunedited\b
        \breal (?:face|person|picture|clip|one)\b / \bunmanipulated\b / \btrustworthy\b
        \bfak(?:e|ed|es|ery)\b / deep ?fake\w* / \bforge(?:d|ry)\b / \btamper\w* / \bdoctored\b
        \bfabricat\w+ / \bis real\b / \bnot (?:fake|forged|edited|altered)\b / \bclean\b
        """
    ),
    hedges=words(
        r"""
        evidence / \bcalled\b / \breported\b / \bjudged\b / \bresult\b / \banswer\b
        \bthreshold\b / \bprobability\b
        """
    ),
    reaches=words(
        r"(?<!fails to )\b(?:reach(?:es|ed|ing)?|exceed(?:s|ed|ing)?|pass(?:es|ed|ing)?|above|over"
        r"|beyond|higher than|meets?)(?: \w+){0,2} (?:threshold|limit(?!s? of use)(?! of \d))"
        r"|\b(?:is|was) (?:high )?(?:enough|sufficient) (?:to|for)\b"
    ),
    misses=words(
        r"(?:not|never|fails to|failed to|neither) (?:\w+ )?(?:reach|exceed|pass)",
        r"\b(?:below|under|short of|beneath|lower than|less than)(?: \w+){0,2} "
        r"(?:threshold|limit(?! of \d))",
        r"misses the threshold|\btoo low (?:to|for)\b|\bnot (?:\w+ )?enough\b|\binsufficient\b",
    ),
    none=words(r"\bnone of\b", r"\bno moments?\b", r"\bnot one\b", r"\bat no moment\b"),
    every=words(
        r"\beach of\b",
        r"\bevery\b",
        r"\ball (?:of )?(?:the )?(?:\d+ )?moments\b(?! together)",
    ),
    between=words(r"between the (?:two )?(?:limits|thresholds)|\bis between\b|lies between"),
    random=words(r"\brandom\w*"),
    outside=words(
        r"""
        \boutside (?:what|(?:the|its|their) (?:range|limit|usual))
        \btoo (?:small|large|little|far)
        \bout of (?:the|its|their) (?:usual )?range / \bdeviates?\b
        \bbeyond\b / \bunusual\b / \babnormal\w*
        \bout of range\b / \binconsistent\b
        """
    ),
    within=words(
        r"\bwithin (?:the|its|their|what)\b",
        r"\b(?:meets?|met|satisf\w+) (?:the |all |its )*(?:limit|require|condition|criteri|minim)",
        r"\b(?:in|inside) (?:the|its|their) (?:usual )?range",
        r"(?<![\d%] )(?<!that )(?<!which )(?<!what )(?<!than )"
        r"\b(?:is|are|was|were|remains?|stays?) usual\b",
        r"\bnormal\b",
        r"\bunremarkable\b",
    ),
    higher=words(
        r"\b(?:higher|larger|greater|bigger|stronger) than\b",
        r"\b(?:above|over|beyond|exceed\w*) (?:the |its |what is )?(?:usual|range)",
        r"\bunusually (?:high|large|strong)\b",
        r"\belevated\b",
    ),
    lower=words(
        r"\b(?:lower|smaller|less|weaker) than\b",
        r"\b(?:below|under|beneath) (?:the |its |what is )?(?:usual|range)",
        r"\bunusually (?:low|small|weak)\b",
    ),
    as_usual=words(r"\bas usual\b", r"\bnot unusual\b"),
    empty=words(r"\bempty\b", r"\bshows? little\b", r"\bnothing\b", r"\bblank\b"),
    failed=words(r"\bfail", r"\bnot shown\b", r"\bnot pass\b"),
    artefacts=words(
        r"""
        artefact / artifact / \btraces? of manip / \bswap / \bblend / generated / synthe
        evidence for manipulation / \bedited\b / \bpasted\b / \bsuspicious\w* / \bsigns? of\b
        \bspliced?\b / \banomal\w+ / \birregular\w*
        """
    ),
    forbidden=FORBIDDEN,
    unknown=vocabulary.unknown_words,
    known=vocabulary.KNOWN,
    names=frozenset({"JPEG", "Lab"}),
    foreign=re.compile(r"[^\W\d_A-Za-z]"),
    by_letter=False,
    own=re.compile(
        r"\b(?:[Tt]he|of|is|are|was|to|[Ii]n|and|[Ff]or|[Ww]ith|at|[Oo]n|[Nn]o|not|[Tt]his|that|by"
        r"|it|from|which|has|a|an|or|as|its|than|be|between|within|there|one)\b"
    ),
    own_share=0.15,
    ending=re.compile(r"[.!?]$"),
    wording=WORDING,
)
