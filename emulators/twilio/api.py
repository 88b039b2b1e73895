"""The wire: Twilio's API as an ASGI application. Authenticates, routes, faults, records; decides no more."""

import asyncio
import base64
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from emulators.server import hang_up
from emulators.twilio import content_api, messages_api, refusals
from emulators.twilio.account import Account
from emulators.twilio.answers import Answer, nothing_at, refused
from emulators.twilio.faults import Fault
from emulators.twilio.questions import Question, asked
from emulators.twilio.recording import Call
from emulators.twilio.refusals import Refused

_OPERATIONS: Mapping[str, Callable[[Account, Question], Awaitable[Answer]]] = {
    "messages.create": messages_api.create,
    "messages.list": messages_api.listed,
    "messages.fetch": messages_api.fetch,
    "messages.delete": messages_api.delete,
    "media.list": messages_api.media_listed,
    "media.describe": messages_api.media_described,
    "media.delete": messages_api.media_deleted,
    "media.fetch": messages_api.media_fetched,
    "account.fetch": content_api.account_fetched,
    "templates.list": content_api.templates_listed,
    "templates.fetch": content_api.template_fetched,
    "templates.approval": content_api.approval_fetched,
    "templates.list_approvals": content_api.approvals_listed,
    "senders.list": content_api.senders_listed,
    "senders.fetch": content_api.sender_fetched,
    "senders.update": content_api.sender_updated,
}


class TwilioApi:
    def __init__(self, account: Account) -> None:
        self._account = account

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        question = await asked(Request(scope, receive))
        fault = self._account.faults.take(question.operation)
        outcome = Answer(0) if fault is not None and fault.refuses else await self._carry_out(question)
        shown = outcome if fault is None else _as_the_fault_says(fault, outcome)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        self._record(question, shown, fault, carried_out=200 <= outcome.status < 400)
        if shown is not None:
            await shown.response()(scope, receive, send)
            return
        if fault is not None and fault.cut_answer:
            await _half(outcome, send)
        await _drop(scope, receive, reset=fault is not None and not fault.drop_reply)

    async def _carry_out(self, question: Question) -> Answer:
        try:
            self._authenticate(question)
            operation = _OPERATIONS.get(question.operation, _nothing)
            return await operation(self._account, question)
        except Refused as refusal:
            return refused(refusal.refusal)

    def _authenticate(self, question: Question) -> None:
        setup = self._account.setup
        expected = base64.b64encode(f"{setup.account_sid}:{setup.auth_token}".encode())
        scheme, _, given = question.authorization.partition(" ")
        if scheme.lower() != "basic" or not secrets.compare_digest(given.strip().encode(), expected):
            raise Refused(refusals.AUTHENTICATE)
        if question.ids.get("account", setup.account_sid) != setup.account_sid:
            raise nothing_at(question)

    def _record(self, question: Question, answer: Answer | None, fault: Fault | None, *, carried_out: bool) -> None:
        params = (
            {key: values[-1] for key, values in question.params.items()} if question.json is None else question.json
        )
        status, body = (None, None) if answer is None else (answer.status, answer.body)
        at = self._account.setup.clock()
        call = Call(question.operation, question.method, question.path, params, at, status, body, fault, carried_out)
        self._account.calls.append(call)


async def _nothing(_account: Account, question: Question) -> Answer:
    raise Refused(refusals.METHOD_NOT_ALLOWED) if question.known else nothing_at(question)


def _as_the_fault_says(fault: Fault, outcome: Answer) -> Answer | None:
    """What the caller gets to see of the outcome; None when the connection ends instead."""
    if fault.reset or fault.drop_reply or fault.reset_after or fault.cut_answer:
        return None
    if (refusal := fault.answer()) is not None:
        return refused(refusal, html=fault.html)
    return replace(outcome, truncated=fault.truncated)


async def _half(answer: Answer, send: Send) -> None:
    """Promise the whole answer and send half of it."""
    content = answer.content()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": content[: len(content) // 2], "more_body": True})


async def _drop(scope: Scope, receive: Receive, *, reset: bool) -> None:
    """Close the connection without an answer, and wait until the server has noticed."""
    hang_up(scope, reset=reset)
    while (await receive())["type"] != "http.disconnect":
        pass
