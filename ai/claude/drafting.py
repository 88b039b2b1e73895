"""What crosses the wire for a draft, purely: a brief becomes a question, the model's JSON a text. Trusts nothing.

The customer's and the colleague's names do not go out (`names.py`).
"""

import json
from collections.abc import Iterator
from typing import Any

from ai.claude.names import Names
from ai.claude.wire import Answered, parsed, sendable
from ticketing.drafting.draft import Brief


class DraftAnswer(Answered):
    reply: str | None


def schema() -> dict[str, Any]:
    """The JSON Schema of the answer."""
    return DraftAnswer.model_json_schema()


def question(brief: Brief) -> str:
    """The user's turn: data only."""
    names = Names(brief.customer, brief.agent)

    def said(text: str) -> str:
        return sendable(names.hidden(text))

    data = {
        "ticket": {
            "subject": said(brief.subject),
            "type": brief.type,
            "category": brief.category,
            "status": brief.status,
            "filled_in": {label: said(value) for label, value in brief.fields.items()},
        },
        "customer_has_a_name": bool(brief.customer),
        "messages": [
            {"from": "customer" if line.by_customer else "desk", "text": said(line.text), "file": line.has_file}
            for line in brief.lines
        ],
        "saved_replies": [{"name": each.label, "text": said(each.text)} for each in brief.replies],
    }
    return f"Draft the next reply:\n{json.dumps(data, ensure_ascii=False)}"


def draft(text: str, brief: Brief) -> str | None:
    """What the answer suggests, with the customer's name in it. Raises NotJson, WrongShape."""
    reply = parsed(text, DraftAnswer).reply
    if reply is None or not reply.strip():
        return None
    names = Names(brief.customer, brief.agent)
    return names.shown(reply, names.addresses(_texts(brief)))


def _texts(brief: Brief) -> Iterator[str]:
    yield brief.subject
    yield from brief.fields.values()
    yield from (line.text for line in brief.lines)
    yield from (reply.text for reply in brief.replies)
