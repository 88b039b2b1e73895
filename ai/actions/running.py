"""The only way to call an action: checks who asks and with what, waits no longer than it may, names what came of it.

An error's own text goes to the log and not to people, with what looks like a secret masked.
"""

import asyncio
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from traceback import extract_tb
from typing import Any
from urllib.parse import quote, quote_plus

import structlog
from pydantic import ValidationError
from pydantic_core import to_json

from ai.actions.wanted import in_words
from ai.redaction import MASK, redact
from threadline import (
    Action,
    ActionSpec,
    Context,
    Json,
    NotFound,
    Outcome,
    OutcomeKind,
    OutcomeUnknown,
    Refused,
    Unavailable,
    as_stored,
)

_MOST_ARGUMENTS, _MOST_RESULT = 64 * 1024, 256 * 1024  # bytes of JSON
_MOST_WORDS = 500
_SHORTEST_SECRET = 8  # a setting's value that is shorter could be any word
_CALLERS = {"ai": "the AI", "agent": "an agent", "automation": "an automation"}

log = structlog.get_logger()


async def run_action(action: Action, arguments: Mapping[str, Json], context: Context) -> Outcome:
    """Call an action with arguments as they are stored. Raises only what cancels it; every failure is an Outcome."""
    began = time.monotonic()
    outcome = await _outcome(action, arguments, context)
    return replace(outcome, took_ms=round((time.monotonic() - began) * 1000))


async def _outcome(action: Action, arguments: Mapping[str, Json], context: Context) -> Outcome:
    spec = action.spec
    if context.actor.kind not in spec.may:
        who = _CALLERS.get(context.actor.kind, f"“{context.actor.kind}”")
        return Outcome(OutcomeKind.REFUSED, words=f"The action {spec.name} is not for {who}.")
    try:
        values = _read(action, arguments)
    except _ArgumentsInvalid as error:
        return Outcome(OutcomeKind.INVALID, words=str(error)[:_MOST_WORDS])
    try:
        async with asyncio.timeout(spec.timeout):
            returned = await action.function(context, **values)
    except TimeoutError:
        return _lost(spec, f"{spec.name} did not answer within {spec.timeout:g} seconds.")
    except (NotFound, Refused, Unavailable, OutcomeUnknown) as error:
        return _said(spec, error, context)
    except Exception as error:  # whatever a desk's own code raises is an outcome
        return _broken(spec, error, context)
    return _done(action, returned, context)


class _ArgumentsInvalid(Exception):
    """The words say which one is wrong, and how."""


def _read(action: Action, arguments: Mapping[str, Json]) -> dict[str, Any]:
    """As the function takes them, defaults filled in. Raises _ArgumentsInvalid."""
    try:
        if len(to_json(dict(arguments))) > _MOST_ARGUMENTS:
            raise _ArgumentsInvalid(f"The arguments are longer than {_MOST_ARGUMENTS // 1024} KB.")
        given = action.arguments.validate_python(dict(arguments))
    except ValidationError as error:
        raise _ArgumentsInvalid(_wrong(action.spec, error)) from error
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:  # of a validator of the desk's own
        raise _ArgumentsInvalid(f"The arguments of {action.spec.name} cannot be read.") from error
    return {**action.defaults, **given}


def _wrong(spec: ActionSpec, error: ValidationError) -> str:
    """Without what was given: it may be a customer's, and long."""
    found = error.errors(include_input=False, include_url=False)
    return " ".join(in_words(found, {"": [each.name for each in spec.parameters]}, of=spec.name))


def _said(spec: ActionSpec, error: NotFound | Refused | Unavailable | OutcomeUnknown, context: Context) -> Outcome:
    words = _told(error.words, context)
    match error:
        case NotFound():
            return Outcome(OutcomeKind.NOT_FOUND, words=words)
        case Refused():
            return Outcome(OutcomeKind.REFUSED, words=words)
        case Unavailable():
            return Outcome(OutcomeKind.UNAVAILABLE, words=words, retry_after=error.retry_after)
        case OutcomeUnknown():
            return _lost(spec, words)


def _lost(spec: ActionSpec, words: str) -> Outcome:
    """Nobody knows whether it was done. Where asking again does nothing twice, that is the way to find out."""
    if spec.idempotent:
        return Outcome(OutcomeKind.UNAVAILABLE, words=words, perhaps_done=spec.writes)
    words = f"{words} It may have been done: look there before you ask again."
    return Outcome(OutcomeKind.UNKNOWN, words=words, perhaps_done=True)


def _broken(spec: ActionSpec, error: Exception, context: Context) -> Outcome:
    where = [f"{frame.filename}:{frame.lineno}" for frame in extract_tb(error.__traceback__)][-5:]
    log.error("action_broke", action=spec.name, error=type(error).__name__, said=_told(str(error), context), at=where)
    words = f"The action {spec.name} broke ({type(error).__name__}). The log says where."
    if spec.writes:  # it may have asked the other side before it broke
        return _lost(spec, words)
    return Outcome(OutcomeKind.FAILED, words=words)


def _done(action: Action, returned: object, context: Context) -> Outcome:
    spec = action.spec
    try:
        value = as_stored(returned, action.result)
        size = len(to_json(value))
    except Exception as error:  # validators of a desk's own may raise anything; half an emoji is no JSON
        return _unusable(spec, "something else than it declares", error, context)
    if size > _MOST_RESULT:
        return _unusable(spec, f"more than {_MOST_RESULT // 1024} KB", None, context)
    return Outcome(OutcomeKind.DONE, value=value)


def _unusable(spec: ActionSpec, what: str, error: Exception | None, context: Context) -> Outcome:
    """It came to its end, so that asking again gives the same."""
    log.error("action_result_unusable", action=spec.name, what=what, said=_about(error, context))
    words = f"{spec.name} gave back {what}. The log says more."
    if spec.writes:
        words = f"{words} It was probably done: look there before you ask again."
        return Outcome(OutcomeKind.UNKNOWN, words=words, perhaps_done=True)
    return Outcome(OutcomeKind.FAILED, words=words)


def _about(error: Exception | None, context: Context) -> str:
    """Without the values, which are a customer's."""
    if isinstance(error, ValidationError):
        found = error.errors(include_input=False, include_url=False, include_context=False)
        return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['type']}" for each in found)[:_MOST_WORDS]
    return _told(str(error).split("[")[0], context) if error else ""


def _told(words: str, context: Context) -> str:
    """On one line, cut, and without secrets: of the settings, and what looks like one."""
    for value in context.settings.values():
        if len(value) >= _SHORTEST_SECRET:
            for written in _writings(value):
                words = words.replace(written, MASK * 8)
    return " ".join(redact(words[: _MOST_WORDS * 4]).split())[:_MOST_WORDS]


def _writings(secret: str) -> Iterator[str]:
    """As it stands in words, in an address, or in a header."""
    yield secret
    yield quote(secret, safe="")
    yield quote(secret)
    yield quote_plus(secret)
    for encode in (b64encode, urlsafe_b64encode):
        encoded = encode(secret.encode()).decode()
        yield encoded
        yield encoded.rstrip("=")
