"""The desk's end in these tests: a web server that remembers what was posted to it and answers as told."""

import asyncio
from collections import deque
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from twilio.request_validator import RequestValidator

from emulators.server import hang_up

DROP = 0  # in `answers`: close the connection in place of an answer


@dataclass(frozen=True, slots=True)
class Posted:
    url: str
    headers: dict[str, str]
    pairs: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(self.pairs)

    def signed_with(self, auth_token: str) -> bool:
        """Whether Twilio's own SDK believes this request."""
        signature = self.headers.get("x-twilio-signature", "")
        return bool(RequestValidator(auth_token).validate(self.url, _MultiDict(self.pairs), signature))


class Receiver:
    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.answers: deque[int] = deque()  # statuses to give next; 200 once it is empty
        self.hold = asyncio.Event()  # cleared: nothing is answered
        self.hold.set()
        self.url = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        pairs = tuple(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
        self.posted.append(Posted(str(request.url), dict(request.headers), pairs, body))
        await self.hold.wait()
        status = self.answers.popleft() if self.answers else 200
        if status == DROP:
            hang_up(scope, reset=True)
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        await Response(b"<Response/>", status, media_type="text/xml")(scope, receive, send)

    def at(self, path: str) -> list[Posted]:
        return [posted for posted in self.posted if posted.url.removeprefix(self.url).startswith(path)]

    def statuses(self) -> list[str]:
        """What the status callbacks said, in the order they came."""
        return [posted.form["MessageStatus"] for posted in self.at("/status")]


class _MultiDict(dict[str, str]):
    """The pairs as the SDK's validator wants a form: repeated keys through `getlist`."""

    def __init__(self, pairs: tuple[tuple[str, str], ...]) -> None:
        super().__init__(pairs)
        self._pairs = pairs

    def getlist(self, key: str) -> list[str]:
        return [value for name, value in self._pairs if name == key]
