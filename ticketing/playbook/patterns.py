"""Regular expressions of text fields: readable, and harmless whatever is typed into the field.

Patterns come from a person, values from anybody. An engine that goes back and tries anew could be kept busy for years
by one value, and with it the whole process; so ours is the one that never does (Rust's, which conditions use for
`matches`, too). What it takes grows with the text and with the pattern, so the pattern is kept small.
"""

import re
from functools import cache
from typing import Annotated

from pydantic import StringConstraints, TypeAdapter, ValidationError
from pydantic_core import SchemaError

LARGEST = 1000  # signs that a pattern describes, when what is repeated is counted as often as it may come
_STEP = re.compile(
    r"""(?P<open>\((?:\?:|\?P<\w+>)?)|(?P<close>\))
    |(?P<times>[*+?]|\{(?P<least>[0-9]+)(?:,(?P<most>[0-9]*))?\})[?]?
    |(?P<one>\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.)""",
    re.VERBOSE | re.DOTALL,
)


class _Flawed(Exception):
    pass


def flaw(pattern: str) -> str | None:
    """What is wrong with a pattern, in words; None: it may be used."""
    if re.search(r"(?<!\\)\(\?(?!:|P<)", pattern) or re.search(r"(?<!\\)\\[1-9]|\(\?P=", pattern):
        return "uses look-around, flags or back-references, which fields do not"
    try:
        if _size(pattern) > LARGEST:
            return f"describes more than {LARGEST:,} signs: say with most how long the text may be"
        _whole(pattern)
    except _Flawed as error:
        return f"is no regular expression: {error}"
    except SchemaError as error:
        return f"is no regular expression: {str(error).rsplit('error: ', maxsplit=1)[-1].strip()}"
    return None


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text is as a pattern without a flaw says."""
    try:
        _whole(pattern).validate_python(text)
    except ValidationError:
        return False
    return True


@cache
def _whole(pattern: str) -> TypeAdapter[str]:
    return TypeAdapter(Annotated[str, StringConstraints(pattern=rf"\A(?:{pattern})\z")])


def _size(pattern: str) -> int:
    """How many signs it describes at most, `*` and `+` counted once. Raises _Flawed: its brackets do not fit."""
    sizes, piece = [0], 0  # of the groups that are open; of what a repetition here would repeat
    for step in _STEP.finditer(pattern):
        if step["open"]:
            sizes.append(0)
            piece = 0
        elif step["close"]:
            if len(sizes) == 1:
                raise _Flawed("a bracket is closed that was never opened")
            piece = max(sizes.pop(), 1)
            sizes[-1] += piece
        elif step["times"]:
            more = piece * (max(int(step["most"] or 0), int(step["least"] or 0), 1) - 1)
            sizes[-1] += more
            piece += more
        else:
            piece = 1
            sizes[-1] += 1
    return sizes[0]
