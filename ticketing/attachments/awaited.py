"""Files that came with a message or a comment and are still at whoever has them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core.ids import new_id
from core.messages import RemoteFile
from ticketing.attachments.attachment import Attachment, FileState
from ticketing.attachments.kinds import default_name
from ticketing.attachments.names import safe_name
from ticketing.ports import UnitOfWork
from ticketing.tickets.events import FileAwaited

MOST_FILES = 50  # of one message: no channel of ours has more


async def await_files(
    files: Sequence[RemoteFile],
    *,
    channel: str,
    message_id: UUID | None = None,
    comment_id: UUID | None = None,
    after: int = 0,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """Note them with the message or comment that the transaction has just added, and have them fetched.

    `after` says how many files it has already.
    """
    for position, remote in enumerate(files[:MOST_FILES], start=after):
        file = Attachment(
            new_id(),
            safe_name(remote.name, otherwise=default_name(remote.content_type)),
            FileState.AWAITED,
            now,
            message_id=message_id,
            comment_id=comment_id,
            position=position,
            channel=channel,
            source=remote.source,
            claimed_type=remote.content_type and remote.content_type.replace("\x00", ""),
            attached_at=now,
        )
        if await uow.attachments.add(file):  # else it is noted, and being fetched, already
            uow.emit(FileAwaited(file_id=file.id, at=now))
