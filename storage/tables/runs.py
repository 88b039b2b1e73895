"""Runs of the AI over tickets, step by step, and what they spent."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Numeric, PrimaryKeyConstraint, Table, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from storage.tables.metadata import instant, key, metadata, word

_OPEN = "state IN ('working', 'waiting_for_approval', 'waiting_for_customer', 'suggested')"

run = Table(
    "run",
    metadata,
    key(),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("customer_id", ForeignKey("customer.id"), nullable=False),  # the ticket's: it goes with it
    word("type"),
    Column("playbook", Integer, nullable=False),
    word("autonomy"),
    instant("begun_at"),
    word("state"),
    Column("version", Integer, nullable=False),
    Column("steps", Integer, nullable=False),
    word("recipe", nullable=True),
    word("action", nullable=True),
    Column("arguments", JSONB),
    Column("amount", Numeric),
    Column("approval_id", ForeignKey("approval.id")),
    word("asked_for", nullable=True),
    word("confirmed", nullable=True),
    Column("agreed", ForeignKey("person.id")),
    word("why"),
    instant("trying_since", nullable=True),
    instant("ended_at", nullable=True),
    Column("heard", Uuid),  # a `room_entry` or `message_revision`
    # One at a time.
    Index("uq_run_open", "ticket_id", unique=True, postgresql_where=text(_OPEN)),
    Index("ix_run_ticket", "ticket_id", "begun_at"),
    Index("ix_run_begun", "begun_at", "id"),  # the newest of all
    Index("ix_run_type", "type", "begun_at", "id"),  # … and of a type
    # Who looks for runs that hang reads what is open, however many there were.
    Index("ix_run_open", "state", "begun_at", postgresql_where=text(_OPEN)),
    Index("ix_run_ended", "ended_at", postgresql_where=text("ended_at IS NOT NULL")),
    Index("ix_run_waiting", "approval_id", postgresql_where=text("state = 'waiting_for_approval'")),
)

run_step = Table(
    "run_step",
    metadata,
    Column("run_id", ForeignKey("run.id"), nullable=False),
    Column("place", Integer, nullable=False),
    word("kind"),
    word("name"),
    instant("begun_at"),
    word("state"),
    Column("inputs", JSONB, nullable=False),
    Column("outputs", JSONB, nullable=False),
    word("outcome"),
    word("why"),
    word("key", nullable=True),
    instant("ended_at", nullable=True),
    Column("amount", Numeric),
    Column("customer_id", ForeignKey("customer.id")),  # of a write: whose caps it counts for
    PrimaryKeyConstraint("run_id", "place"),
    # What was done for a customer by itself, and may be under way: caps look back on it.
    Index(
        "ix_run_step_acts",
        "customer_id",
        "name",
        "begun_at",
        postgresql_where=text("kind = 'act' AND (state = 'begun' OR outcome IN ('done', 'unknown'))"),
    ),
    # Calls that may have happened: a person looks.
    Index("ix_run_step_unknown", "begun_at", postgresql_where=text("kind = 'act' AND outcome = 'unknown'")),
    # The same key is the same call.
    Index("uq_run_step_key", "key", unique=True, postgresql_where=text("key IS NOT NULL")),
)

# What the AI spent on a type in a month, so that asking costs the same whatever there was. It is written last of all in
# its transaction: every run of the type waits for this row.
run_spending = Table(
    "run_spending",
    metadata,
    word("type"),
    Column("month", Date, nullable=False),  # its first day, in UTC
    Column("runs", Integer, nullable=False),
    Column("amount", Numeric, nullable=False),
    PrimaryKeyConstraint("type", "month"),
    Index("ix_run_spending_month", "month"),
    postgresql_with={"fillfactor": "50"},  # each row changes often: room for its next versions beside it
)
