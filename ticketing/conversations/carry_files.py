"""Files that a reply carries: taken when it is written, looked at again when it leaves."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core.messages import Limits
from ticketing.attachments.attachment import Attachment, FileState
from ticketing.attachments.kinds import UNKNOWN
from ticketing.conversations.parts import FileRefused, GivenFile, require_taken
from ticketing.ports import UnitOfWork


async def take_files(file_ids: Sequence[UUID], *, uow: UnitOfWork, now: datetime) -> list[GivenFile]:
    """Files that were given (`attachments/give.py`), for a reply that is being written in this transaction.

    Raises NotFound, FileRefused: it could not be had.
    """
    given = []
    for file_id in dict.fromkeys(file_ids):
        file = await uow.attachments.lock(file_id)
        if (words := _hopeless(file)) is not None:
            raise FileRefused(words)
        given.append(_given(file))
    await uow.attachments.take([file.id for file in given], at=now)
    return given


def cannot_be_sent(file: Attachment, limits: Limits) -> str | None:
    """Why, in words, whatever was believed of it when the reply was written; None: it can."""
    if (words := _hopeless(file)) is not None:
        return words
    try:
        require_taken(_given(file), limits)
    except FileRefused as error:
        return error.message
    return None


def _hopeless(file: Attachment) -> str | None:
    if file.state in (FileState.AWAITED, FileState.STORED):
        return None
    return f"{file.name} cannot be sent. {file.why or ''}".strip()


def _given(file: Attachment) -> GivenFile:
    kind = file.content_type or (file.claimed_type or UNKNOWN).partition(";")[0].strip()
    return GivenFile(file.id, file.name, kind, file.size or 0)
