"""Everything the database holds after a run, read once."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import asyncpg

from storage.engine import plain_dsn

Row = Any  # asyncpg.Record

# Of a mail without the subject before its words, and whether it is a machine's.
_MESSAGES = """
    SELECT message.id, address, direction, delivery, key, error, triaged, message.at, conversation_id, author_id,
        CASE WHEN starts_with(text, head) THEN substr(text, length(head) + 1) ELSE text END AS text,
        mail.automatic IS NOT NULL AS automatic, conversation.channel
    FROM message JOIN conversation ON conversation.id = conversation_id
    LEFT JOIN mail ON mail.message_id = message.id
    CROSS JOIN LATERAL (SELECT regexp_replace(mail.subject, '^Re: ', '', 'i') || E'\n\n' AS head) AS subject
    ORDER BY message.at, message.id
"""
_TICKETS = """
    SELECT ticket.id, number, ticket.subject, address, reporter, status, priority, ticket.assignee_id, conversation_id,
        ticket.discarded_at, ticket.merged_into
    FROM ticket JOIN conversation ON conversation.id = conversation_id ORDER BY number
"""
_ENTRIES = """
    SELECT id, ticket_id, message_id, comment_id, moved_to, slack_ts, needs_showing,
        posting_since IS NOT NULL AS posting
    FROM room_entry ORDER BY ticket_id, at, id
"""
_CONVERSATIONS = "SELECT id, address, state, assignee_id FROM conversation"
_TRIAGED = "SELECT message_id, count(*) AS n FROM triage, unnest(message_ids) AS message_id GROUP BY 1"
_OUTCOMES = "SELECT coalesce(outcome, 'unsettled') AS outcome, count(*) AS n FROM inbox GROUP BY 1"
_ODD_EVENTS = """
    SELECT channel, outcome, key, url, body, received_at FROM inbox
    WHERE coalesce(outcome, 'unsettled') NOT IN ('filed', 'ignored') ORDER BY id LIMIT 20
"""
_MERGES = "SELECT survivor_id, absorbed_id, messages FROM ticket_merge WHERE undone_at IS NULL"
_SENDERS = "SELECT id, address FROM identity"
_TEAMS = "SELECT id, slack_channel FROM team"
_NOTICES = """
    SELECT email, mail FROM direct_message JOIN person ON person.id = person_id WHERE mail IS NOT NULL
"""
_RECORDS = "SELECT stream_kind, stream_id, kind, actor_id, before, after FROM activity ORDER BY stream_id, seq"


_FILES = "SELECT message_id, state, sha256, why FROM attachment WHERE message_id IS NOT NULL ORDER BY id"


_APPROVALS = """
    SELECT approval.id, approval.ticket_id, approval.target, approval.requested_by, approval.state, approval.because,
        ticket.status = approval.origin AND ticket.status_since = approval.since AS still_there
    FROM approval JOIN ticket ON ticket.id = approval.ticket_id ORDER BY approval.requested_at
"""


@dataclass(slots=True)
class Tables:
    messages: list[Row]
    tickets: list[Row]
    entries: list[Row]
    conversations: list[Row]
    comments: list[Row]
    people: dict[str, str]  # e-mail address -> id
    triaged: dict[object, int]
    outcomes: dict[str, int]
    odd_events: list[Row]  # that were not settled as they should be
    records: list[Row]
    files: list[Row]
    approvals: list[Row]
    decisions: list[Row]
    merges: list[Row]  # that are in force
    senders: dict[str, str]  # address -> id
    teams: dict[str, str]  # Slack's id of its channel -> id
    notices: list[Row]  # what colleagues were told by mail
    customers: int
    unfinished: int


@dataclass
class Ledger:
    tables: Tables

    @property
    def inbound(self) -> list[Row]:
        return [row for row in self.tables.messages if row["direction"] == "in"]

    @property
    def written(self) -> list[Row]:
        """Those of them that people wrote, not their mailboxes."""
        return [row for row in self.inbound if not row.get("automatic")]

    @property
    def outbound(self) -> list[Row]:
        return [row for row in self.tables.messages if row["direction"] == "out"]

    @property
    def replies(self) -> list[Row]:
        """Those that people wrote."""
        return [row for row in self.outbound if row["author_id"] is not None]

    @cached_property
    def blocked(self) -> frozenset[str]:
        """The addresses of senders that were ever blocked."""
        ever = {str(row["stream_id"]) for row in self.tables.records if row["kind"] == "sender.blocked"}
        return frozenset(address for address, sender in self.tables.senders.items() if sender in ever)

    @cached_property
    def inbound_of(self) -> dict[object, list[Row]]:
        """The customers' messages in each ticket's thread, but for what a merge brought there."""
        texts = {row["id"]: row for row in self.inbound}
        brought = {(row["survivor_id"], message) for row in self.tables.merges for message in row["messages"]}
        found: dict[object, list[Row]] = defaultdict(list)
        for entry in self.tables.entries:
            here = entry["moved_to"] is None and (entry["ticket_id"], entry["message_id"]) not in brought
            if here and entry["message_id"] in texts:
                found[entry["ticket_id"]].append(texts[entry["message_id"]])
        return found

    @cached_property
    def tickets_of(self) -> dict[str, list[Row]]:
        """Each address's tickets, oldest first."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.tables.tickets:
            found[row["address"]].append(row)
        return found


async def read(dsn: str) -> Ledger:
    connection = await asyncpg.connect(plain_dsn(dsn))
    try:
        return Ledger(
            Tables(
                messages=await connection.fetch(_MESSAGES),
                tickets=await connection.fetch(_TICKETS),
                entries=await connection.fetch(_ENTRIES),
                conversations=await connection.fetch(_CONVERSATIONS),
                comments=await connection.fetch("SELECT id, ticket_id, text, deleted_at FROM comment"),
                people={row["email"]: str(row["id"]) for row in await connection.fetch("SELECT id, email FROM person")},
                triaged={row["message_id"]: row["n"] for row in await connection.fetch(_TRIAGED)},
                outcomes={row["outcome"]: row["n"] for row in await connection.fetch(_OUTCOMES)},
                odd_events=await connection.fetch(_ODD_EVENTS),
                records=await connection.fetch(_RECORDS),
                files=await connection.fetch(_FILES),
                approvals=await connection.fetch(_APPROVALS),
                decisions=await connection.fetch("SELECT approval_id, person_id, verdict FROM approval_decision"),
                merges=await connection.fetch(_MERGES),
                senders={row["address"]: str(row["id"]) for row in await connection.fetch(_SENDERS)},
                teams={row["slack_channel"]: str(row["id"]) for row in await connection.fetch(_TEAMS)},
                notices=await connection.fetch(_NOTICES),
                customers=await connection.fetchval("SELECT count(*) FROM customer"),
                unfinished=await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE status <> 'failed'"),
            )
        )
    finally:
        await connection.close()
