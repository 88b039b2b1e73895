"""Subjects, summaries and reasons for people. Extractive: says nothing that the customer did not."""

import re
import unicodedata
from collections.abc import Sequence

from ai.offline.clauses import bare
from ai.offline.features import MOST_CHARACTERS
from ai.offline.intents import TALK, WORTHY
from ticketing.triage.check import SUBJECT_LENGTH

_EXCERPT = 60
_SUMMARY = 300
_SPACE = re.compile(r"\s+")
_ABOUT_ONE_ORDER = "order_status"


def plain(text: str) -> str:
    """One line without control characters or direction marks."""
    cleaned = "".join(
        " " if unicodedata.category(character)[0] == "C" else character for character in text[:MOST_CHARACTERS]
    )
    return _SPACE.sub(" ", cleaned).strip()


def cut(text: str, length: int) -> str:
    """At most `length` characters, ended between words where there are any."""
    if len(text) <= length:
        return text
    kept = text[: length - 1]
    shorter = kept.rsplit(" ", 1)[0]
    return (shorter if len(shorter) > length // 2 else kept).rstrip(" ,.;:-") + "…"


def subject_of(intent: str, orders: Sequence[str], words: str) -> str:
    """A title: what it is, and which order or in which words."""
    title = WORTHY[intent].subject
    if orders and intent == _ABOUT_ONE_ORDER:
        return cut(f"Where is order {orders[0]}?", SUBJECT_LENGTH)
    if orders:
        return cut(f"{title.rstrip('?')}: order {', '.join(orders[:3])}", SUBJECT_LENGTH)
    excerpt = cut(plain(bare(plain(words))), _EXCERPT).rstrip(".!,;: ")
    return cut(f"{title.rstrip('?')}: {excerpt}" if excerpt else title, SUBJECT_LENGTH)


def summary_of(sentences: Sequence[str]) -> str:
    """One or two sentences of the customer's own."""
    return cut(plain(" ".join(sentences[:2])), _SUMMARY)


def why_worthy(asks: Sequence[str], probability: float) -> str:
    """ "Reports a damaged item and asks for a refund (96% sure)." """
    said = " and ".join((", ".join(asks[:-1]), asks[-1])) if len(asks) > 1 else asks[0]
    return f"{said[0].upper()}{said[1:]} ({_percent(probability)} sure)."


def why_not(talk: str, probability: float) -> str:
    """ "Only a greeting; nothing to solve yet (99% sure)." """
    return f"Only {TALK[talk].is_only}; nothing to solve yet ({_percent(probability)} sure)."


def why_in_doubt(asks: str, probability: float) -> str:
    """ "Perhaps asks for a refund, but it may ask for nothing ({…}% sure)." """
    return f"Perhaps {asks}, but more likely there is nothing to solve ({_percent(probability)} sure)."


def _percent(probability: float) -> str:
    return f"{min(99, round(probability * 100))}%"
