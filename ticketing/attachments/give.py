"""Files that the team gives, to go with a reply: kept first, and carried by the messages of `conversations/reply.py`.

One that nothing carries within two days is forgotten.
"""

from collections.abc import AsyncIterator
from uuid import UUID

from core.ids import new_id
from core.instants import Clock
from core.messages import RemoteFile
from ticketing.attachments.attachment import Attachment, FileState
from ticketing.attachments.fetch import stored
from ticketing.attachments.kinds import default_name
from ticketing.attachments.names import safe_name
from ticketing.attachments.store import FileStore
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import StartWork
from ticketing.tickets.events import FileAwaited


async def keep_file(
    name: str | None,
    chunks: AsyncIterator[bytes],
    *,
    by: Person,
    request: str,
    most: int,
    store: FileStore,
    start: StartWork,
    clock: Clock,
) -> UUID:
    """The file's id. `request` names the act of giving it: the same one twice is one file.

    Raises FileTooLarge over `most` bytes, FileGone (it is empty), StoreAway, PermissionRefused; then nothing is kept.
    """
    require(person_acting(by), Act.REPLY)
    async with start() as uow:
        if (known := await uow.attachments.by_request(request)) is not None:
            return known
    kept = await store.receive(chunks, most=most)
    async with start() as uow:
        await uow.attachments.hold(kept.sha256)
        await store.settle(kept)
        given = Attachment(new_id(), safe_name(name), FileState.AWAITED, clock(), request=request)
        if await uow.attachments.add(stored(given, kept)):
            return given.id
    return await _known(request, start)


async def give_file(
    remote: RemoteFile, *, channel: str, by: Person, request: str, start: StartWork, clock: Clock
) -> UUID:
    """The same for a file that is still somewhere else, where `channel`'s connector fetches it.

    A reply may carry it at once: it leaves when the file is here.
    """
    require(person_acting(by), Act.REPLY)
    async with start() as uow:
        now = clock()
        given = Attachment(
            new_id(),
            safe_name(remote.name, otherwise=default_name(remote.content_type)),
            FileState.AWAITED,
            now,
            channel=channel,
            source=remote.source,
            claimed_type=remote.content_type and remote.content_type.replace("\x00", ""),
            request=request,
        )
        if await uow.attachments.add(given):
            uow.emit(FileAwaited(file_id=given.id, at=now))
            return given.id
    return await _known(request, start)


async def _known(request: str, start: StartWork) -> UUID:
    async with start() as uow:
        known = await uow.attachments.by_request(request)
    assert known is not None, "only the same request can have been in the way"
    return known
