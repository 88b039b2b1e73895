"""What crosses the wire for the next step of a run, purely: a case becomes turns and tools, a tool call a proposal.

The desk's actions are tools, and beside them stand two that no action can be called: an action's name has no hyphen.
What was proposed before goes in as the calls that it was, so that a run goes on from its record alone. Without the
thinking that came with them: it is bound to a question that has meanwhile grown.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ai.claude.client import Reply
from ai.claude.names import Names
from ai.claude.wire import NotJson, WrongShape, sendable
from ai.offline.wording import cut, plain
from ai.redaction import MASK
from threadline import OutcomeKind
from ticketing.resolution.proposal import AskCustomer, Call, Case, HandOver, OfferedRecipe, Proposal, Taken
from ticketing.resolution.run import Json

ASK_CUSTOMER, HAND_OVER = "ask-customer", "hand-over"
_BECAUSE_LENGTH = 300
_LONGEST_LINE = 8_000  # characters
_LONGEST_RESULT = 8_000
# What an action said, or may have done. Any other outcome is a step on the way there that went no further.
_CAME_OF_IT = {kind.value for kind in OutcomeKind} | {"not_allowed"}
_NOTHING_YET = "Nothing has been done. The customer has written since, or something else came between: propose anew."
_BECAUSE = {"type": "string", "description": "One short sentence in English for the desk: why."}


def tools(case: Case) -> list[dict[str, Any]]:
    """What the model may propose, each once."""
    found = [
        {"name": each.name, "description": each.description, "input_schema": dict(each.parameters_schema)}
        for each in case.actions
    ]
    if missing := sorted({field for recipe in case.recipes for field in recipe.lacks}):
        told = "Ask the customer for something that a recipe is missing. The desk writes the question."
        asked = {"field": {"type": "string", "enum": missing}, "because": _BECAUSE}
        found.append(_tool(ASK_CUSTOMER, told, asked))
    found.append(_tool(HAND_OVER, "Leave the ticket to a person.", {"because": _BECAUSE}))
    return found


def _tool(name: str, description: str, properties: dict[str, Any]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return {"name": name, "description": description, "input_schema": schema}


@dataclass(frozen=True)
class Sent:
    """A case as it leaves the house: without the customer's name, and redacted. Nothing in it is an id of ours."""

    case: Case

    @cached_property
    def names(self) -> Names:
        return Names(self.case.customer)

    def turns(self) -> list[dict[str, Any]]:
        """Data, and what was proposed since. The last one is the user's, as the model wants it."""
        found: list[dict[str, Any]] = [{"role": "user", "content": self._question()}]
        for number, taken in enumerate(self.case.taken, start=1):
            name, given = _called(taken.proposal)
            use = {"type": "tool_use", "id": f"toolu_{number:04}", "name": name, "input": self.hidden(given)}
            found.append({"role": "assistant", "content": [use]})
            found.append({"role": "user", "content": [self._result(taken, str(use["id"]))]})
        return found

    def _question(self) -> str:
        case = self.case
        data = {
            "ticket": {
                "subject": self.said(case.subject),
                "type": case.type,
                "category": case.category,
                "language": case.language,
                "filled_in": {case.labels.get(key, key): self.said(value) for key, value in case.fields.items()},
            },
            "messages": [
                {
                    "from": "customer" if line.by_customer else "desk",
                    "text": self.said(line.text[:_LONGEST_LINE]),
                    "file": line.has_file,
                }
                for line in case.lines
            ],
            "recipes": [self._recipe(recipe) for recipe in case.recipes],
        }
        return f"Work on this ticket:\n{json.dumps(data, ensure_ascii=False)}"

    def _recipe(self, recipe: OfferedRecipe) -> dict[str, Any]:
        return {
            "name": recipe.label,
            "tool": recipe.action,
            "arguments": self.hidden(dict(recipe.arguments)),
            "missing": {field: self.case.labels.get(field, field) for field in recipe.lacks},
        }

    def _result(self, taken: Taken, use: str) -> dict[str, Any]:
        if taken.outcome not in _CAME_OF_IT:
            return {"type": "tool_result", "tool_use_id": use, "content": _NOTHING_YET}
        said = {"outcome": taken.outcome, "value": self.hidden(taken.value), "words": self.said(taken.words)}
        told = json.dumps({key: value for key, value in said.items() if value not in (None, "")}, ensure_ascii=False)
        if len(told) > _LONGEST_RESULT:
            told = f"{told[:_LONGEST_RESULT]}… (cut here: it is longer)"
        return {"type": "tool_result", "tool_use_id": use, "content": told, "is_error": taken.outcome != "done"}

    def said(self, text: str) -> str:
        return sendable(self.names.hidden(text))

    def hidden(self, value: Json) -> Json:
        """Every text in it. The names of members stay: they are not the customer's words."""
        match value:
            case str():
                return self.said(value)
            case dict():
                return {name: self.hidden(each) for name, each in value.items()}
            case list() | tuple():
                return [self.hidden(each) for each in value]
        return value

    def shown(self, value: Json) -> Json:
        """What came back, with what was taken out put back where it is clear what that was."""
        match value:
            case str():
                text = _storable(value)
                return self._whole.get(text) or self.names.shown(text, self._addresses)
            case dict():
                return {_storable(str(name)): self.shown(each) for name, each in value.items()}
            case list():
                return [self.shown(each) for each in value]
        return value

    @cached_property
    def _whole(self) -> dict[str, str]:
        """By what went out instead: values that the model copies as they are. None of two that look the same."""
        known = dict.fromkeys(_texts([dict(each.arguments) for each in self.case.recipes]))
        known |= dict.fromkeys(text for taken in self.case.taken for text in _texts(taken.value))
        sent = [(self.said(text), text) for text in known]
        signs = [sign for sign, _ in sent]
        return {sign: text for sign, text in sent if sign != text and signs.count(sign) == 1}

    @cached_property
    def _addresses(self) -> dict[str, str]:
        case = self.case
        lines = (line.text for line in case.lines)
        return self.names.addresses(
            [case.subject, *case.fields.values(), *lines, *_texts([t.value for t in case.taken])]
        )


