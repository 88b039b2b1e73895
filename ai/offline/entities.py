"""Order numbers, amounts, dates, e-mail addresses, telephone and tracking numbers, with the words they stand in.

Patterns only, every repetition bounded, so that a hostile text costs no more than a long one. What is
ambiguous (a date like 03/04/2026) is left alone.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from ai.offline.features import MOST_CHARACTERS
from ticketing.triage.suggestion import BurstMessage, Entity

_MOST_ENTITIES = 20  # of one message

_EMAIL = re.compile(r"[\w.%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,24}\b", re.IGNORECASE)
_TRACKING = re.compile(
    r"\b(?:1Z[0-9A-Z]{16}|[A-Z]{2}\d{9}[A-Z]{2})\b"
    r"|\btracking(?:\s{1,3}(?:number|no|id|code))?\.?(?:\s{1,3}is)?\s{0,3}[:#]?\s{0,3}(?P<code>[A-Z0-9]{8,30})\b",
    re.IGNORECASE,
)
_SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "¥": "JPY"}
_CURRENCIES = {
    "usd": "USD",
    "dollar": "USD",
    "dollars": "USD",
    "bucks": "USD",
    "eur": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "gbp": "GBP",
    "pounds": "GBP",
    "inr": "INR",
    "rupees": "INR",
    "chf": "CHF",
    "brl": "BRL",
    "reais": "BRL",
    **{symbol: code for symbol, code in _SYMBOLS.items() if symbol != "¥"},
}
_AMOUNT = re.compile(
    r"(?P<symbol>[$€£₹¥])\s?(?P<after>\d[\d.,]{0,14})"
    rf"|(?<![\w.,])(?P<before>\d[\d.,]{{0,14}})\s?(?P<name>{'|'.join(re.escape(name) for name in _CURRENCIES)})(?!\w)",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<{}>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{{0,6}}\.?"
_DATE = re.compile(
    r"\b(?P<iso>\d{4}-\d{2}-\d{2})\b"
    r"|\b(?P<dots>\d{1,2}\.\d{1,2}\.\d{4})\b"
    rf"|\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s{{1,2}}(?:of\s)?{_MONTH.format('month')}(?:,?\s(?P<year>20\d\d))?\b"
    rf"|\b{_MONTH.format('month_first')}\s(?P<day_after>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s(?P<year_after>20\d\d))?\b"
    r"|\b(?P<near>today|yesterday|tomorrow)\b",
    re.IGNORECASE,
)
_NEAR = {"today": 0, "yesterday": -1, "tomorrow": 1}
_ORDER = re.compile(
    r"\b(?P<noun>orders?|purchase|bestellung|pedido|commande|encomenda|ordine|bestelling)"
    r"(?P<named>\s{0,2}(?:number|numero|número|numéro|nummer|num|no\.?|nr\.?|id))?(?:\s{1,2}(?:is|was|ist|es|est))?"
    r"\s{0,2}[:#]{0,2}\s{0,2}(?P<code>[A-Z]{0,4}-?\d{1,14})\b"
    r"|(?<![\w#&/])#(?P<hash>[A-Z]{0,4}-?\d{3,14})\b"
    r"|\b(?P<coded>ORD-?\d{2,14}|[A-Z]{2,4}-\d{3,14})\b",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w+.,-])(?:\+|00)\d(?:[ ().-]{0,2}\d){7,13}(?!\w)|(?<![\w+.,-])0\d(?:[ .-]?\d){8,10}(?!\w)")
# "order 2 pizzas" asks for two pizzas; "order 2 is late" names an order.
_GOES_ON_ABOUT_AN_ORDER = re.compile(
    r"\s{1,3}(?:is|was|has|had|have|hasnt|hasn't|isnt|isn't|and|or|to|from|on|in|for|of|with|please|pls|yet|now|today|"
    r"tomorrow|again|still|but|because|arrived|came|shipped|status|never|not|be|will|should|did|does|at|my|i|the|it|"
    r"going|delivered|sent|placed|made|coming|late|missing|broken|damaged|incomplete)\b"
)
_ORDERING = re.compile(r"\b(?:to|can i|may i|could i|please|wanna|i|we|lets|let's)\s{1,3}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    value: str


def entities_of(message: BurstMessage) -> tuple[Entity, ...]:
    """What a message names, in the order it is named. Never raises; no two overlap."""
    text = message.text[:MOST_CHARACTERS]
    taken: list[tuple[_Found, str]] = []
    for kind, find in _FINDERS:
        for found in find(text, message.received_at):
            if all(found.end <= other.start or found.start >= other.end for other, _ in taken):
                taken.append((found, kind))
            if len(taken) >= _MOST_ENTITIES:
                break
    taken.sort(key=lambda each: each[0].start)
    return tuple(_entity(kind, found, text, message.id) for found, kind in taken[:_MOST_ENTITIES])


def order_numbers(text: str) -> frozenset[str]:
    """The order numbers a text names, normalised."""
    return frozenset(found.value for found in _orders(text[:MOST_CHARACTERS], None))


def _entity(kind: str, found: _Found, text: str, message_id: UUID) -> Entity:
    return Entity(kind, found.value, text[found.start : found.end], message_id)


def _emails(text: str, _: datetime | None) -> Iterator[_Found]:
    if "@" in text:  # the pattern is dear where it cannot match
        for match in _EMAIL.finditer(text):
            yield _Found(match.start(), match.end(), match[0].lower())


def _tracking(text: str, _: datetime | None) -> Iterator[_Found]:
    for match in _TRACKING.finditer(text):
        code = match["code"] or match[0]
        if any(character.isdigit() for character in code):
            yield _Found(match.start(), match.end(), code.upper())


def _amounts(text: str, _: datetime | None) -> Iterator[_Found]:
    for match in _AMOUNT.finditer(text):
        number = _decimal(match["after"] or match["before"])
        currency = _SYMBOLS.get(match["symbol"] or "") or _CURRENCIES[(match["name"] or "").lower()]
        cut = len(match[0]) - len(match[0].rstrip(".,"))  # "$89." ends a sentence
        if number is not None:
            yield _Found(match.start(), match.end() - cut, f"{number} {currency}")


def _decimal(written: str) -> str | None:
    """ "1,299.5" and "1.299,50" and "1299" as "1299.50"; None if it is no number."""
    plain = written.rstrip(".,")
    whole, separator, cents = plain, "", ""
    place = max(plain.rfind("."), plain.rfind(","))
    if place >= 0 and len(plain) - place - 1 <= 2:
        whole, separator, cents = plain[:place], plain[place], plain[place + 1 :]
    whole = whole.replace(",", "").replace(".", "")
    if not (whole.isascii() and whole.isdigit()) or (separator and not cents.isdigit()):
        return None
    return f"{int(whole)}.{cents:0<2}"


def _dates(text: str, received_at: datetime | None) -> Iterator[_Found]:
    if received_at is None:
        return
    for match in _DATE.finditer(text):
        day = _day(match, received_at.date())
        if day is not None:
            yield _Found(match.start(), match.end(), day.isoformat())


def _day(match: re.Match[str], today: date) -> date | None:
    try:
        if match["iso"]:
            return date.fromisoformat(match["iso"])
        if match["near"]:
            return today + timedelta(days=_NEAR[match["near"].lower()])
        if match["dots"]:
            day, month, year = (int(part) for part in match["dots"].split("."))
            return date(year, month, day)
        day = int(match["day"] or match["day_after"])
        month = _MONTHS.index((match["month"] or match["month_first"]).lower()) + 1
        written = match["year"] or match["year_after"]
        return date(int(written), month, day) if written else _nearest(today, month, day)
    except (ValueError, OverflowError):
        return None


def _nearest(today: date, month: int, day: int) -> date:
    """The day of that name closest to today: in January, "20 december" is last year's. Raises ValueError."""
    years = (today.year - 1, today.year, today.year + 1)
    return min((date(year, month, day) for year in years), key=lambda candidate: abs(candidate - today))


