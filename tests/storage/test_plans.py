"""The hot questions read an index, whatever the tables have grown to: 10,000 rows here, and the planner as it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, timedelta
from decimal import Decimal
from hashlib import md5
from typing import Any
from uuid import UUID

import asyncpg
from obstore.store import MemoryStore
from sqlalchemy.ext.asyncio import AsyncEngine

from core.messages import Delivery, Letter, Party, SentCopy
from sla.calendar import ALWAYS_OPEN
from storage.blobs.store import BlobStore
from storage.blobs.unused import UnusedFiles
from storage.checkpoints import RECORDS, Checkpoints
from storage.customers import SqlCustomers
from storage.database import Database, Session, understand_json
from storage.digests import SqlDigests
from storage.direct_messages import SqlDirectMessages
from storage.engine import plain_dsn
from storage.finding import SqlFinding
from storage.home_reading import approvals_for, conversations_for, more_at_risk, tickets_for
from storage.homes import SqlHomes
from storage.light_cards import SqlLightCards
from storage.lists.conditions import conditions_of
from storage.past_runs import NEWEST, NEWEST_OF_TYPE, count_past_runs, past_runs
from storage.pictures import SqlPictures
from storage.playbooks import Playbooks
from storage.queries import run_lists
from storage.queries.approvals import shown_approvals
from storage.queries.finding import STANDING
from storage.queries.runs import evidence_of, shown_runs
from storage.queries.set_aside import SET_ASIDE
from storage.queries.trouble import trouble
from storage.repairs import light_card_repairs
from storage.rooms import SqlRooms
from storage.secrets import SharedLinks
from storage.work.activity import Activity
from storage.work.approvals import Approvals
from storage.work.attachments import Attachments
from storage.work.autonomy import Levels
from storage.work.choices import Choices
from storage.work.conversations import Conversations
from storage.work.corrections import Corrections
from storage.work.customers import Customers
from storage.work.direct_messages import DirectMessages
from storage.work.drafts import Drafts
from storage.work.escalations import Escalations
from storage.work.fields import Fields
from storage.work.grounds import Grounds
from storage.work.hand_calls import HandCalls
from storage.work.inbox import Inbox
from storage.work.links import Links
from storage.work.mails import Mails
from storage.work.merges import Merges
from storage.work.messages import Messages
from storage.work.offers import Offers
from storage.work.people import People
from storage.work.preferences import AllPreferences
from storage.work.replying import Replying
from storage.work.room import Room
from storage.work.runs import Runs
from storage.work.senders import Senders
from storage.work.service_levels import ServiceLevels
from storage.work.suppressions import Suppressions
from storage.work.surveys import Surveys
from storage.work.tickets import Tickets
from storage.work.triages import Triages
from storage.work.watchers import Watchers
from tests.factories import NOW, RULES, a_record, an_inbound
from tests.playbooks import PLAIN
from threadline import OutcomeKind
from ticketing.activity.record import Stream
from ticketing.collaboration.link import Link, LinkKind
from ticketing.conversations.conversation import Direction, Message, Revision
from ticketing.digests.numbers import Scope
from ticketing.direct_messages.direct_message import Kind
from ticketing.direct_messages.shown import MailState
from ticketing.people.person import Person, Role
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.ports import Earlier, Spent
from ticketing.tickets.card import Run
from ticketing.tickets.listing import escalated
from ticketing.tickets.search import read_query
from ticketing.triage.suggestion import Sentiment

_GROWN = """
    INSERT INTO customer (id, name, created_at)
        SELECT md5('c' || i)::uuid, 'Customer', now() FROM generate_series(1, $rows) AS i;
    INSERT INTO identity (id, customer_id, channel, address, phone)
        SELECT md5('i' || i)::uuid, md5('c' || i)::uuid, 'fake', '+49' || i, '+49' || i
        FROM generate_series(1, $rows) AS i;
    INSERT INTO customer_merge (id, survivor_id, absorbed_id, reason, by_name, at, identities, conversations, tickets,
                                before, filled)
        SELECT md5('y' || i)::uuid, md5('c' || i)::uuid, md5('c' || i)::uuid, 'agent', 'Mia', now(), '{}', '{}', '{}',
               '{}', '{}'
        FROM generate_series(1, $rows) AS i;
    INSERT INTO conversation (id, customer_id, channel, account, address, state, version, created_at)
        SELECT md5('v' || i)::uuid, md5('c' || i)::uuid, 'fake', '+1', '+49' || i, 'open', 1, now()
        FROM generate_series(1, $rows) AS i;
    INSERT INTO message (id, conversation_id, direction, text, at, delivery, key, triaged)
        SELECT md5('m' || i)::uuid, md5('v' || i)::uuid, 'in', 'Hello', now(), 'delivered', 'fake:' || i, true
        FROM generate_series(1, $rows) AS i;
    INSERT INTO message_revision (id, message_id, at, text)
        SELECT md5('e' || i)::uuid, md5('m' || i)::uuid, now(), 'Hallo' FROM generate_series(1, $rows) AS i;
    INSERT INTO ticket (id, number, conversation_id, customer_id, type, category, subject, description, status,
                        priority, reporter, created_at, updated_at, resolved_at, version, status_category, status_since)
        SELECT md5('t' || i)::uuid, i, md5('v' || i)::uuid, md5('c' || i)::uuid, 'return', 'damaged', 'A mug', '',
               'closed', 'normal', 'ai', now(), now(), now(), 1, 'closed', now()
        FROM generate_series(1, $rows) AS i;
    INSERT INTO ticket_card (ticket_id, channel, ts, again)
        SELECT md5('t' || i)::uuid, 'C1', i::text, false FROM generate_series(1, $rows) AS i;
    INSERT INTO conversation_card (conversation_id, channel, ts, again)
        SELECT md5('v' || i)::uuid, 'C1', i::text, false FROM generate_series(1, $rows) AS i;
    INSERT INTO room_entry (id, ticket_id, message_id, concerns, at, needs_showing)
        SELECT md5('r' || i)::uuid, md5('t' || i)::uuid, md5('m' || i)::uuid, true, now(), false
        FROM generate_series(1, $rows) AS i;
    INSERT INTO activity_head (stream_kind, stream_id, seq, hash, pending)
        SELECT 'ticket', md5('t' || i)::uuid, 1, '', i = 77 FROM generate_series(1, $rows) AS i;
    INSERT INTO activity (id, stream_kind, stream_id, seq, kind, actor_kind, actor_name, at, before, after, previous,
                          hash)
        SELECT md5('h' || i)::uuid, 'ticket', md5('t' || i)::uuid, 1, 'ticket.opened', 'ai', 'AI', now(), '{}', '{}',
               '', ''
        FROM generate_series(1, $rows) AS i;
    INSERT INTO checkpoint_head (stream_kind, stream_id, number, place, seq, hash)
        SELECT 'ticket', md5('t' || i)::uuid, 1, i, 1, '' FROM generate_series(1, $rows) AS i;
    INSERT INTO person (id, name, email, role) VALUES (md5('p1')::uuid, 'Mia', 'mia@example.com', 'agent');
    INSERT INTO comment (id, ticket_id, author_id, text, at)
        SELECT md5('k' || i)::uuid, md5('t' || i)::uuid, md5('p1')::uuid, 'Ask Ben', now()
        FROM generate_series(1, $rows) AS i;
    INSERT INTO field_source (ticket_id, field, source, message_id, filled_at)
        SELECT md5('t' || i)::uuid, 'order', 'entity', md5('m' || i)::uuid, now() FROM generate_series(1, $rows) AS i;
    INSERT INTO triage (id, conversation_id, message_ids, suggestion, verdict, took_ms, at)
        SELECT md5('g' || i)::uuid, md5('v' || i)::uuid, '{}', '{}', '', 1, now() FROM generate_series(1, $rows) AS i;
    INSERT INTO ai_context (id, ticket_id, triage_id, trigger, intent, confidence, sentiment, summary, why, entities,
                            at)
        SELECT md5('x' || i)::uuid, md5('t' || i)::uuid, md5('g' || i)::uuid, 'triage', 'refund', 0.9, 'neutral', '',
               '', '[]', now()
        FROM generate_series(1, $rows) AS i;
    INSERT INTO escalation (id, ticket_id, at, trigger, because, notify, brief)
        SELECT md5('e' || i)::uuid, md5('t' || i)::uuid, now(), 'rule', '{late}', '{}',
               '{"wants": "", "lately": "", "done": [], "missing": [], "suggested": ""}'
        FROM generate_series(1, $rows) AS i;
    INSERT INTO escalation_rule (ticket_id, rule, escalation_id)
        SELECT md5('t' || i)::uuid, 'late', md5('e' || i)::uuid FROM generate_series(1, $rows) AS i;
    INSERT INTO escalation_watch (ticket_id, look_at)
        SELECT md5('t' || i)::uuid, now() + i * interval '1 minute' FROM generate_series(1, $rows) AS i;
    INSERT INTO correction (id, kind, conversation_id, ticket_id, message_ids, said, "right", by_id, by_name, at)
        SELECT md5('o' || i)::uuid, 'retyped', md5('v' || i)::uuid, md5('t' || i)::uuid, '{}', '{}', '{}',
               md5('p1')::uuid, 'Mia', now()
        FROM generate_series(1, $rows) AS i;
    INSERT INTO ticket_watcher (id, ticket_id, person_id, because, since)
        SELECT md5('w' || i)::uuid, md5('t' || i)::uuid, md5('p1')::uuid, 'own', now()
        FROM generate_series(1, $rows) AS i;
    INSERT INTO preference (person_id, silenced, digest, digest_at, by_mail)
        VALUES (md5('p1')::uuid, '{}', true, '09:00', 'outside_slack');
    INSERT INTO direct_message (id, person_id, kind, key, ticket_id, about_id, since, state, settled_at, due_at)
        SELECT md5('n' || i)::uuid, md5('p1')::uuid, 'watched', i::text, md5('t' || i)::uuid, md5('k' || i)::uuid,
               now(), CASE WHEN i = 77 THEN 'owed' ELSE 'told' END, CASE WHEN i = 77 THEN NULL ELSE now() END,
               CASE WHEN i = 77 THEN now() END
        FROM generate_series(1, $rows) AS i;
    INSERT INTO ticket_merge (id, survivor_id, absorbed_id, by_id, by_name, at, messages, comments, watchers, tags)
        SELECT md5('z' || i)::uuid, md5('t' || i)::uuid, md5('t' || (i + 1))::uuid, md5('p1')::uuid, 'Mia', now(), '{}',
               '{}', '{}', '{}'
        FROM generate_series(1, $rows - 1) AS i WHERE i % 2 = 0;
    INSERT INTO ticket_link (id, kind, origin_id, target_id, by_name, at)
        SELECT md5('l' || i)::uuid, 'parent_of', md5('t' || (i + 1) / 2)::uuid, md5('t' || i)::uuid, 'Mia', now()
        FROM generate_series(2, $rows) AS i;
    INSERT INTO survey (id, ticket_id, conversation_id, customer_id, channel, resolved_at, due_at, state, asked_at)
        SELECT md5('s' || i)::uuid, md5('t' || i)::uuid, md5('v' || i)::uuid, md5('c' || i)::uuid, 'fake', now(), now(),
               'asked', now()
        FROM generate_series(1, $rows) AS i;
    INSERT INTO approval (id, ticket_id, rule, label, origin, since, target, requester_kind, requester, requested_at,
                          why, note, evidence, fingerprint, playbook, quorum, asked, expires_at, escalated, state, used)
        SELECT md5('a' || i)::uuid, md5('t' || i)::uuid, 'refund', 'Refund', 'open', now(), 'done', 'agent', 'Mia',
               now(), '', '', '{}', i::text, 1, 1, '{}', now(), false,
               CASE WHEN i % 100 = 77 THEN 'waiting' ELSE 'used' END, '{}'
        FROM generate_series(1, $rows) AS i;
    INSERT INTO run (id, ticket_id, conversation_id, customer_id, type, playbook, autonomy, begun_at, state, version,
                     steps, approval_id, why)
        SELECT md5('run' || i)::uuid, md5('t' || i)::uuid, md5('v' || i)::uuid, md5('c' || i)::uuid, 'return', 1,
               'act_alone', now(), CASE WHEN i % 100 = 77 THEN 'waiting_for_approval' ELSE 'done' END, 1, 2,
               md5('a' || i)::uuid, ''
        FROM generate_series(1, $rows) AS i;
    INSERT INTO run_step (run_id, place, kind, name, begun_at, state, inputs, outputs, outcome, why, key, amount,
                          customer_id)
        SELECT md5('run' || i)::uuid, place, CASE WHEN place = 1 THEN 'act' ELSE 'propose' END, 'issue_refund', now(),
               'done', '{}', '{}', 'done', '', CASE WHEN place = 1 THEN i::text END, 89,
               CASE WHEN place = 1 THEN md5('c' || i)::uuid END
        FROM generate_series(1, $rows) AS i, generate_series(0, 1) AS place;
    INSERT INTO autonomy_move (id, type, place, at, was, level, how, why, "right", judged, over, precision, cases)
        SELECT md5('level' || i)::uuid, 'return', i, now(), 'shadow', 'suggest', 'rose', '', 1, 1, 1, 1, '[]'
        FROM generate_series(1, $rows) AS i;
    INSERT INTO autonomy_case (run_id, type, place, level, at, sign)
        SELECT md5('run' || i)::uuid, 'return', 1, 'shadow', now(), 'same' FROM generate_series(1, $rows) AS i;
    INSERT INTO run_spending (type, month, runs, amount)
        SELECT i::text, '2026-11-01', 1, 89 FROM generate_series(1, $rows) AS i;
    INSERT INTO model_call (id, run_id, purpose, brain, model, input_tokens, output_tokens, cache_write_tokens,
                            cache_read_tokens, cost, took_ms, outcome, at)
        SELECT md5('mc' || i)::uuid, md5('run' || i)::uuid, 'propose', 'claude', 'sonnet', 1, 1, 1, 1, 4000, 1, 'ok',
               now()
        FROM generate_series(1, $rows) AS i;
    INSERT INTO approval_decision (approval_id, person_id, name, authority_id, verdict, reason, at)
        SELECT md5('a' || i)::uuid, md5('p1')::uuid, 'Mia', md5('p1')::uuid, 'approve', '', now()
        FROM generate_series(1, $rows) AS i;
    INSERT INTO room_entry (id, ticket_id, approval_id, is_outcome, concerns, at, needs_showing)
        SELECT md5('ra' || i)::uuid, md5('t' || i)::uuid, md5('a' || i)::uuid, false, true, now(), false
        FROM generate_series(1, $rows) AS i;
    INSERT INTO service_level (ticket_id, policy, playbook, priority, ai_responds, clocks, next_event_at, at_risk_at,
                               due_at)
        SELECT md5('t' || i)::uuid, 'standard', 1, 'normal', true, '{}', now() + i * interval '1 minute',
               now() + i * interval '1 minute', now() + i * interval '1 minute'
        FROM generate_series(1, $rows) AS i WHERE i <> 76;
    INSERT INTO offer (id, ticket_id, conversation_id, status, entered_at, accepted, declined, message_id, made_at)
        SELECT md5('u' || i)::uuid, md5('t' || i)::uuid, md5('v' || i)::uuid, 'closed', now(), 'done', 'open',
               md5('m' || i)::uuid, now()
        FROM generate_series(1, $rows) AS i;
    INSERT INTO reply_draft (id, ticket_id, person_id, asked_at, form)
        SELECT md5('q' || i)::uuid, md5('t' || i)::uuid, md5('p1')::uuid, now(), '{}'
        FROM generate_series(1, $rows) AS i;
    INSERT INTO hand_call (id, ticket_id, person_id, action, arguments, asked_at, form, words)
        SELECT md5('h' || i)::uuid, md5('t' || i)::uuid, md5('p1')::uuid, 'lookup_order', '{}', now(), '{}', ''
        FROM generate_series(1, $rows) AS i;
    INSERT INTO hand_act (call_id, ticket_id, customer_id, action, begun_at, amount, currency)
        SELECT md5('h' || i)::uuid, md5('t' || i)::uuid, md5('c' || i)::uuid, 'issue_refund', now(), 1, 'USD'
        FROM generate_series(1, $rows) AS i;
    INSERT INTO replying (conversation_id, person_id, since)
        SELECT md5('v' || i)::uuid, md5('p1')::uuid, now() FROM generate_series(1, $rows) AS i;
    INSERT INTO attachment (id, message_id, position, name, state, sha256, has_thumbnail, created_at, attached_at)
        SELECT md5('f' || i)::uuid, md5('m' || i)::uuid, 0, 'photo.jpg', 'stored', i::text, true, now(), now()
        FROM generate_series(1, $rows) AS i;
    INSERT INTO attachment (id, position, name, state, sha256, has_thumbnail, created_at)
        VALUES (md5('unused')::uuid, 0, 'photo.jpg', 'stored', 'unused', true, now());
    INSERT INTO slack_picture (attachment_id, slack_file, state, refusals, sent_at)
        SELECT md5('f' || i)::uuid, 'F' || i, 'ready', 0, now() FROM generate_series(1, $rows) AS i;
    INSERT INTO mail (message_id, event, mail_id, refs, subject, sender, recipients, copies, verified, proof)
        SELECT md5('m' || i)::uuid, i::text, i || '@x', '{}', 'A mug', 'eve' || i || '@x', '[]', '[["ann@x", null]]',
               true, ''
        FROM generate_series(1, $rows) AS i;
    INSERT INTO suppression (channel, address, why, since, message_id)
        SELECT 'fake', 'max' || i || '@home.example', 'no such user', now(), md5('m' || i)::uuid
        FROM generate_series(1, $rows) AS i;
    INSERT INTO mail_flow (channel, address, heard, answered, at)
        SELECT 'fake', 'max' || i || '@home.example', '{}', '{}', now() FROM generate_series(1, $rows) AS i;
    INSERT INTO participant (conversation_id, address, since)
        SELECT md5('v' || i)::uuid, 'eve@x', now() FROM generate_series(1, $rows) AS i;
    INSERT INTO possible_match (conversation_id, target_id, why, at)
        SELECT md5('v' || i)::uuid, md5('v' || (i - 1))::uuid, '', now() FROM generate_series(2, $rows) AS i;
    INSERT INTO inbox (channel, key, url, body, received_at, outcome, settled_at)
        SELECT 'fake', i::text, '', '', now(), 'filed', now() FROM generate_series(1, $rows) AS i;
    ANALYZE;
