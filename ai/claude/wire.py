"""What crosses the wire, purely: a burst becomes a question, the model's JSON becomes a suggestion. Trusts nothing.

Messages and tickets are small numbers there: a model copies those more surely than long ids. What stands in the answer
is believed only as far as it can be found in what was asked.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from ai.offline.intents import WORTHY
from ai.offline.wording import cut, plain
from ai.redaction import MASK, redact
from ticketing.triage.check import SUBJECT_LENGTH, SUMMARY_LENGTH, SuggestionUnreadable
from ticketing.triage.suggestion import (
    Burst,
    Entity,
    Issue,
    KnownTicket,
    Priority,
    Sentiment,
    Suggestion,
    Vocabulary,
)

_LONGEST_MESSAGE = 8_000  # characters; WhatsApp's own limit is 4,096
_LONGEST_BURST = 32_000
_WHY_LENGTH = 300
_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")  # no JSON for a provider, and nothing PostgreSQL stores
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_NOT_WORDS = re.compile(r"[\W_]")
_COPIED = {"order", "tracking", "e-mail"}  # kinds whose value stands in the words as it is


class NotJson(SuggestionUnreadable):
    """The answer is no JSON."""


class WrongShape(SuggestionUnreadable):
    """The answer is JSON, but not what was asked for."""


class Answered(BaseModel):
    """What a model fills in."""

    model_config = ConfigDict(extra="forbid", strict=True)


A = TypeVar("A", bound=Answered)


class EntityAnswer(Answered):
    kind: Literal["order", "amount", "date", "e-mail", "phone", "tracking"]
    value: str
    words: str
    message: int


class IssueAnswer(Answered):
    subject: str
    summary: str
    type: str
    category: str
    intent: str
    confidence: float
    priority: Priority
    messages: list[int]
    entities: list[EntityAnswer]
    continues: int | None


class TriageAnswer(Answered):
    ticket_worthy: bool
    confidence: float
    why: str
    awaits_answer: bool
    sentiment: Sentiment
    sentiment_confidence: float
    language: str
    issues: list[IssueAnswer]


def schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """The JSON Schema of the answer, in the part of it that structured outputs support."""
    made = TriageAnswer.model_json_schema()
    of_issue = made["$defs"]["IssueAnswer"]["properties"]
    for name, allowed in (("type", vocabulary.types), ("category", vocabulary.categories), ("intent", WORTHY)):
        of_issue[name] = {"type": "string", "enum": list(allowed)}
    return made


def system(prompt: str, vocabulary: Vocabulary) -> str:
    """The constant part of the question."""
    parts = (
        ("Types", vocabulary.types),
        ("Categories", vocabulary.categories),
        ("Intents", {name: f"the customer {intent.asks}" for name, intent in WORTHY.items()}),
    )
    return "\n".join([prompt.rstrip(), *(_list(title, labels) for title, labels in parts)])


def _list(title: str, labels: Mapping[str, str]) -> str:
    return "\n".join([f"\n## {title}\n", *(f"- `{name}`: {label}" for name, label in labels.items())])


@dataclass(frozen=True, slots=True)
class Sent:
    """What a question says of a burst: the texts as they leave the house, in the burst's order."""

    burst: Burst
    texts: tuple[str, ...]

    @classmethod
    def of(cls, burst: Burst) -> "Sent":
        left = _LONGEST_BURST
        texts = []
        for message in burst.messages:
            text = sendable(message.text[: min(left, _LONGEST_MESSAGE)])
            left -= len(text)
            texts.append(text)
        return cls(burst, tuple(texts))

    def question(self) -> str:
        """The user's turn: data only."""
        data = {
            "messages": self._messages(),
            "tickets": [_known(number, ticket) for number, ticket in enumerate(self.burst.known, start=1)],
            "customer_tier": self.burst.customer_tier,
        }
        return f"Understand these messages:\n{json.dumps(data, ensure_ascii=False)}"

    def _messages(self) -> list[dict[str, Any]]:
        """With `by` where the customer is a group: a number for each member, and neither name nor address."""
        authors = [message.author for message in self.burst.messages]
        members = {author: number for number, author in enumerate(dict.fromkeys(filter(None, authors)), start=1)}
        return [
            {"number": number, "text": text} | ({"by": members[author]} if author else {})
            for number, (text, author) in enumerate(zip(self.texts, authors, strict=True), start=1)
        ]

    def message(self, number: int) -> int:
        """The message's place in the burst. Raises WrongShape."""
        if not 1 <= number <= len(self.texts):
            raise WrongShape(f"the AI names message {number}, which does not exist")
        return number - 1

    def ticket(self, number: int | None) -> UUID | None:
        """Raises WrongShape."""
        if number is None:
            return None
        if not 1 <= number <= len(self.burst.known):
            raise WrongShape(f"the AI names ticket {number}, which does not exist")
        return self.burst.known[number - 1].id


