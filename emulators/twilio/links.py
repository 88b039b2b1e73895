"""The host that the API's redirects lead to, standing for Twilio's file store: no credentials, short-lived links.

Like S3, it refuses a request that brings an Authorization header along: whoever forwards it has given it away.
"""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulators.server import hang_up, write_and_close
from emulators.twilio.media import AT_THE_LINK, Download, File, Shelf


class Links:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        authorized = "authorization" in request.headers
        media, alive = self._shelf.behind(request.url.path.rpartition("/")[2])
        trouble = self._shelf.faults.draw(AT_THE_LINK)
        if authorized:
            status = 400
        elif media is None:
            status = 404
        else:
            status = 200 if alive and trouble != "expired" else 403
        broken = trouble == "cut" and status == 200
        self._shelf.downloads.append(Download(request.url.path, authorized, None if broken else status))
        if media is None or status != 200:
            await Response(_error(status), status, media_type="application/xml")(scope, receive, send)
            return
        if trouble == "late":
            await asyncio.sleep(self._shelf.faults.seconds())
        if trouble == "overlong":
            write_and_close(scope, _head(media.file, media.file.length // 2) + media.file.read())
        else:
            await _stream(media.file, trouble, send)
        if broken:
            hang_up(scope, reset=True)
        while (trouble == "overlong" or broken) and (await receive())["type"] != "http.disconnect":
            pass


async def _stream(file: File, trouble: str | None, send: Send) -> None:
    headers = [(name.encode(), value.encode()) for name, value in _headers(file, trouble).items()]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    left = file.length // 2 if trouble == "cut" else file.length
    for chunk in file.chunks():
        await send({"type": "http.response.body", "body": chunk[:left], "more_body": True})
        left -= len(chunk)
        if left <= 0:
            break
    if trouble != "cut":
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _headers(file: File, trouble: str | None) -> Mapping[str, str]:
    headers = {"content-type": "text/html" if trouble == "mistyped" else file.content_type}
    if file.name is not None:
        headers["content-disposition"] = f'inline; filename="{file.name}"'
    return headers if trouble == "unannounced" else {**headers, "content-length": str(file.length)}


def _head(file: File, length: int) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {file.content_type}\r\nContent-Length: {length}\r\n\r\n".encode()


def _error(status: int) -> str:
    code = {400: "InvalidArgument", 403: "AccessDenied", 404: "NoSuchKey"}[status]
    return f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{HTTPStatus(status).phrase}</Message></Error>'