"""


def grown(rows: int) -> str:
    """Statements that give every table so many rows."""
    return _GROWN.replace("$rows", str(rows))


A_RUN = Run("1")


def _id(kind: str, number: int = 77) -> UUID:
    return UUID(bytes=md5(f"{kind}{number}".encode(), usedforsecurity=False).digest())


async def _plan_of(raw: asyncpg.Connection, query: str, values: int) -> dict[str, Any]:
    """The plan that serves whatever the values are, which is the one we have PostgreSQL make."""
    await raw.execute(f"SET plan_cache_mode = force_generic_plan; PREPARE asked AS {query}")
    nothing = f"({', '.join(['NULL'] * values)})" if values else ""
    plan = await raw.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked{nothing}")
    await raw.execute("DEALLOCATE asked")
    return dict(plan[0]["Plan"])


def _scanned(node: dict[str, Any]) -> set[str]:
    """The tables that this plan reads from one end to the other."""
    here = {node["Relation Name"]} if node["Node Type"] == "Seq Scan" else set()
    return here.union(*(_scanned(below) for below in node.get("Plans", [])))


# A desk has a handful of them.
SMALL = {
    "playbook_version",
    "team",
    "person",
    "preference",
    "team_member",
    "delegation",
    "switch",
    "slack_user",
    "slack_home",
}


class OneSession(Database):
    """Hands the same session to everybody, so that what they ask can be listened to."""

    def __init__(self, session: Session) -> None:
        super().__init__("")
        self._session = session

    @asynccontextmanager
    async def single(self) -> AsyncIterator[Session]:
        yield self._session

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        yield self._session
        await self._session.catch_up()


async def _ask_about_mails(session: Session) -> None:
    mails = Mails(session)
    eve = Party("eve@x")
    letter = Letter(None, "", eve, "77", conversation=_id("v"), ours=(_id("m"),), references=("78@x",), number=79)
    assert len(await mails.candidates(letter, "fake")) == 3
    await mails.take_part(_id("v"), [eve], at=NOW)
    await mails.takes_part(_id("v"), eve.address)
    await mails.got(_id("v"), eve.address, "78@x", since=NOW - timedelta(days=9))
    new = Message(_id("new"), _id("v"), Direction.INBOUND, "Hello", NOW, Delivery.DELIVERED)
    assert await Messages(session).add(new)
    assert (await mails.add(new.id, letter, channel="fake", at=NOW)).mails == 1
    assert await mails.answer_by_machine("fake", "max77@home.example", at=NOW)
    suppressions = Suppressions(session)
    assert await suppressions.of("fake", ["max77@home.example", "eve@elsewhere.example"])
    await suppressions.lift("fake", "max78@home.example")
    await mails.thread_end(_id("v"), before=_id("m", 78))
    assert await mails.match(_id("v")) is not None
    await mails.decide_match(_id("v"), same=True, by="Mia", at=NOW)
    await mails.join(_id("v"), _id("v", 78), at=NOW)
    await mails.aim_anew(_id("v"), _id("v", 78))
    await Messages(session).mark_all_triaged(_id("v"))


async def _ask_what_is_told(session: Session, rooms: SqlRooms) -> None:
    planned = DirectMessages(session)
    await planned.owe_watchers(
        _id("t", 78), since=NOW + timedelta(days=9999), due=NOW, apart=timedelta(days=1), most=100
    )
    await planned.assignment(_id("t"))
    await planned.due(NOW + timedelta(days=9999), most=100)
    await planned.queue(_id("n"), now=NOW + timedelta(days=9999))
    preferences = AllPreferences(session)
    await preferences.lock(_id("p", 1))
    await preferences.due_digests(NOW, most=100)
    await preferences.lock_digest(_id("p", 1))
    homes = SqlHomes(OneSession(session), Playbooks())
    digests = SqlDigests(OneSession(session), Playbooks(), homes, hours=ALWAYS_OPEN, zone=UTC)
    far = NOW + timedelta(days=999)
    await digests.numbers(Scope(), [(far.date(), far, far + timedelta(days=1))])
    await digests.numbers(Scope(person=_id("p", 1)), [(far.date(), far, far + timedelta(days=1))])
    messages = SqlDirectMessages(OneSession(session), Playbooks(), rooms)
    owed = await messages.owed(_id("n"))
    assert owed is not None
    for kind in (Kind.ASSIGNED, Kind.MENTIONED, Kind.WATCHED, Kind.APPROVAL):
        await messages.told(replace(owed, kind=kind))
    assert await messages.mailing(owed.id) is not None
    assert await planned.begin_mail(owed.id, job="a job")
    await planned.put_mail_back(owed.id, job="a job")
    await planned.end_mail(owed.id, MailState.DROPPED, why="settled", job=None)
    await messages.requests(_id("t", 78), most=100)
    await messages.over(owed.id)
    await messages.begin(owed.id, run=owed.id, seen=None, now=NOW)
    await messages.not_posted(owed.id, run=owed.id)
    await messages.was_told(owed.id, channel="D1", ts="1", now=NOW)
    await messages.drop(owed.id, "settled", now=NOW)
    await planned.miss_in_slack(owed.id, now=NOW)
    await planned.told_by_mail(owed.id, now=NOW)


async def _ask_about_runs(session: Session) -> None:
    runs = Runs(session)
    waits = await runs.waiting_for(_id("a"))
    assert waits is not None
    assert await runs.open_of(_id("t")) == await runs.newest_of(_id("t")) == waits
    first, act = await runs.steps(waits.id)
    await runs.save(await runs.get(waits.id), [first, act])
    earlier = await runs.earlier(_id("c"), "issue_refund", since=NOW - timedelta(days=9999), but=_id("run", 78))
    assert earlier == Earlier(2, Decimal(90), frozenset({"", "USD"}))
    spent = await runs.spent("77", _id("t"), at=NOW)
    assert spent == Spent(1, Decimal(89), 1, Decimal("0.004"))
    runs.spend("77", at=NOW, runs=1)
    await runs.keep_spending()
    assert await shown_runs(session, [waits.id], PLAIN)
    assert await evidence_of(session, [_id("a")], PLAIN) == {}  # no verdict came before it
    assert len(await run_lists.listed(session)) == len(await run_lists.listed(session, of_type="return")) == 100
    assert len(await run_lists.listed(session, is_open=True)) == 100
    assert (await run_lists.story(session, await run_lists.newest_of(session, 77), PLAIN)).ticket == 77
    await session.execute(run_lists.PAST, {"since": NOW - timedelta(days=9999), "most": 100})
    for statement, kind in ((NEWEST, None), (NEWEST_OF_TYPE, "return")):
        assert await count_past_runs(session, 5, kind=kind) == 5
        await session.execute(statement, {"last": 5} | ({"kind": kind} if kind else {}))  # a cursor's is not heard
        async with session.transaction():
            assert [len(page) async for page in past_runs(session, 5, kind=kind)] == [5]


async def _ask_about_levels(session: Session) -> None:
    levels = Levels(session)
    (newest,) = await levels.of("return", most=1)
    assert newest == await levels.newest("return") == await levels.get(newest.id)
    assert len(await levels.afterwards(_id("t"))) == 1
    case = await levels.case(_id("run"))
    assert case is not None
    await levels.keep(case)
    for most in (5, 500):
        far = NOW + timedelta(days=9999)
        assert len(await levels.cases("return", place=1, level=Autonomy.SHADOW, at=far, most=most)) == most


async def _ask_about_escalations(escalations: Escalations, tickets: Tickets, session: Session) -> None:
    await escalations.watched(_id("t"))
    await escalations.watch(_id("t"), None)
    await escalations.due(NOW, most=100)
    await escalations.end(_id("t"), ["late"])
    await escalations.course(_id("t"))
    await Grounds(session).of(_id("t"))
    await escalations.brief_anew(_id("t"), (await escalations.get(_id("e"))).brief)
    await tickets.heard(Sentiment.UPSET, of=[_id("t")], exchanged=[_id("t")])
    await tickets.count_open(_id("v"), _id("c"))
    await People(session).of_team(None, most=100)
    await session.ask(conditions_of(escalated()).rest[0].among)


async def _ask_everything(session: Session) -> None:
    """Every question that is asked again for each message, reply, click or card."""
    tickets, messages = Tickets(session), Messages(session)
    await _ask_about_escalations(Escalations(session), tickets, session)
    conversations, rooms = Conversations(session), SqlRooms(OneSession(session), Playbooks())
    lights = SqlLightCards(OneSession(session), sure_enough=RULES.sure_enough)
    await conversations.open_for(an_inbound(account="+1", sender="+4977"), at=NOW)
    await conversations.get(_id("v"))
    await conversations.lock(_id("v"))
    await conversations.lock_all_of("fake", "+4977")
    await conversations.lock_at("fake", "+1", "+4977")
    await conversations.lock_waiting_with(_id("p", 1))
    await conversations.move(await conversations.get(_id("v", 78)), "+49")
    await Senders(session).move("fake", "+4978", "+49")
    await Senders(session).is_blocked("fake", "+4977")
    await Senders(session).meet("fake", "eve77@x", at=NOW)
    customers = Customers(session)
    await customers.sender("fake", "+4977")
    await customers.holders("+4977")
    (someone,) = await customers.lock([_id("c")])
    await customers.save(someone)
    await customers.identities(_id("c"))
    await customers.count_belongings(_id("c"))
    await customers.move(await customers.belongings(_id("c")), _id("c"))
    await customers.belongings(_id("c"), [_id("i")])
    await customers.merge_under(_id("c"))
    await customers.shown(_id("c"), most=10)
    await customers.owners([("fake", "+4977"), ("whatsapp", "+4978")])
    readers = SqlCustomers(OneSession(session), Playbooks())
    await readers.profile(_id("c"), now=NOW)
    await readers.of_conversation(_id("v"))
    await readers.page()
    await readers.search("+4977")
    await readers.search("#77")
    await readers.search("Clara Meier")
    finding = SqlFinding(
        OneSession(session), Playbooks(), links=SharedLinks(OneSession(session), "https://desk.example", "a key")
    )
    await finding.conversations([_id("c"), _id("c", 78)])
    await finding.conversation(_id("v"))
    assert await finding.place(77) == ("C1", "77")
    await session.execute(STANDING, {"tickets": [_id("t"), _id("t", 78)]})  # of what lists and search have found
    await Inbox(session).release_blocked("fake", "+4977")
    await Inbox(session).release_set_aside(77)
    await session.execute(SET_ASIDE, {"channel": "email", "most": 10, "head": 100})
    await conversations.due(NOW, most=100)
    await conversations.to_prompt(NOW, most=100)
    await Tickets(session).to_move_on(NOW, most=100)
    await conversations.others_of(_id("c"), but=_id("v"))
    await conversations.only_account("fake")
    await conversations.has_light_card(_id("v"))
    await rooms.place_of(_id("v"))
    await messages.unticketed(_id("v"), since=NOW)
    await lights.card(_id("v"))
    await lights.unticketed()
    await lights.conversation_at("C1", "77")
    await lights.take(_id("v"), run=A_RUN, now=NOW, until=NOW)
    await lights.release(_id("v"), run=A_RUN)
    await light_card_repairs(OneSession(session)).live()
    await light_card_repairs(OneSession(session)).these([_id("v")])
    await conversations.lock_of(_id("t"))
    await messages.waiting_for_triage(_id("v"))
    await messages.lock(_id("m"))
    await messages.lock_by_key("fake:77")
    await messages.by_key("fake:77")
    await messages.answered(_id("v"), since=NOW, until=NOW)
    await messages.tickets_of(_id("m"))
    reply = await messages.lock(_id("m"))
    await messages.save_delivery(reply)
    await messages.revise(reply, Revision(reply.id, NOW, "Hi"))
    await messages.stands_behind(reply, since=NOW, sending_since=NOW)
    await messages.broken_off(replace(reply, part_of=_id("m", 76)))
    await conversations.lock_with(_id("m"))
    await messages.first_waiting(_id("v"))
    await messages.replied_since(_id("v"), NOW, but=_id("p1"))
    await messages.unaccounted(SentCopy("+14155550100", "+4915112345678", "Hello", NOW), "whatsapp")
    await messages.by_request("r77")
    await messages.lock_parts(reply.id)
    await messages.customer_wrote_last(_id("v"))
    files = Attachments(session)
    file = await files.get(_id("f"))
    await files.lock(file.id)
    await files.where(file.id)
    await files.by_request("r77")
    await files.take([file.id], at=NOW)
    unused = UnusedFiles(OneSession(session), BlobStore(MemoryStore()))
    assert await unused.forget(now=NOW + timedelta(days=9999)) == 1
    await files.save(file)
    pictures = SqlPictures(OneSession(session), BlobStore(MemoryStore()), clock=lambda: NOW)
    await pictures.due(file.id)
    await pictures.is_ready(file.id)
    await pictures.ready(file.id, "F77")
    await pictures.lost(file.id, "F77")
    await rooms.pictures_refused(["F77"])
    await rooms.files(_id("t", 78), most=9)
    await messages.mark_triaged([_id("m")])
    await Replying(session).begin(_id("v"), _id("p", 1), at=NOW, after=NOW)
    await Replying(session).end(_id("v"), _id("p", 1), until=NOW)
    drafts = Drafts(session)
    await drafts.save(await drafts.lock(_id("q")))
    await drafts.is_written("V1", by=_id("p"), since=NOW)
    await drafts.lines(_id("t"), most=12, longest=2000)
    hand_calls = HandCalls(session)
    await hand_calls.save(await hand_calls.lock(_id("h")))
    await hand_calls.end_write(await hand_calls.lock(_id("h")), OutcomeKind.DONE)
    surveys = Surveys(session)
    asked = await surveys.lock(_id("s"))
    await surveys.get(asked.id)
    await surveys.save(asked)
    await surveys.lock_asked(_id("v"), since=NOW)
    await surveys.asked_since(_id("c"), NOW)
    await surveys.language_of(_id("v"))
    await tickets.get(_id("t"))
    await tickets.lock(_id("t"))
    await tickets.lock_recent(_id("v"))
    await tickets.known(_id("v"))
    await tickets.lock_all([_id("t"), _id("t", 78)])
    await tickets.to_remind(NOW, most=100)
    await rooms.promised(_id("t"))
    watchers = Watchers(session)
    await watchers.of(_id("t"))
    await watchers.watches(_id("t"), _id("p", 1))
    await _ask_what_is_told(session, rooms)
    await watchers.remove(_id("t"), _id("p", 1))
    await tickets.lock_concerned(_id("v"))
    await tickets.numbered(77)
    merges = Merges(session)
    await merges.conversations_of([_id("t"), _id("t", 78)])
    await merges.attached(_id("t", 76))
    await merges.above(_id("t"))
    await merges.onto(_id("t", 76))
    await merges.merged_into(_id("t", 76), most=30)
    choices = Choices(session)
    await choices.people("mi", me=_id("p", 1), team=None, most=50)
    await choices.tags("vip", most=50)
    await choices.tickets(read_query("#77"), most=50)
    await merges.across([_id("t"), _id("t", 78)])
    await merges.candidate(_id("t"))
    await merges.candidates(_id("t"), most=30)
    brought = await merges.holdings(_id("t"))
    await merges.bring(_id("t", 76), _id("t"), brought)
    await merges.part(_id("t", 76), _id("t"), brought, by=_id("p", 1))
    await merges.undo(_id("z", 76), by="Mia", at=NOW)
    links = Links(session)
    await links.of(_id("t"))
    await links.leads(LinkKind.PARENT, _id("t"), _id("t", 78))
    await links.parent_of(_id("t"))
    await links.remove(Link(LinkKind.PARENT, _id("t"), _id("t", 155)))
    approvals = Approvals(session)
    await approvals.ticket_of(_id("a"))
    requested = await approvals.get(_id("a"))
    await approvals.open_of(_id("t"))
    await approvals.of_ticket(_id("t"))
    await approvals.decisions(_id("a"))
    await approvals.due(NOW, most=100)
    await approvals.save(requested)
    await shown_approvals(session, [_id("a")], PLAIN)
    mia = Person(_id("p", 1), "Mia", "mia@example.com", Role.ADMIN)
    await tickets_for(mia, [_id("t")], session=session, playbooks=Playbooks(), now=NOW)
    await more_at_risk(replace(mia, role=Role.AGENT, teams=frozenset({_id("t")})), 0, session=session, now=NOW)
    await conversations_for(mia, session=session)
    await approvals_for(mia, session=session, playbooks=Playbooks(), now=NOW)
    levels = ServiceLevels(session)
    level = await levels.get(_id("t"))
    assert level is not None
    await levels.save(_id("t"), level)
    await levels.of([_id("t"), _id("t", 78)])
    await levels.due(NOW, most=200)
    await levels.next_event()
    await tickets.lock_free([_id("t"), _id("t", 78)])
    await tickets.lock_live(after=0, most=100)
    await rooms.sla_place(_id("t"), "resolution", ["breached"])
    await rooms.at_risk(most=20)
    offers = Offers(session)
    await offers.get(_id("u"))
    await offers.unanswered(_id("v"), since=NOW - timedelta(days=14))
    fields = Fields(session)
    await fields.surroundings(_id("t"))
    await fields.files(_id("t"))
    await fields.sources(_id("t"))
    await fields.mark_stale(_id("m"), at=NOW)
    await tickets.save(await tickets.lock(_id("t")))
    room = Room(session)
    await _ask_about_mails(session)
    await _ask_about_runs(session)
    await _ask_about_levels(session)
    await room.has_replies(_id("t"))
    await room.comment(_id("k"))
    await room.comment_from("slack:C1:77")
    await room.entry(_id("r"))
    await room.attributions(_id("m"))
    assert await room.concerns(_id("m"))
    await room.attribute(_id("m"), [_id("t")], concerns=True, at=NOW)
    await room.move_away(_id("m"), [_id("t")], to=_id("t", 78), by=_id("p", 1))
    await Corrections(session).newest_reading(_id("v", 0))
    await Triages(session).not_taken_up(_id("v", 0), since=NOW)
    await Corrections(session).reading_of_message(_id("m"), _id("v", 0))
    await Corrections(session).reading_of_ticket(_id("t", 0))  # no such ticket: both questions
    async with session._raw.transaction():
        await Checkpoints(OneSession(session), "a key of this test").make_due(now=NOW)
    changed = {"kinds": ["ticket"], "streams": [_id("t")], "seqs": [1], "seen": [0]}
    await session.execute(RECORDS, changed)  # page by page it would not be listened to
    await Activity(session).append(Stream("ticket", _id("t")), [a_record()])
    await Activity(session).says(Stream("ticket", _id("t")), "reply.skipped", {"request": "stage:77"})
    await rooms.begin_entries(_id("t", 78), now=NOW)
    await rooms.card(_id("t", 78))
    await rooms.earlier(_id("r"))
    await rooms.ticket_at("C1", "78")
    await rooms.take(_id("t", 78), run=A_RUN, now=NOW, until=NOW)
    await rooms.renew(_id("t", 78), run=A_RUN, until=NOW)
    await rooms.entry_shown(_id("r"), run=A_RUN, ts="1.1")
    await rooms.entries_lost([_id("r")], run=A_RUN)
    await rooms.release(_id("t", 78), run=A_RUN)


async def test_no_hot_question_reads_a_whole_table(database: str, engine: AsyncEngine) -> None:
    raw = await asyncpg.connect(plain_dsn(database))
    await understand_json(raw)
    await raw.execute(grown(10_000))
    sent: list[tuple[str, tuple[Any, ...]]] = []
    raw.add_query_logger(lambda record: sent.append((record.query, record.args)))
    await _ask_everything(Session(raw))
    ours = [(query, values) for query, values in sent if "typeinfo_tree" not in query]  # asyncpg asks about types
    kinds = ("SELECT", "WITH", "UPDATE", "DELETE")
    asked = [(query, values) for query, values in ours if query.lstrip().startswith(kinds)]
    assert len(asked) >= 50
    scanned = {query: _scanned(await _plan_of(raw, query, len(values))) - SMALL for query, values in asked}
    assert {query: tables for query, tables in scanned.items() if tables} == {}
    await raw.close()
    assert (await trouble(engine)).unreadable == 0


# One customer who has written for years: 2,000 messages, each understood, and no answer for a long time.
LONG = """
    INSERT INTO message (id, conversation_id, direction, text, at, delivery, key, triaged)
        SELECT md5('lm' || i)::uuid, md5('v77')::uuid, 'in', 'Hello', now() + i * interval '1 minute', 'delivered',
               'long:' || i, true
        FROM generate_series(1, 2000) AS i;
    INSERT INTO message (id, conversation_id, direction, text, at, delivery, triaged)
        VALUES (md5('lr')::uuid, md5('v77')::uuid, 'out', 'Hello', now(), 'read', true);
    INSERT INTO triage (id, conversation_id, message_ids, suggestion, verdict, took_ms, at)
        SELECT md5('lg' || i)::uuid, md5('v77')::uuid, '{}', '{"ticket_worthy": false}', '', 1,
               now() + i * interval '1 minute'
        FROM generate_series(1, 2000) AS i;
    ANALYZE message, triage;
