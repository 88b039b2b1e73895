"""A model that thinks with the offline brain: it reads a question as it comes over the wire and fills in the form.

So the contract's plain cases hold for the Claude brain only if question and answer lose nothing on their way.
"""

import json
from collections.abc import Iterator
from typing import Any

from ai.offline import OfflineBrain
from core.ids import new_id
from emulators.anthropic import Question, ToolUse
from tests.ai.bursts import MONDAY
from tests.playbooks import VOCABULARY
from ticketing.drafting.draft import Line
from ticketing.resolution.proposal import AskCustomer, Call, Case, HandOver, OfferedRecipe, Taken
from ticketing.triage.suggestion import Burst, BurstMessage, Issue, KnownTicket, Vocabulary

Json = dict[str, Any]


class Thinking:
    """A responder for the emulator. `heard` are the questions' data."""

    def __init__(self, offline: OfflineBrain) -> None:
        self.offline = offline
        self.heard: list[Json] = []

    async def __call__(self, question: Question) -> Json | ToolUse:
        data = json.loads(question.body["messages"][0]["content"].split("\n", 1)[1])
        self.heard.append(data)
        if question.tools:
            return await self._step(question, data)
        if "say" in data:
            return {"text": data["say"]}
        messages = tuple(BurstMessage(new_id(), each["text"], MONDAY) for each in data["messages"])
        known = tuple(_ticket(each) for each in data["tickets"])
        burst = Burst(messages, known, data["customer_tier"])
        found = await self.offline.triage(burst, _vocabulary(question))
        return {
            "ticket_worthy": found.ticket_worthy,
            "confidence": found.confidence,
            "why": found.why,
            "awaits_answer": found.awaits_answer,
            "sentiment": found.sentiment.value,
            "sentiment_confidence": found.sentiment_confidence,
            "language": found.language,
            "issues": [_issue(issue, burst) for issue in found.issues],
        }

    async def _step(self, question: Question, data: Json) -> ToolUse:
        """The case is put together again from the turns: what did not get over the wire is not known."""
        case = Case(
            number=0,
            subject=data["ticket"]["subject"],
            type=data["ticket"]["type"],
            category=data["ticket"]["category"],
            language=data["ticket"]["language"],
            lines=[Line(each["text"], each["from"] == "customer", each["file"]) for each in data["messages"]],
            fields={},
            labels={field: label for each in data["recipes"] for field, label in each["missing"].items()},
            recipes=[
                OfferedRecipe(each["name"], each["name"], each["tool"], each["arguments"], tuple(each["missing"]))
                for each in data["recipes"]
            ],
            actions=(),
            taken=tuple(_taken(question.body["messages"][1:])),
        )
        match (await self.offline.propose(case)).proposal:
            case Call(name, arguments, because):
                return ToolUse(name, dict(arguments), because)
            case AskCustomer(field, because):
                return ToolUse("ask-customer", {"field": field, "because": because})
            case HandOver(because):
                return ToolUse("hand-over", {"because": because})


def _taken(turns: list[Json]) -> Iterator[Taken]:
    for asked, answered in zip(turns[::2], turns[1::2], strict=True):
        (use,), (result,) = asked["content"], answered["content"]
        assert use["id"] == result["tool_use_id"]
        asking = use["name"] == "ask-customer"
        proposal = AskCustomer(use["input"]["field"]) if asking else Call(use["name"], use["input"])
        told = json.loads(result["content"])
        yield Taken(proposal, told["outcome"], told.get("value"), told.get("words", ""))


def _vocabulary(question: Question) -> Vocabulary:
    assert question.schema is not None
    offered = question.schema["$defs"]["IssueAnswer"]["properties"]
    types, categories = ({name: name for name in offered[key]["enum"]} for key in ("type", "category"))
    return VOCABULARY if set(types) == set(VOCABULARY.types) else Vocabulary(types, categories)


def _ticket(each: Json) -> KnownTicket:
    return KnownTicket(
        new_id(),
        each["number"],
        each["subject"],
        each["type"],
        each["category"],
        each["status"],
        tuple(each["references"]),
    )


def _issue(issue: Issue, burst: Burst) -> Json:
    numbers = {message.id: number for number, message in enumerate(burst.messages, start=1)}
    tickets = {ticket.id: number for number, ticket in enumerate(burst.known, start=1)}
    return {
        "subject": issue.subject,
        "summary": issue.summary,
        "type": issue.type,
        "category": issue.category,
        "intent": issue.intent,
        "confidence": issue.confidence,
        "priority": issue.priority.value,
        "messages": [numbers[message_id] for message_id in issue.message_ids],
        "entities": [
            {
                "kind": entity.kind,
                "value": entity.value,
                "words": entity.words,
                "message": numbers[entity.message_id],
            }
            for entity in issue.entities
        ],
        "continues": tickets[issue.continues] if issue.continues else None,
    }
