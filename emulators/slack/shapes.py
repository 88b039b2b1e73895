"""A small vocabulary for JSON shapes, compiled once into functions.

A check takes a value and returns None when it is right, or what is wrong and where. It never raises and never
changes the value. Pointers are only put together on the way back from a failure, so that checking a good card
costs microseconds. It knows nothing of Slack but the words in which Slack complains.
"""

from collections.abc import Callable, Mapping
from typing import Any

# (JSON pointer below the checked value, what is wrong)
Problem = tuple[str, str]
Check = Callable[[Any], list[Problem] | None]


def anything(_: Any) -> list[Problem] | None:
    return None


def wrong(words: str) -> list[Problem]:
    return [("", words)]


def below(step: object, problems: list[Problem]) -> list[Problem]:
    """The same problems, seen from one level further up."""
    return [(f"/{step}{pointer}", words) for pointer, words in problems]


def string(most: int, *, least: int = 1) -> Check:
    def check(value: Any) -> list[Problem] | None:
        if not isinstance(value, str):
            return wrong("must be a string")
        if len(value) > most:
            return wrong(f"must be less than {most + 1} characters")
        if len(value) < least:
            return wrong(f"must be more than {least - 1} characters")
        return None

    return check


def boolean(value: Any) -> list[Problem] | None:
    return None if isinstance(value, bool) else wrong("must be a boolean")


def integer(least: int, most: int) -> Check:
    def check(value: Any) -> list[Problem] | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return wrong("must be an integer")
        if not least <= value <= most:
            return wrong(f"must be between {least} and {most}")
        return None

    return check


def one_of(*allowed: str) -> Check:
    def check(value: Any) -> list[Problem] | None:
        return None if value in allowed else wrong(f"must be one of: {', '.join(allowed)}")

    return check


def array(item: Check, *, most: int, least: int = 1) -> Check:
    def check(value: Any) -> list[Problem] | None:
        if not isinstance(value, list):
            return wrong("must be an array")
        if len(value) > most:
            return wrong(f"no more than {most} items allowed")
        if len(value) < least:
            return wrong(f"no fewer than {least} items allowed")
        found: list[Problem] = []
        for index, each in enumerate(value):
            if (problems := item(each)) is not None:
                found += below(index, problems)
        return found or None

    return check


def shape(
    required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *, also: Check = anything
) -> Check:
    """An object with these properties and no others; `also` sees it when its properties are right."""
    known = {**required, **(optional or {})}
    needed = tuple(required)

    def check(value: Any) -> list[Problem] | None:
        if not isinstance(value, dict):
            return wrong("must be an object")
        found: list[Problem] = []
        for name in needed:
            if value.get(name) is None:
                found += wrong(f"missing required field: {name}")
        for name, given in value.items():
            if (inner := known.get(name)) is None:
                found += wrong(f"invalid additional property: {name}")
            # The SDKs send null for what was left out, and Slack reads it so.
            elif given is not None and (problems := inner(given)) is not None:
                found += below(name, problems)
        return found or also(value)

    return check


def by_type(table: Mapping[str, Check]) -> Check:
    """One of several objects, told apart by their `type`."""

    def check(value: Any) -> list[Problem] | None:
        if not isinstance(value, dict):
            return wrong("must be an object")
        kind = value.get("type")
        if kind is None:
            return wrong("missing required field: type")
        inner = table.get(kind) if isinstance(kind, str) else None
        if inner is None:
            return [("/type", f"unsupported type: {kind}")]
        return inner(value)

    return check


def text(most: int, *, plain: bool = False, least: int = 1) -> Check:
    """A text object; `plain` refuses mrkdwn. `emoji` belongs to plain text, `verbatim` to mrkdwn."""
    words = string(most, least=least)

    def check(value: Any) -> list[Problem] | None:
        if not isinstance(value, dict):
            return wrong("must be an object")
        kind = value.get("type")
        if kind != "plain_text" and (plain or kind != "mrkdwn"):
            return [("/type", f"unsupported type: {kind}")]
        flag = "emoji" if kind == "plain_text" else "verbatim"
        found: list[Problem] = []
        for name, given in value.items():
            if name == flag:
                problems = None if given is None else boolean(given)
            elif name == "text":
                problems = words(given)
            elif name == "type":
                continue
            else:
                found += wrong(f"invalid additional property: {name}")
                continue
            if problems is not None:
                found += below(name, problems)
        if "text" not in value:
            found += wrong("missing required field: text")
        return found or None

    return check