"""


def _read(node: dict[str, Any]) -> int:
    """The most rows that one step of this plan looked at."""
    here = (int(node["Actual Rows"]) + int(node.get("Rows Removed by Filter", 0))) * int(node["Actual Loops"])
    return max([here, *(_read(below) for below in node.get("Plans", []))])


async def test_what_is_newest_in_a_conversation_costs_the_same_however_long_it_is(
    database: str, engine: AsyncEngine
) -> None:
    raw = await asyncpg.connect(plain_dsn(database))
    await understand_json(raw)
    await raw.execute(grown(2_000) + LONG)
    await raw.execute("SET plan_cache_mode = force_generic_plan")
    sent: list[tuple[str, tuple[Any, ...]]] = []
    raw.add_query_logger(lambda record: sent.append((record.query, record.args)))
    await Corrections(Session(raw)).newest_reading(_id("v"))
    await Messages(Session(raw)).replied_since(_id("v"), NOW - timedelta(days=9999), but=_id("p", 1))
    await SqlLightCards(OneSession(Session(raw)), sure_enough=RULES.sure_enough).card(_id("v"))
    asked = [(query, values) for query, values in sent if query.lstrip().startswith("SELECT")]
    assert len(asked) >= 3
    for query, values in asked:
        plan = await raw.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", *values)
        assert _read(plan[0]["Plan"]) <= 20, query
    await raw.close()
