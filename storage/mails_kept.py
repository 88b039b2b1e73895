"""Mails as they are kept, for the page that shows a whole one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.types import Uuid

from core.errors import NotFound
from core.instants import Clock
from core.messages import Party
from storage.database import Database
from storage.files import shown_files
from storage.queries.files import with_files
from ticketing.attachments.links import GetLinks
from ticketing.mails.kept import KeptMail

_KEPT = with_files("""
    SELECT mail.event, message.at, mail.subject, mail.sender, mail.sender_name, mail.recipients, mail.copies,
        mail.verified, mail.proof, mail.automatic, coalesce(mail.whole, message.text) AS words,
        (SELECT jsonb_agg(:FILE ORDER BY attachment.position, attachment.id)
         FROM attachment WHERE attachment.message_id = message.id) AS files
    FROM mail JOIN message ON message.id = mail.message_id
    WHERE mail.message_id = :message
""").bindparams(bindparam("message", type_=Uuid))


class SqlMails:
    """Over the same connections as the use cases."""

    def __init__(self, database: Database, links: GetLinks, clock: Clock) -> None:
        self._database, self._links, self._clock = database, links, clock

    async def kept(self, message_id: UUID) -> KeptMail:
        """Raises NotFound."""
        async with self._database.single() as session:
            row = (await session.execute(_KEPT, {"message": message_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such mail.")
        return KeptMail(
            event=row.event,
            at=row.at,
            subject=row.subject,
            sender=Party(row.sender, row.sender_name),
            to=_parties(row.recipients),
            cc=_parties(row.copies),
            verified=row.verified,
            proof=row.proof,
            automatic=row.automatic,
            words=row.words,
            files=shown_files(row.files, await self._links(), self._clock()),
        )


def _parties(pairs: Sequence[Sequence[Any]]) -> tuple[Party, ...]:
    return tuple(Party(address, name) for address, name in pairs)
