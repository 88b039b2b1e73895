"""The simulator's HTTP door: the page, one stream of what changes, and the deeds. Holds nothing but the emulators."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from emulators.server import Served
from emulators.simulator.choice import CannotChoose, Choice
from emulators.simulator.customers import CannotAdd
from emulators.simulator.deeds import Deeds
from emulators.simulator.facts import Mirror
from emulators.simulator.guard import Guard
from emulators.simulator.mailboxes import CannotWrite, Mailboxes
from emulators.simulator.phones import PICTURES, Json
from emulators.simulator.travel import TimeTravel
from emulators.slack import CannotDo, FormIncomplete, Workspace
from emulators.slack.files import DRAWN
from emulators.telegram import Blocked, BotAccount, StoredFile
from emulators.twilio import Account
from emulators.twilio.customer import NoWebhook
from emulators.twilio.media import File

PAGE = Path(__file__).with_name("page")
LOOK_EVERY = 0.08  # seconds between looks at the emulators, while a page is open
_ALIVE_EVERY = 15.0  # seconds; a comment keeps a quiet stream open and finds out who has left


class Simulator:
    """The page of one workspace, one account and perhaps one Telegram bot, all living in this process.

    `product` is the name in the page's head; `links` are shown there (label -> address), and `choice` is offered.
    `shortcuts`: of the application, in the menu of each message (callback_id -> name).
    `mail`: customers' mailboxes, beside the phones.
    With `time` the page shows the application's time, and lets it jump ahead.
    """

    def __init__(
        self,
        workspace: Workspace,
        account: Account,
        telegram: BotAccount | None = None,
        *,
        product: str = "Threadline",
        links: Mapping[str, str] | None = None,
        shortcuts: Mapping[str, str] | None = None,
        choice: Choice | None = None,
        time: TimeTravel | None = None,
        mail: Mailboxes | None = None,
    ) -> None:
        self._workspace, self._account, self._telegram, self._time = workspace, account, telegram, time
        self._mail = mail
        self._about = {
            "product": product,
            "links": dict(links or {}),
            "shortcuts": dict(shortcuts or {}),
            "workspace": workspace.name,
            "domain": workspace.domain,
            "bot": workspace.bot_user,
            "telegram": telegram is not None,
            "mail": parseaddr(mail.desk)[1] if mail else None,
            "choice": choice.as_json() if choice else None,
            "travel": dict(time.options) if time else None,
        }
        self._deeds = Deeds(workspace, account, telegram, mail).named | ({"choose": choice.deed} if choice else {})
        self._deeds |= {"travel": time.deed} if time else {}
        self._closing = asyncio.Event()

    @contextlib.asynccontextmanager
    async def serve(self, *, port: int = 0) -> AsyncIterator[Served]:
        """Serve the page on 127.0.0.1 within the block. Raises OSError when the port is taken."""
        async with Served(self.application(), port=port) as served:
            try:
                yield served
            finally:
                self._closing.set()  # open streams would keep the server waiting

    def application(self) -> Guard:
        """The page as an ASGI application."""
        return Guard(
            Starlette(
                routes=[
                    Route("/", self._page),
                    Route("/facts", self._facts),
                    Route("/stream", self._stream),
                    Route("/file/{channel}/{id}", self._file),
                    Route("/slack-file/{file_id}", self._slack_file),
                    *(self._mail.routes() if self._mail else ()),
                    Route("/do/{deed}", self._do, methods=["POST"]),
                    Mount("/page", StaticFiles(directory=PAGE)),
                ]
            )
        )

    async def _page(self, _: Request) -> Response:
        return FileResponse(PAGE / "index.html")

    async def _facts(self, _: Request) -> Response:
        """Everything as it stands, for whoever does not want a stream."""
        return JSONResponse({"about": self._about, "facts": self._mirror().changes()})

    def _mirror(self) -> Mirror:
        return Mirror(self._workspace, self._account, self._telegram, self._time, self._mail)

    async def _file(self, request: Request) -> Response:
        """A file on a phone. Only pictures are shown; what else there is can be kept."""
        file = self._found(request.path_params["channel"], request.path_params["id"])
        if file is None:
            return Response(status_code=404)
        headers = {} if file.content_type in PICTURES else {"content-disposition": "attachment"}
        kind = file.content_type if file.content_type in PICTURES else "application/octet-stream"
        return StreamingResponse(file.chunks(), headers=headers, media_type=kind)

    def _found(self, channel: str, key: str) -> StoredFile | File | None:
        if channel == "tg":
            return None if self._telegram is None else self._telegram.cloud.files.get(key)
        media = self._account.media.get(*key.partition("-")[::2])
        return None if media is None else media.file

    async def _stream(self, _: Request) -> Response:
        return StreamingResponse(self._events(), media_type="text/event-stream")

    async def _events(self) -> AsyncIterator[str]:
        """First everything, then what changes. A page that connects again begins anew."""
        mirror = self._mirror()
        yield _event({"about": self._about, "facts": mirror.changes()})
        silent = 0.0
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), LOOK_EVERY)
            silent += LOOK_EVERY
            if changed := mirror.changes():
                yield _event({"facts": changed})
                silent = 0.0
            elif silent >= _ALIVE_EVERY:
                yield ": still here\n\n"
                silent = 0.0

    async def _slack_file(self, request: Request) -> Response:
        """A file of the workspace, for whoever sits at the page. Only pictures are shown; the rest is downloaded."""
        file = self._workspace.files.find(request.path_params["file_id"])
        if file is None or file.content is None:
            return JSONResponse({"message": "There is no such file."}, 404)
        if file.mimetype in DRAWN:
            return Response(file.content, media_type=file.mimetype)
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"}
        return Response(file.content, media_type="application/octet-stream", headers=headers)

    async def _do(self, request: Request) -> Response:
        deed = self._deeds.get(request.path_params["deed"])
        if deed is None:
            return JSONResponse({"message": "There is no such deed."}, 404)
        try:
            return JSONResponse(await deed(await request.json()))
        except FormIncomplete as error:
            return JSONResponse({"outcome": "errors", "errors": error.errors})
        except (Blocked, CannotChoose, CannotDo, CannotAdd, CannotWrite, NoWebhook) as error:
            return JSONResponse({"message": str(error)}, 409)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return JSONResponse({"message": f"The request is not understood: {error!r}"}, 400)


def _event(data: Json) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"
