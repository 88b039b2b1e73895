"""Files that a reply carries: given with it, taken when it is written, looked at again when it leaves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from core.errors import NotFound
from core.ids import new_id
from core.instants import Clock
from core.messages import Limits, RemoteFile
from ticketing.attachments.attachment import Attachment, FileState
from ticketing.attachments.give import give_file
from ticketing.attachments.kinds import UNKNOWN, default_name
from ticketing.attachments.names import safe_name
from ticketing.conversations.outbox import require_channel
from ticketing.conversations.parts import FileRefused, GivenFile, require_taken
from ticketing.people.person import Person
from ticketing.ports import StartWork, UnitOfWork


async def give_files(
    remotes: Sequence[RemoteFile],
    conversation_id: UUID,
    *,
    beside: Sequence[UUID],
    channel: str,
    by: Person,
    request: str,
    limits: Mapping[str, Limits],
    start: StartWork,
    clock: Clock,
) -> list[GivenFile]:
    """Files that `channel`'s connector fetches, for a reply in this conversation; they come after those `beside` them,
    which were given before. `request` names the act: the same one twice gives the same files.

    Raises FileRefused (by what is said of them, the customer's channel does not take all of them) before anything is
    fetched, NotFound, AccountRefused (the customer's channel is off), PermissionRefused.
    """
    async with start() as uow:
        taken = require_channel(await uow.conversations.get(conversation_id), limits)
    for remote in remotes:
        require_taken(_announced(remote), taken)
    new = [
        await give_file(each, channel=channel, by=by, request=f"{request}:{each.source}", start=start, clock=clock)
        for each in remotes
    ]
    async with start() as uow:
        return [given(await uow.attachments.get(file_id)) for file_id in dict.fromkeys([*beside, *new])]


async def take_files(file_ids: Sequence[UUID], *, uow: UnitOfWork, now: datetime) -> list[GivenFile]:
    """Files that were given (`attachments/give.py`), for a reply that is being written in this transaction.

    Raises FileRefused (it could not be had), and NotFound, also for what another customer or a comment brought.
    """
    # Locked in one order by everybody, carried in the order in which they were given.
    locked = {file_id: await uow.attachments.lock(file_id) for file_id in sorted(set(file_ids))}
    taken = []
    for file_id in dict.fromkeys(file_ids):
        file = locked[file_id]
        if file.message_id is not None or file.comment_id is not None:
            raise NotFound("There is no such file.")
        if (words := _hopeless(file)) is not None:
            raise FileRefused(words)
        taken.append(given(file))
    if taken:
        await uow.attachments.take([file.id for file in taken], at=now)
    return taken


def cannot_be_sent(file: Attachment, limits: Limits) -> str | None:
    """Why, in words, whatever was believed of it when the reply was written; None: it can."""
    if (words := _hopeless(file)) is not None:
        return words
    try:
        require_taken(given(file), limits)
    except FileRefused as error:
        return error.message
    return None


def _hopeless(file: Attachment) -> str | None:
    if file.state in (FileState.AWAITED, FileState.STORED):
        return None
    return f"{file.name} cannot be sent. {file.why or ''}".strip()


def given(file: Attachment) -> GivenFile:
    """As far as it is known: of one that is still elsewhere, what was said of it."""
    return GivenFile(file.id, file.name, file.content_type or _kind(file.claimed_type), file.size or 0)


def _announced(remote: RemoteFile) -> GivenFile:
    name = safe_name(remote.name, otherwise=default_name(remote.content_type))
    return GivenFile(new_id(), name, _kind(remote.content_type), remote.size or 0)


def _kind(claimed_type: str | None) -> str:
    return (claimed_type or UNKNOWN).partition(";")[0].strip()
