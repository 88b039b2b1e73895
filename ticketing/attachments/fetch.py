"""Fetch one file that a customer sent, or a colleague put beside a comment, from whoever has it, into the file store.

Killed anywhere, it is done again from the beginning: what it had received is forgotten, and the file stands once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from core.errors import AccountRefused, ChannelError, ChannelUnavailable, FileTooLarge
from core.instants import Clock
from ticketing.attachments.attachment import Attachment, FileState
from ticketing.attachments.ports import FileSource
from ticketing.attachments.show import lock_place, save_and_show
from ticketing.attachments.store import FileStore, Kept
from ticketing.ports import StartWork, UnitOfWork
from ticketing.tickets.events import PictureStored

PATIENCE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Fetchable:
    """Where a channel's files are fetched, and the most bytes of one."""

    source: FileSource
    most: int


Sources = Mapping[str, Fetchable]  # of each channel


async def fetch_file(file_id: UUID, *, sources: Sources, store: FileStore, start: StartWork, clock: Clock) -> None:
    """Safe to repeat, and by several at once: the file stands once, and is settled once.

    Raises ChannelUnavailable (try again; after a day it gives up instead) and AccountRefused (an admin must act, then
    it may be tried again: until then the file is awaited and says why).
    """
    async with start() as uow:
        file = await uow.attachments.get(file_id)
    if file.state is not FileState.AWAITED:
        return
    try:
        kept = await _receive(file, sources, store)
    except ChannelUnavailable as error:
        if clock() - file.created_at < PATIENCE:
            raise
        words = f"It could not be fetched for a day, so it was given up. {error.message}"
        await _settle(replace(file, state=FileState.GONE, why=words), uow=start(), now=clock())
    except FileTooLarge as error:
        await _settle(replace(file, state=FileState.REFUSED, why=error.message), uow=start(), now=clock())
    except AccountRefused as error:
        await _settle(replace(file, why=error.message), uow=start(), now=clock())
        raise
    except ChannelError as error:
        await _settle(replace(file, state=FileState.GONE, why=error.message), uow=start(), now=clock())
    else:
        await _keep(file, kept, store, uow=start(), now=clock())


async def _receive(file: Attachment, sources: Sources, store: FileStore) -> Kept:
    found = sources.get(file.channel or "")
    if found is None or file.source is None:
        words = f"The channel {file.channel} is switched off: an admin must set it up again."
        raise ChannelUnavailable(words, retry_after=60)
    async with found.source.fetch(file.source, most=found.most) as opened:
        return await store.receive(opened.chunks, most=found.most)


async def _keep(file: Attachment, kept: Kept, store: FileStore, *, uow: UnitOfWork, now: datetime) -> None:
    async with uow:
        # Whoever forgets content that nobody has any more waits for this, and sees then that somebody has it.
        await uow.attachments.hold(kept.sha256)
        await store.settle(kept)
        await _save(stored(file, kept), uow, now)


def stored(file: Attachment, kept: Kept) -> Attachment:
    """The file, now that its bytes are in the store."""
    return replace(
        file,
        state=FileState.STORED,
        why=None,
        content_type=kept.content_type,
        size=kept.size,
        sha256=kept.sha256,
        width=kept.width,
        height=kept.height,
        has_thumbnail=kept.has_thumbnail,
    )


async def _settle(file: Attachment, *, uow: UnitOfWork, now: datetime) -> None:
    async with uow:
        await _save(file, uow, now)


async def _save(file: Attachment, uow: UnitOfWork, now: datetime) -> None:
    """Save what became of it, unless another run was faster, and have it shown wherever it is shown."""
    where = await lock_place(file.id, uow)
    now_there = await uow.attachments.lock(file.id)
    if now_there.state is not FileState.AWAITED or now_there == file:
        return
    if file.has_thumbnail:
        uow.emit(PictureStored(file_id=file.id, at=now))
    await save_and_show(file, where, uow=uow, now=now)
