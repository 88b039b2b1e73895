"""What a value should be, in words for whoever wrote it: of an action's arguments, and of files of cases.

Without the value itself: it may be a customer's, and long.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

_NUMBER, _WHOLE, _GROUP = "a number", "a whole number", "a group of values, each with its name"
_DATE, _INSTANT = "a date, such as 2026-11-24", "an instant, such as 2026-11-24T09:30:00Z"
_PLAIN = {
    "int_from_float": _WHOLE,
    "finite_number": "a number that is not infinite",
    "decimal_max_places": "a number with no more than {decimal_places} digits after the point",
    "decimal_max_digits": "a number of no more than {max_digits} digits",
    "decimal_whole_digits": "a number with no more than {whole_digits} digits before the point",
    "greater_than": "more than {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than": "less than {lt}",
    "less_than_equal": "{le} or less",
    "multiple_of": "a multiple of {multiple_of}",
    "string_too_short": "at least {min_length} characters long",
    "string_too_long": "no longer than {max_length} characters",
    "string_pattern_mismatch": "of the form {pattern}",
    "too_short": "a list of at least {min_length}",
    "too_long": "a list of no more than {max_length}",
    "none_required": "left empty",
    "timezone_aware": "an instant with its time zone, such as 2026-11-24T09:30:00Z",
}
# By how the names of a kind of fault begin, where it is all the same what exactly is the matter.
_BEGINS = {
    "string_": "a text",
    "int_": _WHOLE,
    "float_": _NUMBER,
    "decimal_": _NUMBER,
    "bool_": "true or false",
    "datetime_": _INSTANT,
    "date_": _DATE,
    "timezone_": _INSTANT,
    "time_delta_": "a length of time, such as P2D",
    "time_": "a time of day, such as 09:30",
    "list_": "a list",
    "tuple_": "a list",
    "set_": "a list",
    "frozen_set_": "a list",
    "iterable_": "a list",
    "dict_": _GROUP,
    "mapping_": _GROUP,
    "model_": _GROUP,
    "dataclass_": _GROUP,
    "uuid_": "an id of 32 hexadecimal digits (UUID)",
    "url_": "an address, such as https://shop.example/orders",
}
_MOST = 10  # faults that are told


def in_words(found: Sequence[ErrorDetails], known: Mapping[str, Sequence[str]], *, of: str) -> list[str]:
    """A sentence for each. `known`: which names there are in a group, by its place; `of`: what
    takes no others, in words."""
    told = dict.fromkeys(_sentence(each, known, of) for each in found)  # a value of several kinds fails as each
    return list(told)[:_MOST]


def _sentence(each: ErrorDetails, known: Mapping[str, Sequence[str]], of: str) -> str:
    steps = [str(step) for step in each["loc"]]
    where, kind = ".".join(steps)[:80] or "It", each["type"]
    if kind == "missing":
        return f"{where} is missing."
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        group = ".".join(steps[:-1])
        names = ", ".join(known.get(group, ())) or "none"
        return f"{group[:80] or of} takes no {steps[-1][:60]}. It takes: {names}."
    return f"{where} {_wanted(kind, each.get('ctx', {}))}."


def _wanted(kind: str, context: Mapping[str, Any]) -> str:
    if kind in ("literal_error", "enum"):
        return f"has to be one of {str(context.get('expected', '')).replace(' or ', ', ').replace(chr(39), '')}"
    if kind in ("value_error", "assertion_error"):  # of a check of the desk's own, in its words
        return f"is refused: {str(context.get('error', '')).rstrip('.')[:200] or 'it does not fit'}"
    if (words := _PLAIN.get(kind)) is not None:
        return f"has to be {words.format_map(context)}"
    words = next((words for begin, words in _BEGINS.items() if kind.startswith(begin)), None)
    return f"has to be {words}" if words is not None else "is not of the kind that is taken there"
