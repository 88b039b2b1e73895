"""Numbers and money as people write them, to exact decimals. Where two readings are possible it asks instead."""

import re
import unicodedata
from decimal import Decimal

from ticketing.fields.refusals import ValueRefused

MOST_WHOLE, MOST_PLACES = 15, 6  # digits before and after the decimal point: exact in every program that reads them
_LONGEST = 60  # characters of anything that can be a number
_SPACES = " \u00a0\u2009\u202f'’"  # what groups digits beside dots and commas
_SIGNS = {"\u2212": "-", "\u2013": "-", "\uff0b": "+", "\uff0d": "-"}
_PLACES = dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"), 0)
_PLACES |= dict.fromkeys(("XAF", "XOF", "XPF"), 0)
_PLACES |= dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
# What a sign can stand for. Others than these are written by their codes.
_SIGN_OF = {
    "$": {"USD", "CAD", "AUD", "NZD", "MXN", "SGD", "HKD", "CLP", "COP", "ARS", "BRL"},
    "US$": {"USD"},
    "R$": {"BRL"},
    "€": {"EUR"},
    "£": {"GBP"},
    "¥": {"JPY", "CNY"},
    "₹": {"INR"},
    "₩": {"KRW"},
    "₺": {"TRY"},
    "₽": {"RUB"},
    "zł": {"PLN"},
    "Kč": {"CZK"},
    "kr": {"SEK", "NOK", "DKK", "ISK"},
    "Fr.": {"CHF"},
}
_MONEY = re.compile(r"(?P<sign>[+-]?)(?P<before>[^\d.,+-]*)(?P<number>[+-]?[\d.,](?:.*[\d.,])?)(?P<after>[^\d,]*)")


def places(currency: str) -> int:
    """Digits after the decimal point."""
    return _PLACES.get(currency, 2)


def number(typed: str) -> Decimal:
    """Raises ValueRefused."""
    value = _decimal(_tidy(typed), typed, places=None)
    if -_exponent(value) > MOST_PLACES:
        raise ValueRefused(f"{_said(typed)} has more than {MOST_PLACES} digits after the decimal point.")
    return value


def money(typed: str, currency: str) -> Decimal:
    """An amount in this currency, whose code or sign may stand beside it. Raises ValueRefused."""
    found = _MONEY.fullmatch(_tidy(typed))
    if found is None:
        raise ValueRefused(f"{_said(typed)} is no amount. Write one like {_example(currency)}.")
    for beside in (found["before"].strip(), found["after"].strip()):
        if beside and not _names(beside, currency):
            raise ValueRefused(f"{_said(typed)} is not in {currency}. Write it in {currency}, or the digits only.")
    digits = places(currency)
    value = _decimal(found["sign"] + found["number"], typed, places=digits)
    if -_exponent(value) > digits:
        few = f"at most {digits} digits after the decimal point" if digits else "no digits after a decimal point"
        raise ValueRefused(f"{_said(typed)} cannot be: {currency} has {few}.")
    return value


def plain(value: Decimal, *, least_places: int = 0) -> str:
    """The canonical form: no exponent, no sign of zero, no zeros that say nothing but those of a currency."""
    digits = max(least_places, -_exponent(value))
    return f"{value + 0:.{digits}f}" if value else f"{Decimal(0):.{digits}f}"


def _exponent(value: Decimal) -> int:
    """Of its last digit that is not 0; 0 for whole numbers."""
    exponent = value.normalize().as_tuple().exponent
    return min(exponent, 0) if isinstance(exponent, int) else 0


def _names(beside: str, currency: str) -> bool:
    return beside.upper() == currency or currency in _SIGN_OF.get(beside, ())


def _tidy(typed: str) -> str:
    """With Latin digits, and minus as we know it. Raises ValueRefused: it is longer than any number."""
    if len(typed) > _LONGEST:
        raise ValueRefused(f"{_said(typed)} is too long for a number.")
    return "".join(_latin(sign) for sign in typed.strip())


def _latin(sign: str) -> str:
    digit = unicodedata.decimal(sign, None)
    return str(digit) if digit is not None else _SIGNS.get(sign, sign)


def _decimal(text: str, typed: str, *, places: int | None) -> Decimal:
    """`places`: how many digits can follow the decimal point; None: any number of them."""
    sign = "-" if text[:1] == "-" else ""
    body = text.removeprefix(sign or "+").strip()
    if not re.fullmatch(rf"[0-9.,{_SPACES}]*[0-9][0-9.,{_SPACES}]*", body):
        raise ValueRefused(f"{_said(typed)} is no number. Write digits, like 1234.50.")
    whole, fraction = _parts(body, typed, places)
    if len(whole.lstrip("0")) > MOST_WHOLE:
        raise ValueRefused(f"{_said(typed)} is too large: {MOST_WHOLE} digits are the most.")
    return Decimal(f"{sign}{whole or '0'}.{fraction or '0'}")


def _parts(body: str, typed: str, places: int | None) -> tuple[str, str]:
    """The digits before and after the decimal point, whichever sign it is."""
    marks = [sign for sign in body if sign in ".,"]
    if not marks:
        return _grouped(body, typed), ""
    last = marks[-1]
    if len(set(marks)) == 2:  # 1.234,56 or 1,234.56: the last is the decimal point
        if marks.count(last) > 1:
            raise ValueRefused(f"{_said(typed)} is no number: it has several decimal points.")
        before, _, after = body.rpartition(last)
        return _grouped(before, typed), _digits(after, typed)
    if len(marks) > 1:  # 1.234.567
        return _grouped(body, typed), ""
    before, _, after = body.partition(last)
    if len(after) == 3 and re.fullmatch("[1-9][0-9]{0,2}", before):
        if places == 0:
            return before + after, ""
        clear = f"{before}.{after}0" if places is None or places >= 3 else f"{before}.{after[:places]}"
        raise ValueRefused(f"{_said(typed)} can be read in two ways. Write {before}{after} or {clear}.")
    return _grouped(before, typed), _digits(after, typed)


def _digits(text: str, typed: str) -> str:
    if text and not text.isdigit():
        raise ValueRefused(f"{_said(typed)} is no number: nothing groups digits after the decimal point.")
    return text


def _grouped(text: str, typed: str) -> str:
    """Digits, in groups of three or as in India, or in none. One sign groups all of them."""
    by = {sign for sign in text if not sign.isdigit()}
    if not by:
        return text
    groups = re.split(rf"[.,{_SPACES}]", text)
    inner = {len(group) for group in groups[1:-1]}
    right = len(by) == 1 and len(groups[-1]) == 3 and 1 <= len(groups[0]) <= 3 and (inner <= {3} or inner <= {2})
    if not right:
        raise ValueRefused(f"{_said(typed)} is no number: its digits are not in groups of three. Write 1234567.")
    return "".join(groups)


def _said(typed: str) -> str:
    return repr(typed[:40]) if len(typed) <= 40 else f"{typed[:40]!r}…"


def _example(currency: str) -> str:
    return "1234" if places(currency) == 0 else f"1234.{'50'.ljust(places(currency), '0')}"
