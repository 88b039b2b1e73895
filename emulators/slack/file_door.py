"""Where files' octets go in and out: addresses that Slack hands out, beside the Web API.

An upload address takes a POST from anybody, once. A file is only given to the app's bot token; whoever has none, or
lacks `files:read`, gets Slack's login page, with status 200. Faults of the operations `upload` and `download` happen
here; a fault with an `error` shows the login page.
"""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from emulators.server import hang_up, has_gone
from emulators.slack.channels import Json
from emulators.slack.faults import Fault
from emulators.slack.files import File

if TYPE_CHECKING:
    from emulators.slack.workspace import Workspace

UPLOAD = "/upload/v1/"
DOWNLOAD = "/files-pri/"
_PIECE = 64 * 1024
_LOGIN = b"<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in to Emulated</body></html>"
_BROKEN = b"<html><head><title>Slack | Server Error</title></head><body>Something went wrong.</body></html>"


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    kind: str
    body: bytes
    carried_out: bool
    headers: tuple[tuple[bytes, bytes], ...] = ()


class FileDoor:
    """An ASGI application for the paths that begin with UPLOAD or DOWNLOAD."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation = "upload" if scope["path"].startswith(UPLOAD) else "download"
        fault = self._workspace.faults.take(operation)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        if operation == "upload":
            body = await _body(scope, receive)
            refuses = fault is not None and fault.refuses
            answer = _Answer(0, "", b"", carried_out=False) if refuses else self._take(scope, body)
        else:
            answer = self._give(scope)
        shown = answer if fault is None else _as_the_fault_says(fault, answer)
        self._record(scope, operation, shown, fault)
        await _respond(scope, receive, send, shown, fault)

    def _take(self, scope: Scope, body: bytes) -> _Answer:
        it = self._workspace.files.by_key(scope["path"].removeprefix(UPLOAD))
        if it is None or it.complete:
            return _Answer(404, "text/plain", b"not found", carried_out=False)
        if len(body) != it.length:
            # Slack takes what it is sent; a file of another length than announced is of no use to anybody here.
            return _Answer(400, "text/plain", b"the length differs from the one announced", carried_out=False)
        it.content = body
        return _Answer(200, "text/plain", f"OK - {len(body)}".encode(), carried_out=True)

    def _give(self, scope: Scope) -> _Answer:
        it = self._meant(scope["path"])
        headers = dict(scope["headers"])
        given = headers.get(b"authorization", b"").decode("latin-1")
        space = self._workspace
        allowed = given == f"Bearer {space.bot_token}" and "files:read" in space.scopes
        if not allowed or (it is not None and not space.files.the_app_has(it)):
            return _Answer(200, "text/html; charset=utf-8", _LOGIN, carried_out=False)
        if it is None or it.content is None:
            return _Answer(404, "text/html; charset=utf-8", b"<html>File not found</html>", carried_out=False)
        return _Answer(200, it.mimetype or "application/octet-stream", it.content, carried_out=True)

    def _meant(self, path: str) -> File | None:
        reference = path.removeprefix(DOWNLOAD).split("/")[0]
        return self._workspace.files.find(reference.partition("-")[2])

    def _record(self, scope: Scope, operation: str, shown: _Answer, fault: Fault | None) -> None:
        from emulators.slack.workspace import Call  # the workspace knows its door

        space, path = self._workspace, scope["path"]
        it = space.files.by_key(path.removeprefix(UPLOAD)) if operation == "upload" else self._meant(path)
        arguments: Json = {"file": it.id if it is not None else None}
        kind = None if fault is None else fault.kind
        status = 0 if fault is not None and _ends(fault) else shown.status
        space.calls.append(
            Call(operation, arguments, space.clock(), {}, status, kind, shown.carried_out, has_gone(scope))
        )


def _ends(fault: Fault) -> bool:
    return fault.reset or fault.drop_reply or fault.reset_after or fault.cut_answer


def _as_the_fault_says(fault: Fault, answer: _Answer) -> _Answer:
    if fault.status is not None:
        wait = () if fault.retry_after is None else ((b"retry-after", str(fault.retry_after).encode()),)
        return _Answer(fault.status, "text/html; charset=utf-8", _BROKEN, answer.carried_out, wait)
    if fault.error is not None:
        return _Answer(200, "text/html; charset=utf-8", _LOGIN, answer.carried_out)
    return answer


async def _respond(scope: Scope, receive: Receive, send: Send, answer: _Answer, fault: Fault | None) -> None:
    body = answer.body
    if fault is not None and fault.truncated:
        body = body[: len(body) // 2]
    ends = fault is not None and _ends(fault)
    if not ends or (fault is not None and fault.cut_answer):
        length = (b"content-length", str(len(body)).encode())
        headers = [(b"content-type", answer.kind.encode()), length, *answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        part = body[: len(body) // 2] if ends else body
        for at in range(0, len(part), _PIECE):
            await send({"type": "http.response.body", "body": part[at : at + _PIECE], "more_body": True})
        if not ends:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    if ends and fault is not None:
        hang_up(scope, reset=not fault.drop_reply)
        while (await receive())["type"] != "http.disconnect":
            continue


async def _body(scope: Scope, receive: Receive) -> bytes:
    """Raw octets, or the first file of a form."""
    request = Request(scope, receive)
    if request.headers.get("content-type", "").startswith("multipart/"):
        async with request.form() as form:
            for value in form.values():
                if not isinstance(value, str):
                    return await value.read()
        return b""
    return await request.body()
