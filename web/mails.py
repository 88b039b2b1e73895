"""A whole mail, for whoever holds a link to it: signed, for a while. As a page, or as the bytes that came."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from core.errors import FileGone, NotFound
from core.instants import Clock
from ticketing.attachments.links import GetLinks, LinkExpired, LinkForged
from ticketing.attachments.store import StoreAway
from web.mail_page import page, policy
from web.pages import INERT, not_now, said
from web.ports import LookupUnavailable, Mails

PATH, RAW = "/mails/{message_id}", "/mails/{message_id}/mail.eml"
_PAGE = {**INERT, "Cache-Control": "private, no-store"}
_FILE = {
    **_PAGE,
    "Content-Type": "message/rfc822",
    "Content-Disposition": 'attachment; filename="mail.eml"',
}


class MailDoor:
    """The endpoints of `/mails/{message_id}` and of what it came as, for GET and HEAD."""

    def __init__(self, mails: Mails, links: GetLinks, clock: Clock) -> None:
        self._mails, self._links, self._clock = mails, links, clock

    async def show(self, request: Request) -> Response:
        return await _answer(request, self._show)

    async def raw(self, request: Request) -> Response:
        return await _answer(request, self._raw)

    async def _show(self, request: Request) -> Response:
        message_id = await self._checked(request)
        mail = await self._mails.page(message_id)
        download = None if mail.missing else f"{request.url.path}/mail.eml?{request.url.query}"
        return Response(
            page(mail, download=download), 200, {**_PAGE, "Content-Security-Policy": policy()}, media_type="text/html"
        )

    async def _raw(self, request: Request) -> Response:
        return Response(await self._mails.raw(await self._checked(request)), 200, _FILE)

    async def _checked(self, request: Request) -> UUID:
        try:
            message_id = UUID(str(request.path_params["message_id"]))
        except ValueError as error:
            raise LinkForged("There is no such mail. Open it from its ticket.") from error
        query = request.query_params
        links = await self._links()
        links.check_mail(message_id, query.get("e", ""), query.get("s", ""), now=self._clock())
        return message_id


async def _answer(request: Request, ask: Callable[[Request], Awaitable[Response]]) -> Response:
    try:
        return await ask(request)
    except LinkExpired as error:
        return said(410, "This link has expired", error.message)
    except LinkForged as error:
        return said(403, "This is no link of ours", error.message)
    except (NotFound, FileGone) as error:
        return said(410, "This mail is gone", error.message)
    except (StoreAway, LookupUnavailable):  # their words are for us: they may name folders, buckets and machines
        return not_now("The mail cannot be shown at the moment: try again soon.")
