"""The English words that a narrator may use: what a report of this kind needs, and no more.

A sentence with any other word is refused by the checker, whatever it says; a closed list is the
only guard against claims that nobody has thought of. Forms are derived (`-s`, `-ed`, `-ing`).
"""

from __future__ import annotations

import re

_TEXT = """
a about above according add after again against all almost alone also although among amount an
analysis and angle another answer any appear applicable are area around as ask assign at away b bare
be because been before begin beginning being belong below beside better between beyond blend block
blur blurred body both but by calculate calibrate call camera can cannot carry case cell change
check cheek chin class clip color colour come compare comparison compress compression concern
contain correlation could count cover crop cut decode degree deletion detail detect deviation did
differ difference direction do does doubt down each edge edit either empty enough entire estimate
even evidence examination examine exceed expert exposure extend extent eye eyebrow face facial fail
fall far few fewer file film find fineness first fit five follow for forehead found four frame from
full further gather gave gaze generate genuine get give given go goes good got grey grid had hair
has have head heat height help hence here high higher highest hold how however if in indicate inner
inside interval into is it its itself jaw jitter judge just keep kind known lab landmark large
larger largest lay least leave left less level lie lies light limit line list little located look
lost low lower lowest lying made make manipulate manipulation map mark mass material maximum mean
meant measurable measure measurement median meet minimum mirror miss model moment more most mostly
motion mouth move name near neck need neither next no noise none nor nose not note nothing number
observe of off on once one only onto open or order original other otherwise out outer outline
outside over overall part pass pattern peak people per percent percentage person picture pixel place
point position positive possible present probability put quality question random range rank rather
raw reach read reading reason recommend recompression record recording reduce refer region regular
relate relative relevant remain remove repeat report require respect respectively rest result right
rise round run said same say scale scene score second section see seem seen separate set settle
seven share sharp sharpness shift short should shoulder show shown side similar since single six
size skin small smaller smooth smoothly so some source span speak spectrum spread stand standard
start state stay steady step still strength strong stronger strongest strongly such support
surroundings swap take taken target tell ten test texture than that the their them then there
therefore these they third this those though three threshold through throughout thus tie time to
together too total toward towards trace train turn two type unclear under unit until up upon upper
usable use usual usually value version via view visible was way well were what when where whereas
whether which while whole whom whose wide width with within without worth write wrote yet zero
"""
# What relates, counts, compares, orders and refers, and what an expert does; nothing that judges.
_MORE = """
accompany accordance accordingly account across addition additional additionally adequate adjacent
afterwards ahead alike allocate allow along amid analyse analyze apart apply approach appropriate
arise aside aspect assess assessment assume attain attention attribute available average barely
base basis become behind bound brief bring calculation carries category center central centre
chief chiefly choice choose chosen classify close closely closer cluster coincide collect combine
compute concentrate concentration conclude conclusion condition consequently consider considered
consist constitute consult context continue contrast contribute contribution corner correspond
correspondingly criteria criterion currently data decide decision decrease deem defined demand
denote depend derive describe despite detection detector determine deviate deviates diminish
discard discount display distance distinct distinguish distribute distribution divide drop due
duration during eight elevate eleven else elsewhere emphasis end enlarge enlargement equal equally
especially evaluate evaluation every examiner except exclude exhibit expand explain express
extract factor fairly feature figure fitted fluctuate focus forensic form former fraction
furthermore gap group grow handle hardly identical identify immediately include including
inconclusive increase increased individual individually information insert inspect inspection
instance instead insufficient intermediate interpret interpretation involve isolate item join
labeled labelled lack last late later latter lead leading leaves length letter likewise lines link
locate location long longer main mainly maintain marginal marginally marking match may meanwhile
measuring mention merely method middle might minor moderate modest moreover much must namely
narrow nearby nearest nearly necessary needs nevertheless nine nonetheless notable notably noted
notice noticeable now obtain obtained occupy occur occurrence ones ordinarily outcome outlier
outward overlap own pair partial partially particular particularly partly perform period persist
pertain piece plus portion precede prefer presence preserve prevent previous primarily primary
prior priority process produce proportion provide purpose quantity rate rated rating ratio reader
reanalysis recheck regard regarding regardless register relation relatively remainder remaining
remark repeated replay represent reside resolution respective return review reviewer row sample
satisfy scan scatter select sense sequence sit sits situate slight slightly smallest sole solely
somewhat specialist specific specifically specify split spot stage stated statement stays
subsequent subsequently sufficient sufficiently suit sum summarise summarize summary surface
surround system tend term thereafter thereby timing transition treat twelve underlie unlike
unremarkable unusual unusually used useful variation varies various vary verdict viewer weigh
weight whatever whenever wherever will would yield zone zoom
"""
WORDS = frozenset(_TEXT.split()) | frozenset(_MORE.split())
KNOWN = " ".join(sorted(WORDS))
SYMBOLS = frozenset({"JPEG", "Lab", "dB", "px", "AA", "AB"})
ENDINGS = (
    ("s", ""), ("es", ""), ("d", ""), ("ed", ""), ("ing", ""), ("ing", "e"), ("ies", "y"),
    ("ied", "y"),
)  # fmt: skip


def unknown_words(text: str) -> list[str]:
    """The words of a text that are not in the list and no forms of such; letters stay out."""
    found = re.findall(r"[A-Za-z]+(?:['’]s)?", text)
    told = [word for word in found if len(word) > 1 and word not in SYMBOLS]
    return [word for word in told if not _is_known(word.lower())]


def _is_known(word: str) -> bool:
    stem = re.sub(r"['’]s$", "", word)
    if stem in WORDS:
        return True
    for ending, instead in ENDINGS:
        if stem.endswith(ending) and f"{stem.removesuffix(ending)}{instead}" in WORDS:
            return True
    doubled = re.fullmatch(r"(\w+?)(\w)\2(?:ed|ing)", stem)
    return doubled is not None and doubled.group(1) + doubled.group(2) in WORDS
