"""What the doors of links show, out of this process's services. The links were the permission."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from app.mail_pages import MailPages
from app.services import Services
from bot.wire import permalink
from core.errors import NotFound
from storage.engine import DATABASE_AWAY
from ticketing.attachments.attachment import Attachment
from ticketing.attachments.links import GetLinks, Links
from ticketing.attachments.store import Slice
from ticketing.tickets.links import is_signed
from web.mail_page import MailPage
from web.ports import LookupUnavailable, Standing


@contextmanager
def _looking_up() -> Iterator[None]:
    try:
        yield
    except DATABASE_AWAY as error:
        raise LookupUnavailable from error


def links_of(made: Services) -> GetLinks:
    """Their key may have to be asked for first. Raises LookupUnavailable."""

    async def links() -> Links:
        with _looking_up():
            return await made.files.links()

    return links


class LinkedFiles:
    """`web.ports.Files`."""

    def __init__(self, made: Services) -> None:
        self._made = made

    async def find(self, file_id: UUID) -> Attachment:
        with _looking_up():
            async with self._made.start() as uow:
                return await uow.attachments.get(file_id)

    async def open(self, sha256: str, *, thumbnail: bool, start: int, end: int | None) -> Slice:
        return await self._made.files.store.open(sha256, thumbnail=thumbnail, start=start, end=end)


class LinkedMails:
    """`web.ports.Mails`."""

    def __init__(self, made: Services) -> None:
        self._pages = MailPages(made.mails, made.files.events)

    async def page(self, message_id: UUID) -> MailPage:
        with _looking_up():
            return await self._pages.page(message_id)

    async def raw(self, message_id: UUID) -> bytes:
        with _looking_up():
            return await self._pages.raw(message_id)


class LinkedTickets:
    """`web.ports.Tickets`."""

    def __init__(self, made: Services) -> None:
        self._made = made

    async def place(self, number: int, signature: str) -> str | None:
        with _looking_up():
            if self._made.slack is None or not await self._is_ours(number, signature):
                return None
            place = await self._made.finding.place(number)
        return permalink(await self._made.slack.site(), *place, place[1]) if place else None

    async def standing(self, number: int, signature: str) -> Standing | None:
        with _looking_up():
            if not await self._is_ours(number, signature):
                return None
            try:
                card = await self._made.rooms.card(await self._made.finding.numbered(number))
            except NotFound:
                return None
        return Standing(card.number, card.status.label, card.priority.value, card.type, card.assignee)

    async def _is_ours(self, number: int, signature: str) -> bool:
        return is_signed(await self._made.files.links(), number, signature)
