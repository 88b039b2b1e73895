"""What is answered when nobody scripted anything: a plain rule that makes a plausible triage of support messages.

Asked to say something in other words it repeats it in English, and has no words in other languages. What it does with
tools stands in `working.py`.

It reads the question as a model would: the JSON of the last turn, and the schema of the answer. Where it does not
recognise them it gives the smallest answer that fits. It understands no language; words it knows are English.
"""

import json
import re
from typing import Any

from emulators.anthropic.questions import Question
from emulators.anthropic.schemas import part_of, smallest
from emulators.anthropic.working import next_step

Json = dict[str, Any]

_ORDER = re.compile(r"\b(?:order|pedido|bestellung)\s{0,2}(?:number\s)?#?\s?(\d{2,14})\b|(?<!\w)#(\d{3,14})\b", re.I)
_WISHES = re.compile(
    r"\b(?:refund|return|broken|damaged|order|package|parcel|deliver\w*|invoice|charged?|password|login|log in|help|"
    r"not work\w*|doesn't work|crash\w*|cancel|exchange|missing|late|where|when|how|why|want|need|can you|problem|"
    r"book|reset|update|news|internet|wrong)\b",
    re.I,
)
_NEWS = re.compile(r"\b(?:any news|any update|still (?:not|no|waiting)|what about my)\b", re.I)
_CLOSING = re.compile(r"^\W*(?:thanks?|thank you|thx|ok(?:ay)?|great|perfect|bye|goodbye|no that's all)\b", re.I)
_UPSET = re.compile(r"!{2,}|\b(?:furious|worst|liars?|unacceptable|lawyer|scam)\b", re.I)
_FRUSTRATED = re.compile(r"\b(?:again|still|disappoint\w*|never|annoy\w*|broken|damaged|late|wrong)\b", re.I)
_SATISFIED = re.compile(r"\b(?:thanks?|thank you|great|perfect|wonderful|love)\b", re.I)

# Words, then type, category, intent and priority, each used if the schema offers it.
_MATTERS = (
    (r"broken|damaged|smashed|cracked", ("return", "damaged", "damaged_item", "high")),
    (r"refund|money back", ("return", "billing", "refund_request", "normal")),
    (r"return|exchange", ("return", "product", "return_request", "normal")),
    (r"invoice|charge|bill|pay", ("complaint", "billing", "billing_charge", "normal")),
    (r"password|log ?in|account", ("complaint", "account", "login_problem", "normal")),
    (r"late|missing|never came|lost", ("complaint", "shipping", "late_delivery", "high")),
    (r"order|package|parcel|deliver|where", ("general_query", "shipping", "order_status", "normal")),
    (r"internet|crash|not work|doesn't work|error", ("complaint", "technical", "outage", "high")),
    (r"", ("general_query", "other", "unclear", "normal")),
)


def plausible(question: Question) -> Any:
    """A JSON value that fits the question's schema, the use of a tool, or a text if it has neither."""
    if question.tools:
        return next_step(question)
    if question.schema is None:
        return "Understood."
    asked = _json(question.asked)
    if isinstance(asked.get("say"), str):
        return smallest(question.schema) | {"text": asked["say"] if asked.get("language") == "en" else ""}
    known = question.schema.get("properties", {})
    if not {"ticket_worthy", "issues"} <= set(known) or not isinstance(asked.get("messages"), list):
        return smallest(question.schema)
    return _triage(asked, question.schema)


def _json(text: str) -> Json:
    start = text.find("{")
    try:
        found = json.loads(text[start:]) if start >= 0 else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _triage(asked: Json, schema: Json) -> Json:
    messages = [each for each in asked["messages"] if isinstance(each.get("text"), str)]
    text = "\n".join(each["text"] for each in messages)
    closing = _CLOSING.match(text) is not None and len(text) < 60
    worthy = not closing and _WISHES.search(text) is not None
    answer: Json = smallest(schema)
    answer |= {
        "ticket_worthy": worthy,
        "confidence": 0.93 if worthy or closing or len(text) < 20 else 0.8,
        "why": "Asks for something to be solved." if worthy else "Asks for nothing that needs a ticket.",
        "awaits_answer": not closing,
        "sentiment": _mood(text),
        "sentiment_confidence": 0.8,
        "language": "en",
        "issues": [_issue(messages, text, asked.get("tickets", []), schema)] if worthy else [],
    }
    return answer


def _mood(text: str) -> str:
    for mood, pattern in (("upset", _UPSET), ("frustrated", _FRUSTRATED), ("satisfied", _SATISFIED)):
        if pattern.search(text):
            return mood
    return "neutral"


def _issue(messages: list[Json], text: str, tickets: list[Json], schema: Json) -> Json:
    offered = part_of(schema, "issues", schema)
    matter = next(found for words, found in _MATTERS if re.search(words, text, re.I))
    orders = [(each, match) for each in messages for match in _ORDER.finditer(each["text"])]
    numbers = [match[1] or match[2] for _, match in orders]
    first = next((line for line in text.splitlines() if _WISHES.search(line)), text)
    issue: Json = smallest(offered, schema)
    for name, value in zip(("type", "category", "intent", "priority"), matter, strict=True):
        allowed = part_of(offered, name, schema).get("enum")
        issue[name] = value if allowed is None or value in allowed else allowed[0]
    return issue | {
        "subject": " ".join(first.split())[:80],
        "summary": " ".join(text.split())[:300],
        "confidence": 0.85,
        "messages": [each["number"] for each in messages],
        "entities": [
            {"kind": "order", "value": number, "words": match[0], "message": each["number"]}
            for (each, match), number in zip(orders, numbers, strict=True)
        ],
        "continues": _continued(tickets, numbers, text),
    }


def _continued(tickets: list[Json], orders: list[str], text: str) -> int | None:
    for ticket in tickets:
        if set(orders) & set(ticket.get("references", [])):
            return int(ticket["number"])
    return int(tickets[0]["number"]) if tickets and not orders and _NEWS.search(text) else None
