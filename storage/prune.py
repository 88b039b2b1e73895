"""Forget what nobody needs any more, in batches that lock nothing for long. Run hourly by the clock; safe to repeat."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from ticketing.conversations.replying import FORGOTTEN_AFTER

KEEP_JOB_LOG = timedelta(days=2)  # but why a job is parked stays as long as it is
KEEP_FILED_EVENTS = timedelta(days=30)  # unreadable and unmatched ones stay until a person has looked
KEEP_APART = timedelta(days=90)  # mails set aside or of blocked senders: so long they can be looked for, and filed
KEEP_DIRECT_MESSAGES = timedelta(days=90)  # that they were told, not what they say
KEEP_DRAFTS = timedelta(days=1)  # suggested replies: their forms are long closed
KEEP_HAND_CALLS = timedelta(days=1)  # what was done is in the record
KEEP_MAIL_FLOW = timedelta(days=2)  # nobody counts further back than a day
BATCH = 5_000

_STATEMENTS = {
    "job_log": text("""
        DELETE FROM pgqueuer_log WHERE id IN (
            SELECT id FROM pgqueuer_log
            WHERE created < :job_log AND NOT EXISTS (
                SELECT FROM pgqueuer WHERE pgqueuer.id = pgqueuer_log.job_id AND pgqueuer.status = 'failed')
            ORDER BY created LIMIT :batch)
    """),
    "inbox": text("""
        DELETE FROM inbox WHERE id IN (
            SELECT id FROM inbox
            WHERE settled_at < :inbox AND outcome IN ('filed', 'ignored') AND channel <> ALL(:kept)
            ORDER BY settled_at LIMIT :batch)
    """),
    "replying": text("""
        DELETE FROM replying WHERE (conversation_id, person_id) IN (
            SELECT conversation_id, person_id FROM replying WHERE since < :replying ORDER BY since LIMIT :batch)
            AND since < :replying
    """),
    "direct_messages": text("""
        DELETE FROM direct_message WHERE id IN (
            SELECT id FROM direct_message
            WHERE settled_at < :direct_messages ORDER BY settled_at LIMIT :batch)
    """),
    "drafts": text("""
        DELETE FROM reply_draft WHERE id IN (
            SELECT id FROM reply_draft WHERE asked_at < :drafts ORDER BY asked_at LIMIT :batch)
    """),
    "hand_calls": text("""
        DELETE FROM hand_call WHERE id IN (
            SELECT id FROM hand_call WHERE asked_at < :hand_calls ORDER BY asked_at LIMIT :batch)
    """),
    "mail_flow": text("""
        DELETE FROM mail_flow WHERE (channel, address) IN (
            SELECT channel, address FROM mail_flow WHERE at < :mail_flow ORDER BY at LIMIT :batch)
            AND at < :mail_flow
    """),
    "job_starts": text("""
        DELETE FROM job_start WHERE job_id IN (
            SELECT job_id FROM job_start
            WHERE NOT EXISTS (SELECT FROM pgqueuer WHERE pgqueuer.id = job_start.job_id) LIMIT :batch)
    """),
}


async def prune(
    engine: AsyncEngine, *, now: datetime, kept: Collection[str] = (), batch: int = BATCH
) -> dict[str, int]:
    """How many rows of each kind went. `kept`: channels whose events are put away elsewhere (`put_away.py`)."""
    bounds = {
        "job_log": now - KEEP_JOB_LOG,
        "inbox": now - KEEP_FILED_EVENTS,
        "replying": now - FORGOTTEN_AFTER,
        "direct_messages": now - KEEP_DIRECT_MESSAGES,
        "drafts": now - KEEP_DRAFTS,
        "hand_calls": now - KEEP_HAND_CALLS,
        "mail_flow": now - KEEP_MAIL_FLOW,
    }
    gone = dict.fromkeys(_STATEMENTS, 0)
    for name, statement in _STATEMENTS.items():
        parameters: dict[str, object] = {"batch": batch} | ({name: bounds[name]} if name in bounds else {})
        if name == "inbox":
            parameters["kept"] = list(kept)
        while True:
            async with engine.begin() as connection:
                count = (await connection.execute(statement, parameters)).rowcount
            gone[name] += count
            if count < batch:
                break
    return gone
