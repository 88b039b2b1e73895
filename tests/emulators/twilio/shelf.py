"""Our end where Twilio fetches the files that we send: a web server with a few files."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class Shelf:
    """By path: status, content type and bytes; what is not there is a 404."""

    def __init__(self, files: Mapping[str, tuple[int, str, bytes]]) -> None:
        self._files = files
        self.asked: list[str] = []  # paths with their queries, as they came

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = request.url.path
        self.asked.append(str(request.url).removeprefix(str(request.base_url).rstrip("/")))
        status, kind, data = self._files.get(path, (404, "text/plain", b"not here"))
        named = {"Content-Disposition": f'attachment; filename="{path[1:]}"'}
        await Response(data, status, named, kind)(scope, receive, send)
