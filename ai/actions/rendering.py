"""From a declared call and its arguments to what is sent, and from the answer to what is taken of it. Pure.

What somebody wrote is escaped for where it goes: it stays one segment of a path, one value of a query, one line.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote, unquote

from threadline import Context, NotFound, OutcomeUnknown, Refused, Shape, Sort
from ticketing.playbook.http_actions import CONTEXT, Body, HttpCall, Place, Template

_LONGEST_TEXT, _MOST_TEXTS = 4000, 200  # of an answer; what is longer is cut
_LEAVE_OUT = object()


@dataclass(frozen=True, slots=True)
class HttpRequest:
    url: str
    headers: Mapping[str, str]
    body: Any  # JSON; None: nothing is sent


def rendered(call: HttpCall, arguments: Mapping[str, Any], context: Context) -> HttpRequest:
    """Raises Refused (something is not known of the customer or ticket), NotFound (a name that names nothing),
    Unavailable (a setting is not set).
    """
    values = _Values(arguments, context)
    headers = {name: _line(name, values.text(each)) for name, each in call.headers}
    return HttpRequest(
        f"{_origin(call, values)}{_path(call, values)}{_query(call, values)}", headers, _body(call, values)
    )


def _origin(call: HttpCall, values: "_Values") -> str:
    return values.text(call.origin).rstrip("/")


def _path(call: HttpCall, values: "_Values") -> str:
    parts = [each if isinstance(each, str) else values.segment(each) for each in call.path.parts]
    path = "".join(parts)
    if any(unquote(each) in (".", "..") for each in path.split("/")):
        raise NotFound("There is nothing with a name of dots.")
    return path


def _query(call: HttpCall, values: "_Values") -> str:
    """What is not given is left out."""
    given = [(name, values.text(each)) for name, each in call.query if values.has(each)]
    pairs = "&".join(f"{quote(name, safe='')}={quote(text, safe='')}" for name, text in given)
    return f"?{pairs}" if pairs else ""


def _body(call: HttpCall, values: "_Values") -> Any:
    body = values.data(call.body)
    return None if body is _LEAVE_OUT else body


def _line(name: str, text: str) -> str:
    if not text.isprintable():
        raise Refused(f"What would stand in the header {name} has more than one line.")
    return text


class _Values:
    """What stands in each place."""

    def __init__(self, arguments: Mapping[str, Any], context: Context) -> None:
        self._arguments, self._context = arguments, context

    def of(self, place: Place) -> Any:
        if place.setting is not None:
            return self._context.setting(place.setting)
        if place.name not in CONTEXT:
            return self._arguments.get(place.name)
        if (found := self._known().get(place.name)) is None:
            raise Refused(f"This action needs {CONTEXT[place.name]}, and nobody knows it.")
        return found

    def _known(self) -> Mapping[str, str | int | None]:
        customer, ticket = self._context.customer, self._context.ticket
        return {
            "idempotency_key": self._context.idempotency_key,
            "customer.name": customer.name if customer else None,
            "customer.email": next(iter(customer.emails), None) if customer else None,
            "customer.phone": next(iter(customer.phones), None) if customer else None,
            "ticket.number": ticket.number if ticket else None,
            "ticket.subject": ticket.subject if ticket else None,
        }

    def has(self, template: Template) -> bool:
        return template.alone is None or self.of(template.alone) is not None

    def text(self, template: Template) -> str:
        return "".join(each if isinstance(each, str) else _text(self.of(each)) for each in template.parts)

    def segment(self, place: Place) -> str:
        text = _text(self.of(place)).strip()
        if not text:
            raise NotFound("There is nothing without a name.")
        return quote(text, safe="")

    def data(self, body: Body) -> Any:
        match body:
            case Template(parts=()):
                return ""
            case Template() if body.alone is not None:
                value = self.of(body.alone)
                return _LEAVE_OUT if value is None else _json(value)
            case Template():
                return self.text(body)
            case dict():
                given = {name: self.data(each) for name, each in body.items()}
                return {name: each for name, each in given.items() if each is not _LEAVE_OUT}
            case list():
                return [each for each in map(self.data, body) if each is not _LEAVE_OUT]
        return body


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.isoformat()
        case list():
            return ",".join(map(_text, value))
    return str(value)


def _json(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime():
            return value.isoformat()
    return value


def taken(call: HttpCall, result: Shape, body: bytes) -> dict[str, Any] | None:
    """What the playbook takes of an answer; what is not there, or is something else, is None.

    Raises OutcomeUnknown: the answer is no JSON, and it was done.
    """
    if not call.result:
        return None
    try:
        answer = json.loads(body, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise OutcomeUnknown("The other side's answer could not be read: it is no JSON.") from error
    return {name: _value(result.members[name], _at(answer, steps)) for name, steps in call.result.items()}


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _at(answer: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        match answer:
            case dict():
                answer = answer.get(step)
            case list() if step.isascii() and step.isdecimal() and int(step) < len(answer):
                answer = answer[int(step)]
            case _:
                return None
    return answer


def _value(shape: Shape, found: Any) -> Any:
    match shape.sort:
        case Sort.YES_NO:
            return found if isinstance(found, bool) else None
        case Sort.NUMBER:
            return _number(found)
        case Sort.INSTANT:
            return _instant(found)
        case Sort.LIST:
            texts = [_plain(each) for each in found[:_MOST_TEXTS]] if isinstance(found, list) else None
            return [each for each in texts if each is not None] if texts is not None else None
    return _plain(found)


def _plain(found: Any) -> str | None:
    """Numbers of orders are numbers to some."""
    known = isinstance(found, str | int | Decimal) and not isinstance(found, bool)
    return str(found)[:_LONGEST_TEXT] if known else None


def _number(found: Any) -> Decimal | None:
    if isinstance(found, bool) or not isinstance(found, str | int | Decimal):
        return None
    try:
        number = Decimal(found)
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


def _instant(found: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(found) if isinstance(found, str) else None
    except ValueError:
        return None
