"""The desk's end in these tests: a webhook that remembers what was posted to it and answers as told."""

import asyncio
import json
from collections import deque
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulators.server import hang_up


@dataclass(frozen=True, slots=True)
class Answer:
    status: int = 200  # 0: the connection is reset instead
    body: bytes = b""
    retry_after: str = ""
    pause: float = 0.0  # seconds before it


class Receiver:
    def __init__(self) -> None:
        self.posted: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: deque[Answer] = deque()  # to give next; 200 once it is empty
        self.hold = asyncio.Event()  # cleared: nothing is answered
        self.hold.set()
        self.waiting = 0
        self.most_at_once = 0
        self.url = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.posted.append(json.loads(await request.body()))
        self.headers.append(dict(request.headers))
        self.waiting += 1
        self.most_at_once = max(self.most_at_once, self.waiting)
        answer = self.answers.popleft() if self.answers else Answer()
        await self.hold.wait()
        await asyncio.sleep(answer.pause)
        self.waiting -= 1
        if not answer.status:
            hang_up(scope, reset=True)
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        headers = {"Retry-After": answer.retry_after} if answer.retry_after else {}
        await Response(answer.body, answer.status, headers, "application/json")(scope, receive, send)

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.posted]
