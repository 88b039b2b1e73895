"""Customers from a CSV file, line by line: what each says, or what is wrong with it and what to do. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ticketing.customers.attributes import OWN, AttributeRefused, checked, typed
from ticketing.customers.customer import Custom, phone_number

_PLAIN = ("name", "tier", "language", "time_zone")
_TELEGRAM = re.compile(r"-?[0-9]{1,19}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{1,60}")
_IN_A_NUMBER = str.maketrans("", "", " -()/.\u00a0")


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong in one line of the file, and what to do. The line is left out; the others are not."""

    line: int  # in the file, the headings being line 1
    column: str  # its heading; "" for the whole line
    message: str


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One customer of the file."""

    line: int
    addresses: tuple[tuple[str, str], ...]  # (channel, address)
    attributes: Mapping[str, Custom]


def columns(headings: Sequence[str]) -> list[str] | list[LineError]:
    """The columns by their names, or what is wrong with the headings."""
    names = [each.strip().lower() for each in headings]
    errors = [
        LineError(1, name, "This column comes twice: remove one.")
        for at, name in enumerate(names)
        if name in names[:at] and name
    ]
    for name in names:
        try:
            if name not in _ADDRESSES:
                checked(name, None) if name != "name" else None
        except AttributeRefused:
            known = ", ".join((*_ADDRESSES, *_PLAIN, f"{OWN}<name>"))
            errors.append(LineError(1, name, f"There is no such column. There are: {known}."))
    if not set(names) & set(_ADDRESSES):
        errors.append(LineError(1, "", f"No column says who it is about: one of {', '.join(_ADDRESSES)} is needed."))
    return errors or names


def read_lines(names: Sequence[str], rows: Iterator[tuple[int, Sequence[str]]]) -> Iterator[ImportLine | LineError]:
    """Each line in order; empty cells say nothing. `rows`: their number in the file, and their cells."""
    met: dict[tuple[str, str], int] = {}
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            line = _line(number, names, cells)
            _meet(line, met)
        except _Wrong as wrong:
            yield LineError(number, wrong.column, wrong.message)
        else:
            yield line


def _meet(line: ImportLine, met: dict[tuple[str, str], int]) -> None:
    for channel, address in line.addresses:
        if (first := met.setdefault((channel, address), line.line)) != line.line:
            raise _Wrong(channel, f"{address} stands in line {first} already: remove one of the two.")


class _Wrong(Exception):
    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column, self.message = column, message


def _line(number: int, names: Sequence[str], cells: Sequence[str]) -> ImportLine:
    if len(cells) > len(names):
        raise _Wrong("", f"It has {len(cells)} cells for {len(names)} columns: put cells with commas in quotes.")
    addresses: list[tuple[str, str]] = []
    attributes: dict[str, Custom] = {}
    for name, cell in zip(names, cells, strict=False):
        if not (said := cell.strip()):
            continue
        if name in _ADDRESSES:
            address = _address(name, said)
            if address not in addresses:
                addresses.append(address)
            continue
        try:
            value = checked(name, typed(said) if name.startswith(OWN) else said)
        except AttributeRefused as refused:
            raise _Wrong(name, refused.message) from refused
        if value is not None:
            attributes[name] = value
    if not addresses:
        raise _Wrong("", f"It names nobody: fill in one of {', '.join(_ADDRESSES)}.")
    return ImportLine(number, tuple(addresses), attributes)


def _address(name: str, said: str) -> tuple[str, str]:
    if name == "telegram":
        if not _TELEGRAM.fullmatch(said):
            raise _Wrong(name, f"{said[:40]!r} is no Telegram id: it is a number, like 123456789.")
        return "telegram", said
    if name == "email":
        if not _EMAIL.fullmatch(said) or not said.isprintable():
            raise _Wrong(name, f"{said[:60]!r} is no e-mail address.")
        return "email", said.lower()
    plain = said.translate(_IN_A_NUMBER)
    number = phone_number("+" + plain[2:] if plain.startswith("00") else plain)
    if number is None:
        raise _Wrong(name, f"{said[:40]!r} is no number with its country: write it like +4915112345678.")
    return "whatsapp", number


_ADDRESSES = ("phone", "whatsapp", "telegram", "email")