def _storable(text: str) -> str:
    """Without what no database keeps: NUL, and halves of characters."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _texts(value: Json) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from _texts(list(value.values()))
        case list() | tuple():
            for each in value:
                yield from _texts(each)


def _called(proposal: Proposal) -> tuple[str, dict[str, Json]]:
    match proposal:
        case Call(action, arguments):
            return action, dict(arguments)
        case AskCustomer(field, because):
            return ASK_CUSTOMER, {"field": field, "because": because}
        case HandOver(because):
            return HAND_OVER, {"because": because}


def proposal(reply: Reply, case: Case) -> Proposal:
    """What the model proposes. Whether there is such an action, and what it takes, others look. Raises NotJson,
    WrongShape.
    """
    sent = Sent(case)
    because = cut(plain(sent.shown(reply.text)), _BECAUSE_LENGTH)
    if not reply.tools:
        return HandOver(because or "It proposed nothing.")
    called = reply.tools[0]  # no more than one is asked for
    given: dict[str, Json] = sent.shown(_arguments(called.json))
    if called.name == HAND_OVER:
        return HandOver(_because(given) or because or "It gives no reason.")
    if called.name == ASK_CUSTOMER:
        if not isinstance(given.get("field"), str):
            raise WrongShape("the AI would ask the customer, and does not say for what")
        return AskCustomer(given["field"], _because(given) or because)
    if MASK in "".join(_texts(given)):
        return HandOver("This takes something that the AI does not see: it looks like a card number or a secret.")
    return Call(_storable(called.name), given, because)


def _because(given: dict[str, Json]) -> str:
    said = given.get("because")
    return cut(plain(said), _BECAUSE_LENGTH) if isinstance(said, str) else ""


def _arguments(written: str) -> dict[str, Json]:
    try:
        given = json.loads(written or "{}", parse_constant=_no_number, parse_float=_number)
    except (ValueError, RecursionError) as error:
        raise NotJson("the AI's arguments are no JSON") from error
    if not isinstance(given, dict):
        raise WrongShape("the AI's arguments are no object")
    return given


def _number(written: str) -> float:
    found = float(written)
    return found if math.isfinite(found) else _no_number(written)


def _no_number(written: str) -> float:
    raise ValueError(f"{written[:40]} is no number")
