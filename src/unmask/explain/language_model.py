"""Language models as narrators: asked with findings alone, checked, asked once more, else refused.

Record -> prompt | chat model | parser -> checker -> Narrative. What a model writes is the
interpretation and the next steps; everything else of the narrative is the template's. A text with
a fault is sent back once with the faults listed; after that, or where no usable answer comes, the
template's words stand in the report, and `narrator` says so.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from unmask.explain.chat_models import CHAT_MODELS, make_chat_model
from unmask.explain.checker import Facts, check_texts
from unmask.explain.lines import FILE
from unmask.explain.prompt import again, facts_for, rules_for
from unmask.explain.sections import Section
from unmask.explain.template import NARRATORS, Record, TemplateNarrator
from unmask.explain.words import Register
from unmask.settings import Settings
from unmask.types import Narrative, Sentence

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

log = logging.getLogger(__name__)
TRIES = 2
ANSWER_MAX = 200_000  # characters
FAULTS_TOLD = 20  # on the second try
ORDER = tuple(Section)


class AnswerError(ValueError):
    """An answer that is not of the form that was asked for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model wrote."""

    interpretation: tuple[Sentence, ...]
    next_steps: tuple[Sentence, ...]


class LanguageModelNarrator:
    """A chat model whose text is checked, with the template behind it."""

    def __init__(
        self, backend: str, settings: Settings, chat_model: BaseChatModel | None = None
    ) -> None:
        model = settings.llm.partition(":")[2].strip()
        self._model = chat_model or make_chat_model(backend, model, settings)
        self.name = f"{backend}:{model}"
        self._register = Register(settings.text_register)
        self._template = TemplateNarrator(settings)

    def write(self, record: Record, language: str) -> Narrative:
        """The model's narrative where it is borne out by the findings, else the template's."""
        template = self._template.write(record, language)
        facts = Facts.of(record.findings, record.verdicts)
        rules, shown = rules_for(language, self._register), facts_for(record, language)
        faults: tuple[str, ...] = ()
        for _ in range(TRIES):
            request = f"{shown}\n\n{again(faults[:FAULTS_TOLD])}" if faults else shown
            try:
                answer = self._ask(rules, request)
            except AnswerError as error:
                faults = (str(error),)
                continue
            except Exception as error:  # noqa: BLE001 - whatever a server does, there is a report
                log.warning("%s gave no answer: %s", self.name, type(error).__name__)
                reason = f"{self.name} gave no answer: {type(error).__name__}"
                return replace(template, narrator=f"template (after {reason})", faults=1)
            faults = check_texts(answer.interpretation, answer.next_steps, facts, language)
            if not faults:
                return replace(
                    template,
                    narrator=self.name,
                    interpretation=_in_order(answer.interpretation),
                    next_steps=answer.next_steps or template.next_steps,
                )
        log.warning("%s was refused: %s", self.name, "; ".join(faults[:FAULTS_TOLD]))
        errors = f"{len(faults)} error{'' if len(faults) == 1 else 's'}"
        refused = f"template (after {self.name} was refused: {errors})"
        return replace(template, narrator=refused, faults=len(faults))

    def _ask(self, rules: str, request: str) -> Answer:
        from langchain_core.prompts import ChatPromptTemplate
        from langchain_core.runnables import RunnableLambda
        from langsmith import tracing_context

        prompt = ChatPromptTemplate.from_messages([("system", "{rules}"), ("human", "{request}")])
        chain = prompt | self._model | RunnableLambda(read_answer)
        with tracing_context(enabled=False):  # whatever the environment says, nothing is traced
            answer: Answer = chain.invoke({"rules": rules, "request": request})
        return answer


for _backend in CHAT_MODELS:
    NARRATORS.register(_backend)(partial(LanguageModelNarrator, _backend))


def read_answer(message: Any) -> Answer:
    """A chat model's message as sentences; AnswerError where it is not the JSON asked for."""
    text = message.content if isinstance(message.content, str) else ""
    if len(text) > ANSWER_MAX:
        raise AnswerError(f"the answer has more than {ANSWER_MAX} characters")
    try:
        data = json.loads(_unfenced(text))
    except (ValueError, RecursionError):
        raise AnswerError("the answer is not one JSON object") from None
    if not isinstance(data, dict):
        raise AnswerError("the answer is not one JSON object")
    said = tuple(_sentence(item, None) for item in _items(data, "interpretation"))
    steps = tuple(_sentence(item, Section.NEXT) for item in _items(data, "next_steps"))
    return Answer(said, steps)


def _unfenced(text: str) -> str:
    """The answer without the code fence that some models put round JSON."""
    text = text.strip()
    if text.startswith("```") and text.endswith("```") and "\n" in text:
        return text[text.index("\n") : -3]
    return text


def _items(data: dict[str, Any], key: str) -> Sequence[Any]:
    items = data.get(key, [] if key == "next_steps" else None)
    if not isinstance(items, list):
        raise AnswerError(f"the list {key!r} is missing")
    return items


def _sentence(item: Any, section: str | None) -> Sentence:
    if not isinstance(item, dict):
        raise AnswerError("a sentence is not an object")
    text, ids = item.get("text"), item.get("findings")
    where = section or item.get("section")
    is_list = isinstance(ids, list) and all(isinstance(id_, str) for id_ in ids)
    if not (isinstance(text, str) and isinstance(where, str) and is_list):
        raise AnswerError("a sentence lacks its text, its section or its list of findings")
    return Sentence(text, tuple(ids or ()), where)


def _in_order(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """The file first, then person by person, each in the order of the sections."""
    subjects = {FILE: 0}

    def place(sentence: Sentence) -> tuple[int, int]:
        subject = sentence.finding_ids[0].partition(".")[0]
        return subjects.setdefault(subject, len(subjects)), ORDER.index(Section(sentence.section))

    return tuple(sorted(sentences, key=place))
