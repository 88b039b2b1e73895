"""What crosses the wire for a draft, purely: a brief becomes a question, the model's JSON a text. Trusts nothing.

The customer's and the colleague's names are a sign wherever they stand, whole or in parts of three letters or more, and
are put back. What else names somebody goes in as it was written: nicknames, other spellings, other people's names.
"""

import json
import re
from typing import Any

from ai.claude.wire import Answered, parsed, sendable
from ticketing.drafting.draft import Brief

CUSTOMER = "{{customer}}"
_AGENT = "{{agent}}"
_SIGNS = re.compile(rf"({re.escape(CUSTOMER)}|{re.escape(_AGENT)})(?:[^\S\n]+\1)+")  # last name first, say
_PART = re.compile(r"[^\W\d_]{3,}")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}")
# Of names, but of any sentence, too: by themselves they name nobody.
_PARTICLES = "von van vom zur der den del des dos das the and und bin ibn abu mrs"
_SMALL = frozenset(_PARTICLES.split())
_NEVER = r"(?!)"
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
    for masked, address in _addresses(brief).items():
        reply = reply.replace(masked, address)
    reply = reply.replace(_AGENT, brief.agent)
    if not brief.customer:
        return _GAP.sub("", reply)
    return reply.replace(CUSTOMER, brief.customer)


def _nameless(text: str, brief: Brief) -> str:
    """In one go: a name may be a word of a sign."""
    signs = {CUSTOMER: _pattern(brief.customer), _AGENT: _pattern(brief.agent)}
    either = "|".join(f"({pattern})" for pattern in signs.values())
    signed = re.sub(either, lambda found: [*signs][(found.lastindex or 1) - 1], text, flags=re.IGNORECASE)
    return _SIGNS.sub(r"\1", signed)


def _pattern(name: str) -> str:
    """Of a name and its parts, the longest first. A single letter stands in every word."""
    parts = {each for each in _PART.findall(name) if each.casefold() not in _SMALL}
    whole = {name.strip()} if len(name.strip()) > 1 else set()
    return "|".join(map(_by_itself, sorted(whole | parts, key=len, reverse=True))) or _NEVER


def _by_itself(name: str) -> str:
    """Of a name that is no part of a longer word. Scripts without capitals may join it to its neighbours."""
    before, after = (
        edge if end.lower() != end.upper() else ""
        for edge, end in ((r"(?<![^\W\d_])", name[0]), (r"(?![^\W\d_])", name[-1]))
    )
    return f"{before}{re.escape(name)}{after}"


def _addresses(brief: Brief) -> dict[str, str]:
    """Those with a name in them, by what went in instead. Where two look the same then, nobody knows which is meant."""
    said = (*(line.text for line in brief.lines), *(reply.text for reply in brief.replies))
    texts = (brief.subject, *brief.fields.values(), *said)
    found = {address for text in texts for address in _ADDRESS.findall(text)}
    masked = [_nameless(each, brief) for each in found]
    return {sign: each for sign, each in zip(masked, found, strict=True) if sign != each and masked.count(sign) == 1}
