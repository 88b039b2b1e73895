"""What crosses the wire for a draft, purely: a brief becomes a question, the model's JSON a text. Trusts nothing.

No name goes in: the customer's and the colleague's are a sign wherever they stand, and the customer's is put back.
"""

import json
import re
from typing import Any

from ai.claude.wire import Answered, parsed, sendable
from ticketing.drafting.draft import Brief

CUSTOMER = "{{customer}}"
_AGENT = "{{agent}}"
_GAP = re.compile(r"[^\S\n]*" + re.escape(CUSTOMER))


class DraftAnswer(Answered):
    reply: str | None


def schema() -> dict[str, Any]:
    """The JSON Schema of the answer."""
    return DraftAnswer.model_json_schema()


def question(brief: Brief) -> str:
    """The user's turn: data only."""

    def said(text: str) -> str:
        return sendable(_nameless(text, brief))

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
    if not brief.customer:
        return _GAP.sub("", reply)
    return reply.replace(CUSTOMER, brief.customer)


def _nameless(text: str, brief: Brief) -> str:
    for name, sign in ((brief.customer, CUSTOMER), (brief.agent, _AGENT)):
        if len(name) > 1:  # a single letter stands in every word
            text = re.sub(
                rf"\b{re.escape(name)}\b" if name[0].isalnum() and name[-1].isalnum() else re.escape(name), sign, text
            )
    return text
