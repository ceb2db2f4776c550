"""How good the checker of the texts is, and how many of the templates' sentences are unsupported.

    python benchmarks/texts.py [--reports N] [--texts N] [--seed N] [--show]

Per language: sentences of the templates (both registers) over N made-up reports and how many the
checker finds unsupported; N seeded wrong texts and how many are caught, by kind; N seeded right
texts (templates and paraphrases) and how many pass. Texts and reports are those of the tests
(`tests/support/wrong_texts.py`, `said.py`); other seeds give others. `--show` prints what was
misjudged. The sets of `tests/explain/texts/` were written by hand: "dev" and "more" to mend the
checker by, "held" to measure it by.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))

from fresh_texts import texts
from said import RIGHT, WRONG, said
from varied import varied_record
from wrong_texts import right_text, wrong_text

from unmask.explain.checker import Facts, check_narrative, check_sentence
from unmask.explain.template import Record, TemplateNarrator
from unmask.explain.words import WORDS, Register
from unmask.settings import Settings
from unmask.types import Sentence


def faults_of(sentence: Sentence, record: Record, language: str) -> tuple[str, ...]:
    """What the checker says of one sentence."""
    facts = Facts.of(record.findings, record.verdicts)
    return check_sentence(sentence, facts, WORDS.get(language).lexicon)


def templates(language: str, reports: int) -> None:
    """Unsupported sentences of the templates."""
    sentences, faults = 0, 0
    for register in Register:
        narrator = TemplateNarrator(Settings(text_register=register))
        for seed in range(reports):
            record = varied_record(seed)
            narrative = narrator.write(record, language)
            facts = Facts.of(record.findings, record.verdicts)
            sentences += len(narrative.interpretation) + len(narrative.next_steps)
            faults += len(check_narrative(narrative, facts, narrative))
    print(f"{language}: templates, {reports} reports, 2 registers: {sentences} sentences, "
          f"{faults} unsupported")  # fmt: skip


def seeded(language: str, texts: int, first: int, *, show: bool) -> None:
    """Wrong texts caught and right ones passed."""
    missed: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for seed in range(first, first + texts):
        kind, sentence, record = wrong_text(seed, language)
        if not faults_of(sentence, record, language):
            missed[kind] += 1
            if show:
                print(f"  missed ({kind}): {sentence.text}")
        kind, sentence, record = right_text(seed, language)
        if faults := faults_of(sentence, record, language):
            refused[kind] += 1
            if show:
                print(f"  refused ({kind}): {sentence.text} {faults}")
    caught, passed = texts - missed.total(), texts - refused.total()
    print(f"{language}: seeded, wrong texts caught {caught}/{texts} ({caught / texts:.1%}), "
          f"right texts passed {passed}/{texts} ({passed / texts:.1%})")  # fmt: skip
    if missed or refused:
        print(f"  missed {dict(missed)} refused {dict(refused)}")


def by_hand(language: str) -> None:
    """The texts written by hand for one file of three persons."""
    for name, table, good in (("wrong", WRONG, False), ("right", RIGHT, True)):
        own = [(text, ids) for lang, text, ids in table if lang == language]
        judged = [not faults_of(*said(text, ids), language) for text, ids in own]
        print(f"{language}: by hand, {name}: {sum(j is good for j in judged)}/{len(own)} judged so")


def fresh(language: str, *, show: bool) -> None:
    """The sets of texts written by hand before the checker was looked at, and one written after."""
    for which in ("dev", "more", "held"):
        for kind, good in (("wrong", False), ("right", True)):
            own = [text for text in texts(which, kind) if text.language == language]
            found = [(t, faults_of(t.sentence, t.record, language)) for t in own]
            judged = [t for t, faults in found if (not faults) is good]
            print(f"{language}: set {which}, {kind}: {len(judged)}/{len(own)} judged so")
            for text, faults in found if show else ():
                if (not faults) is not good:
                    print(f"  misjudged ({text.fault or kind}): {text.sentence.text} {faults}")


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--reports", type=int, default=200)
    parser.add_argument("--texts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    for language in ("en", "ko"):
        templates(language, options.reports)
        seeded(language, options.texts, options.seed, show=options.show)
        by_hand(language)
        fresh(language, show=options.show)


if __name__ == "__main__":
    main()
