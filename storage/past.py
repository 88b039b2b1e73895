"""Tickets with what led to how they stand, for trying out another playbook: streamed, the newest first."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from sqlalchemy import Integer, any_, bindparam, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from storage.database import Session
from storage.tables import activity, conversation, team, ticket
from storage.work.tickets import COLUMNS, ticket_of
from ticketing.playbook.rehearsal import KINDS, Past, Step

_PAGE = 1000  # tickets; and as many times the records of one

_TICKETS = (
    select(*COLUMNS, conversation.c.channel.label("on_channel"), team.c.name.label("team_name"))
    .join(conversation, conversation.c.id == ticket.c.conversation_id)
    .outerjoin(team, team.c.id == ticket.c.team_id)
    .where(ticket.c.discarded_at.is_(None))
    .order_by(ticket.c.number.desc())
    .limit(bindparam("last", type_=Integer))
)
_STEPS = (
    select(
        activity.c.stream_id,
        activity.c.kind,
        activity.c.actor_kind,
        activity.c.actor_id,
        activity.c.at,
        activity.c.after,
    )
    .where(
        activity.c.stream_kind == literal_column("'ticket'"),
        activity.c.stream_id == any_(bindparam("tickets", type_=ARRAY(Uuid))),
        or_(*(activity.c.kind == literal_column(f"'{kind}'") for kind in KINDS)),
    )
    .order_by(activity.c.stream_id, activity.c.seq)
)


async def past_tickets(session: Session, last: int) -> AsyncIterator[Sequence[Past]]:
    """The last so many, some at a time. Only inside a transaction; two statements, and one for each page."""
    async for page in session.pages(_TICKETS, {"last": last}, size=_PAGE):
        steps: dict[UUID, list[Step]] = {row.id: [] for row in page}
        for row in await session.execute(_STEPS, {"tickets": list(steps)}):
            steps[row.stream_id].append(Step(row.kind, row.actor_kind, row.actor_id, row.at, row.after))
        found = []
        for row in page:
            values = row.as_dict()
            channel, team_name = values.pop("on_channel"), values.pop("team_name")
            found.append(Past(ticket_of(values), steps[row.id], channel, team_name))
        yield found