def sendable(text: str) -> str:
    """As long as `text`: redacted, and without what is no character."""
    return redact(_UNSENDABLE.sub("\ufffd", text))


def _known(number: int, ticket: KnownTicket) -> dict[str, Any]:
    return {
        "number": number,
        "subject": sendable(ticket.subject),
        "type": ticket.type,
        "category": ticket.category,
        "status": ticket.status_category,
        "references": [sendable(reference) for reference in ticket.references],
    }


def suggestion(text: str, sent: Sent, *, brain: str, model: str) -> Suggestion:
    """What the answer proposes. Raises NotJson, WrongShape."""
    answer = parsed(text, TriageAnswer)
    return Suggestion(
        ticket_worthy=answer.ticket_worthy,
        confidence=answer.confidence,
        why=cut(plain(answer.why), _WHY_LENGTH),
        issues=tuple(_issue(issue, sent) for issue in answer.issues),
        sentiment=answer.sentiment,
        sentiment_confidence=answer.sentiment_confidence,
        language=answer.language if _LANGUAGE.fullmatch(answer.language) else "und",
        brain=brain,
        model=model,
        awaits_answer=answer.awaits_answer,
    )


def parsed(text: str, shape: type[A]) -> A:
    """The model's answer in the shape that it was asked for. Raises NotJson, WrongShape."""
    try:
        return shape.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if first["type"] == "json_invalid":
            raise NotJson("the AI's answer is no JSON") from error
        where = ".".join(str(part) for part in first["loc"])
        raise WrongShape(f"the AI's answer has another shape than asked for: {where} ({first['type']})") from error


def _issue(issue: IssueAnswer, sent: Sent) -> Issue:
    places = sorted({sent.message(number) for number in issue.messages})
    return Issue(
        subject=cut(plain(issue.subject), SUBJECT_LENGTH),
        summary=cut(plain(issue.summary), SUMMARY_LENGTH),
        type=issue.type,
        category=issue.category,
        intent=issue.intent,
        confidence=issue.confidence,
        priority=issue.priority,
        message_ids=tuple(sent.burst.messages[place].id for place in places),
        entities=tuple(found for entity in issue.entities if (found := _entity(entity, sent)) is not None),
        continues=sent.ticket(issue.continues),
    )


def _entity(entity: EntityAnswer, sent: Sent) -> Entity | None:
    """With the customer's own words. None if what was sent there is not what the customer wrote: it was masked."""
    place = sent.message(entity.message)
    start = sent.texts[place].find(entity.words) if entity.words else -1
    if start < 0:
        raise WrongShape(f"{entity.kind} {entity.value!r} is not in the words of the message it names")
    if entity.kind in _COPIED and _bare(entity.value) not in _bare(entity.words):
        raise WrongShape(f"{entity.kind} {entity.value!r} is not what its words say")
    message = sent.burst.messages[place]
    if message.text[start : start + len(entity.words)] != entity.words or MASK in entity.value:
        return None
    return Entity(entity.kind, entity.value, entity.words, message.id)


def _bare(words: str) -> str:
    return _NOT_WORDS.sub("", words).casefold()
