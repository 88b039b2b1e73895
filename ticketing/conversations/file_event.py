"""File one stored provider event: what a customer did, or news of a reply we sent. A file for each kind."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime

from core.errors import ChannelUnavailable, Unreadable
from core.messages import DeliveryReport, Edited, Inbound, Moved, Pressed, Reachability, Received, SetAside
from ticketing.conversations.edit import file_edit
from ticketing.conversations.file_message import file_message
from ticketing.conversations.file_report import file_report
from ticketing.conversations.move_address import file_move
from ticketing.conversations.ports import Parse, StoredEvent
from ticketing.conversations.press import file_press
from ticketing.conversations.reachability import file_reachability
from ticketing.mails.belong import concerned
from ticketing.mails.file_mail import file_mail
from ticketing.ports import UnitOfWork


class ChannelOff(ChannelUnavailable):
    """An event of a channel whose settings this process was not given. Another one may have them."""


async def file_event(
    inbox_id: int, *, parse: Mapping[str, Parse], welcome: str | None = None, uow: UnitOfWork, now: datetime
) -> None:
    """Safe to repeat: a settled event is left alone, and the unique message key settles races.

    `welcome` is said to whoever starts a conversation without writing anything.
    An event that cannot be read is kept, marked, and blocks nobody.
    Raises ReportTooEarly and EditTooEarly (retry in a moment), ChannelOff.
    """
    async with uow:
        event = await uow.inbox.lock(inbox_id)
        if event.settled:
            return
        if event.channel not in parse:
            raise ChannelOff(f"{event.channel} is switched off here: its settings are missing.", retry_after=60)
        try:
            items = parse[event.channel](event.request)
        except Unreadable as error:
            await uow.inbox.settle(inbox_id, "unreadable", note=error.message, at=now)
            return
        uow.keep_apart(_concerned(items))
        outcomes = [await _file(item, event, welcome, uow, now) for item in items]
        outcome, note = outcomes[0] if outcomes else ("ignored", "")
        await uow.inbox.settle(inbox_id, outcome, note=note, at=now)


def _concerned(items: Sequence[Received]) -> Sequence[Hashable]:
    """What filing them may touch that filing others touches, too; (): anything."""
    if not items or not all(isinstance(item, Inbound) for item in items):
        return ()
    return [key for item in items if isinstance(item, Inbound) for key in concerned(item)]


async def _file(
    item: Received, event: StoredEvent, welcome: str | None, uow: UnitOfWork, now: datetime
) -> tuple[str, str]:
    """What became of it, and a note."""
    match item:
        case SetAside():
            return "set_aside", item.why
        case DeliveryReport():
            return await file_report(item, event, uow=uow, now=now), ""
        case Moved():
            return await file_move(item, uow=uow, now=now), ""
        case Reachability():
            return await file_reachability(item, event, uow=uow, now=now), ""
        case Inbound() | Edited() | Pressed():
            return await _file_said(item, event, welcome, uow, now)


async def _file_said(
    item: Inbound | Edited | Pressed, event: StoredEvent, welcome: str | None, uow: UnitOfWork, now: datetime
) -> tuple[str, str]:
    if isinstance(item, Inbound) and item.letter is not None:
        return await file_mail(item, item.letter, event, uow=uow, now=now)
    sender = await uow.customers.sender(item.channel, item.sender)
    if sender is not None and sender.blocked:
        return "blocked", item.sender  # kept apart: nobody is told, and the sender does not notice
    match item:
        case Edited():
            return await file_edit(item, event, sender=sender, uow=uow, now=now), ""
        case Pressed():
            return await file_press(item, event, uow=uow, now=now), ""
        case Inbound():
            return await file_message(item, event, sender=sender, welcome=welcome, uow=uow, now=now), ""
