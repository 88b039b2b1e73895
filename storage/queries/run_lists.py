"""Runs of the AI in lists: the newest, and those that can be held against what people did."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.types import DateTime, Integer, Text

from core.errors import NotFound
from storage.database import Session
from storage.queries.runs import shown_runs
from storage.work.runs import run_of
from ticketing.playbook.playbook import Playbook
from ticketing.resolution.score import Held
from ticketing.resolution.shown import ShownRun

MOST = 100


@dataclass(frozen=True, slots=True)
class ListedRun:
    """One line of a list."""

    id: UUID
    ticket: int
    type: str
    recipe: str | None
    action: str | None
    amount: Decimal | None
    autonomy: str
    state: str
    begun_at: datetime
    ended_at: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class RunStory:
    """One run with its ticket."""

    run: ShownRun
    ticket: int
    subject: str
    type: str
    playbook: int


_LISTED = """
    SELECT run.id, ticket.number AS ticket, run.type, run.recipe, run.action, run.amount, run.autonomy, run.state,
        run.begun_at, run.ended_at, run.why
    FROM run JOIN ticket ON ticket.id = run.ticket_id
"""
_LAST = " ORDER BY run.begun_at DESC, run.id DESC LIMIT :most"
_NEWEST = text(_LISTED + _LAST).bindparams(bindparam("most", type_=Integer))
_OF_TYPE = text(_LISTED + " WHERE run.type = :type" + _LAST).bindparams(
    bindparam("type", type_=Text), bindparam("most", type_=Integer)
)
# Each state is one stretch of its index.
_OPEN = text(
    _LISTED
    + " WHERE run.state IN ('working', 'waiting_for_approval', 'waiting_for_customer', 'suggested')"
    + " ORDER BY run.begun_at LIMIT :most"
).bindparams(bindparam("most", type_=Integer))
_NEWEST_OF = text("""
    SELECT run.id FROM run JOIN ticket ON ticket.id = run.ticket_id
    WHERE ticket.number = :number ORDER BY run.begun_at DESC LIMIT 1
""").bindparams(bindparam("number", type_=Integer))
_WHOSE = text("""
    SELECT ticket.number, ticket.subject, run.type, run.playbook
    FROM run JOIN ticket ON ticket.id = run.ticket_id WHERE run.id = :run
""")
PAST = text("""
    SELECT run.*, ticket.fields AS ticket_fields, ticket.discarded_at IS NOT NULL AS is_discarded,
        ticket.status_category IN ('resolved', 'closed') AS is_settled, ticket.created_at AS opened_at,
        ticket.resolved_at AS settled_at, decided.outcome AS ruling
    FROM (SELECT * FROM run WHERE begun_at >= :since ORDER BY begun_at DESC LIMIT :most) AS run
    JOIN ticket ON ticket.id = run.ticket_id
    LEFT JOIN LATERAL (
        SELECT outcome FROM run_step
        WHERE run_step.run_id = run.id AND kind = 'decide' ORDER BY place DESC LIMIT 1
    ) AS decided ON true
    WHERE run.autonomy IN ('shadow', 'suggest')
""").bindparams(bindparam("since", type_=DateTime(timezone=True)), bindparam("most", type_=Integer))


async def listed(session: Session, *, of_type: str | None = None, is_open: bool = False) -> Sequence[ListedRun]:
    """The newest first; those that are open, the oldest first. No more than a hundred."""
    if is_open:
        rows = await session.execute(_OPEN, {"most": MOST})
        return [each for row in rows if (each := ListedRun(*row)).type == of_type or of_type is None]
    if of_type is not None:
        return [ListedRun(*row) for row in await session.execute(_OF_TYPE, {"type": of_type, "most": MOST})]
    return [ListedRun(*row) for row in await session.execute(_NEWEST, {"most": MOST})]


async def newest_of(session: Session, number: int) -> UUID:
    """The newest run over the ticket of this number. Raises NotFound."""
    found: UUID | None = (await session.execute(_NEWEST_OF, {"number": number})).scalar()
    if found is None:
        raise NotFound(f"The AI has never worked on ticket #{number}: see `threadline runs list`.")
    return found


async def story(session: Session, run_id: UUID, playbook: Playbook) -> RunStory:
    """Raises NotFound."""
    row = (await session.execute(_WHOSE, {"run": run_id})).one_or_none()
    if row is None:
        raise NotFound("There is no such run: see `threadline runs list`.")
    shown = (await shown_runs(session, [run_id], playbook))[run_id]
    return RunStory(shown, row.number, row.subject, row.type, row.playbook)


async def past(session: Session, *, since: datetime, most: int) -> AsyncIterator[Held]:
    """Of the newest runs since then, those in the shadow and those that suggested. Only inside a transaction."""
    async for page in session.pages(PAST, {"since": since, "most": most}):
        for row in page:
            took = row.settled_at - row.opened_at if row.settled_at is not None else None
            yield Held(run_of(row), row.ruling, row.ticket_fields, row.is_settled, row.is_discarded, took)
