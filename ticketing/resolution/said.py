"""What a text says that can be counted on: amounts, numbers, days, links. Pure; of Latin script, whatever the language.

Numbers are read as people of many countries write them: 1,234.56 and 1.234,56 are the same. A number that can be read
in two ways has both readings.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

# Whatever a phone would make a link of.
_LINK = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,20}://|\b(?:mailto|tel|sms|tg|whatsapp|javascript|data):)[^\s<>\"']{1,300}"
    r"|[\w.+-]{1,64}@[\w.-]{1,200}|(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}\b[^\s<>\"']{0,300}",
    re.IGNORECASE,
)
_DIGITS = r"\d(?:[.,'’\u00a0\u202f]?\d){0,30}"
_NUMBER = re.compile(rf"(?<!\d){_DIGITS}")
MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "january januar janvier janeiro enero gennaio januari jan",
            "february februar février fevereiro febrero febbraio februari feb",
            "march märz mars março marzo maart mar",
            "april avril abril aprile apr",
            "may mai maio mayo maggio mei",
            "june juni juin junho junio giugno jun",
            "july juli juillet julho julio luglio jul",
            "august août agosto augustus aug",
            "september septembre setembro septiembre settembre sep sept",
            "october oktober octobre outubro octubre ottobre oct okt",
            "november novembre novembro noviembre nov",
            "december dezember décembre dezembro diciembre dicembre dec dez",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})\b")
_DAY_FIRST = re.compile(
    rf"\b(\d{{1,2}})(?:\.|st|nd|rd|th|er|º)? (?:de |of )?({_MONTH})\b\.?,? (?:de )?(\d{{4}})\b", re.I
)
_MONTH_FIRST = re.compile(rf"\b({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b", re.I)

_CURRENCIES = {
    "€": "EUR",
    "euros": "EUR",
    "euro": "EUR",
    "£": "GBP",
    "pounds": "GBP",
    "pound": "GBP",
    "pfund": "GBP",
    "libras": "GBP",
    "$": "$",
    "dollars": "$",
    "dollar": "$",
    "dólares": "$",
    "dólar": "$",
    "usd": "$",
    "r$": "BRL",
    "reais": "BRL",
    "real": "BRL",
    "franken": "CHF",
    "francs": "CHF",
    "francos": "CHF",
    "¥": "¥",
    "yen": "¥",
    "jpy": "¥",
    "₹": "INR",
    "rupees": "INR",
    "zł": "PLN",
    "kronor": "SEK",
    "kroner": "DKK",
}
_CURRENCIES |= {code: code.upper() for code in ("eur", "gbp", "chf", "brl", "inr", "cad", "aud")}
_SIGNS = [name for name in _CURRENCIES if not name[-1].isalpha() or name == "zł"]
_NAMES = [name for name in _CURRENCIES if name not in _SIGNS and name != "real"]
_MONEY = "|".join([*map(re.escape, sorted(_SIGNS, key=len, reverse=True)), rf"\b(?:{'|'.join(_NAMES)})\b"])
_CURRENCY = re.compile(_MONEY, re.IGNORECASE)
_UNIT = rf"{_MONEY}|(?-i:\b[A-Z]{{3}}\b)"  # beside a number, any code
_AMOUNT = re.compile(
    rf"(?P<before>{_UNIT}) ?(?P<first>{_DIGITS})|(?P<last>{_DIGITS}) ?(?P<after>{_UNIT})", re.IGNORECASE
)

Readings = frozenset[str]  # what a number can mean, each in one writing


@dataclass(frozen=True, slots=True)
class Said:
    """`amounts`: a number and its currency. `loose_money`: money is named without a number beside it."""

    links: frozenset[str]
    days: frozenset[date]
    amounts: frozenset[tuple[Readings, str]]
    numbers: frozenset[Readings]
    loose_money: bool


def said(text: str) -> Said:
    """What stands in a text. Each character counts once: the year of a day is not one more number."""
    links, text = _taken(text, _LINK, lambda match: match[0].rstrip(".,;:!?)*_~").casefold())
    days: frozenset[date] = frozenset()
    for pattern, read in _DAYS.items():
        found, text = _taken(text, pattern, read)
        days |= found
    amounts, text = _taken(text, _AMOUNT, _amount)
    numbers = frozenset(readings(match[0]) for match in _NUMBER.finditer(text))
    return Said(links, days, amounts, numbers, _CURRENCY.search(text) is not None)


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _named_day(year: str, month: str, day: str) -> date | None:
    return _day(year, str(MONTHS[month.lower()]), day)


# 3/4/2026 is no day here: nobody knows which. Its numbers count.
_DAYS: Mapping[re.Pattern[str], Callable[[re.Match[str]], date | None]] = {
    _ISO: lambda match: _day(match[1], match[2], match[3]),
    _DOTTED: lambda match: _day(match[3], match[2], match[1]),
    _DAY_FIRST: lambda match: _named_day(match[3], match[2], match[1]),
    _MONTH_FIRST: lambda match: _named_day(match[3], match[1], match[2]),
}

T = TypeVar("T")


def _taken(text: str, pattern: re.Pattern[str], read: Callable[[re.Match[str]], T | None]) -> tuple[frozenset[T], str]:
    """What a pattern finds, and the text without it."""
    found: set[T] = set()

    def take(match: re.Match[str]) -> str:
        if (value := read(match)) is None:
            return match[0]
        found.add(value)
        return " \n "  # so that nothing on both sides becomes one

    rest = pattern.sub(take, text)
    return frozenset(found), rest


def _amount(match: re.Match[str]) -> tuple[Readings, str]:
    sign = match["before"] or match["after"]
    return readings(match["first"] or match["last"]), _CURRENCIES.get(sign.lower(), sign)


def readings(number: str) -> Readings:
    """Of digits with dots, commas, apostrophes or narrow spaces between them."""
    plain = re.sub("['’\u00a0\u202f]", "", number)
    if plain.isdecimal():
        return frozenset((plain,))
    found = [_reading(plain, point=".", group=","), _reading(plain, point=",", group=".")]
    return frozenset(each for each in found if each is not None) or frozenset((plain,))


def _reading(number: str, *, point: str, group: str) -> str | None:
    whole, _, rest = number.partition(point)
    first, *groups = whole.split(group)
    if not rest.isdecimal() and point in number:
        return None
    if groups and (len(first) > 3 or any(len(each) != 3 for each in groups)):
        return None
    digits = first + "".join(groups)
    return f"{digits}.{rest}".rstrip("0").rstrip(".") if rest else digits