def _orders(text: str, _: datetime | None) -> Iterator[_Found]:
    for match in _ORDER.finditer(text):
        code = match["code"] or match["hash"] or match["coded"]
        if match["code"] and _is_a_quantity(text, match):
            continue
        yield _Found(match.start(), match.end(), code.upper())


def _is_a_quantity(text: str, match: re.Match[str]) -> bool:
    if match["named"] or "#" in match[0] or not match["code"].isdigit() or len(match["code"]) > 3:
        return False
    if _ORDERING.search(text[max(0, match.start() - 12) : match.start()]):
        return True
    rest = text[match.end() : match.end() + 16]
    return bool(re.match(r"\s{1,3}[^\W\d_]", rest)) and not _GOES_ON_ABOUT_AN_ORDER.match(rest.lower())


def _phones(text: str, _: datetime | None) -> Iterator[_Found]:
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if match[0].startswith("00"):
            digits = digits[2:]
        international = match[0].startswith(("+", "00"))
        yield _Found(match.start(), match.end(), f"+{digits}" if international else digits)


_Finder = Callable[[str, datetime | None], Iterator[_Found]]
# What is surest comes first: an amount is not an order number, a tracking number is not a telephone.
_FINDERS: tuple[tuple[str, _Finder], ...] = (
    ("e-mail", _emails),
    ("tracking", _tracking),
    ("amount", _amounts),
    ("date", _dates),
    ("order", _orders),
    ("phone", _phones),
)
