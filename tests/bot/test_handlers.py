"""What people press, fill in and write in Slack, through the real Bolt app, the real desk and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.routing import Route

from app.wiring import RULES
from bot.app import build
from bot.client import Slack
from bot.config import SlackConfig
from bot.http import slack_endpoint
from bot.intents import Action, Choice, Field
from bot.showing import show_ticket
from core.events import Event
from core.ids import new_id
from core.messages import Inbound, Limits
from emulators.server import Served
from emulators.slack import Channel, NoSuchOption, Person, Workspace, as_text
from storage.database import Database
from storage.jobs.enqueue import NewJob
from storage.rooms import SqlRooms
from storage.unit_of_work import SqlUnitOfWork
from tests.bot.conftest import clock
from ticketing.desk import Desk
from ticketing.people.actor import AI
from ticketing.people.person import Role
from ticketing.ports import UnitOfWork
from ticketing.tickets.open_ticket import NewTicket, add_ticket
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Priority

Json = dict[str, Any]


def no_jobs(_: Event) -> Sequence[NewJob]:
    """Nobody works here: tests show a ticket when they want to see it."""
    return ()


@dataclass
class Office:
    """A desk with Slack as its door, and a ticket in the channel."""

    desk: Desk
    rooms: SqlRooms
    slack: Slack
    workspace: Workspace
    support: Channel
    engine: AsyncEngine
    ticket: Ticket
    ts: str = ""

    async def show(self, ticket_id: UUID | None = None) -> None:
        shown = ticket_id or self.ticket.id
        await show_ticket(shown, job=str(new_id()), rooms=self.rooms, client=self.slack, clock=clock)
        if ticket_id is None:
            row = await self.one("SELECT ts FROM ticket_card WHERE ticket_id = :id", id=self.ticket.id)
            self.ts = row["ts"]

    def card(self) -> str:
        return as_text(self.workspace.message(self.support, self.ts))

    async def press(self, person: Person, action: Action, choice: Choice | None = None) -> Any:
        """Press a button of the card, or choose in its menu; the modal that opens, if one does."""
        option = None
        if choice is not None:
            blocks = self.workspace.message(self.support, self.ts)["blocks"]
            menus = [e for b in blocks for e in [*b.get("elements", []), b.get("accessory", {})] if "options" in e]
            option = next(o["value"] for o in menus[0]["options"] if f'"a":"{choice}"' in o["value"])
        done = await person.press(self.support, self.ts, action, selected_option=option)
        assert done.outcome == "acknowledged", done
        return person.modals()[-1]["id"] if person.modals() else None

    async def one(self, query: str, **values: Any) -> Json:
        async with self.engine.connect() as connection:
            return dict((await connection.execute(text(query), values)).mappings().one())

    async def all(self, query: str, **values: Any) -> list[Json]:
        async with self.engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(text(query), values)).mappings()]

    async def now(self) -> Json:
        return await self.one("SELECT * FROM ticket WHERE id = :id", id=self.ticket.id)


@pytest.fixture
async def office(
    engine: AsyncEngine,
    store: Database,
    workspace: Workspace,
    served: Served,
    config: SlackConfig,
    slack: Slack,
    support: Channel,
) -> AsyncIterator[Office]:
    def start() -> UnitOfWork:
        return SqlUnitOfWork(store, no_jobs, RULES.lifecycle)

    desk = Desk(start, clock, RULES, {"whatsapp": Limits(text=1600)})
    rooms = SqlRooms(store, RULES.lifecycle)
    await desk.add_team("Support", support.id)
    for name in ("Mia", "Ben"):
        await desk.add_person(name, f"{name.lower()}@desk.example", Role.AGENT)
    bolt = build(config, desk, rooms, slack=slack, clock=clock)
    web = Starlette(routes=[Route("/slack/events", slack_endpoint(bolt, config), methods=["POST"])])
    async with Served(web) as door:
        workspace.courier.url = f"{door.url}/slack/events"
        office = Office(desk, rooms, slack, workspace, support, engine, await opened_by_ai(start()))
        await office.show()
        yield office


async def opened_by_ai(uow: UnitOfWork) -> Ticket:
    inbound = Inbound("SM1", "whatsapp", "+14155550100", "+4915112345678", "Anna <!here>", "My mug is broken.", None)
    async with uow:
        conversation = await uow.conversations.open_for(inbound, at=clock())
        new = NewTicket("Broken mug", Priority.HIGH, "return", "damaged")
        rules = RULES.lifecycle
        opened = await add_ticket(conversation, new, by=AI, assignee_id=None, rules=rules, uow=uow, now=clock())
        assert opened is not None
        return opened


def told(person: Person) -> str:
    """The last thing that only they were told."""
    return str(person.ephemerals()[-1]["text"])


class TestClaim:
    async def test_makes_the_ticket_theirs(self, office: Office, mia: Person) -> None:
        await office.press(mia, Action.CLAIM)
        await office.show()
        assert "Assignee: mia" in office.card().replace("Mia", "mia")
        assert mia.ephemerals() == []

    async def test_who_loses_the_race_is_told_by_whom_and_may_take_over(
        self, office: Office, mia: Person, ben: Person
    ) -> None:
        await asyncio.gather(office.press(mia, Action.CLAIM), office.press(ben, Action.CLAIM))
        (loser,) = [person for person in (mia, ben) if person.ephemerals()]
        winner = "Ben" if loser is mia else "Mia"
        assert told(loser).startswith(f"{winner} has already claimed this conversation.")
        private = loser.ephemerals()[0]
        await loser.press(office.support, private["ts"], Action.TAKE_OVER)
        await office.show()
        assert f"Assignee: {loser.name.title()}" in office.card()

    async def test_is_answered_in_the_channel_also_when_the_card_has_a_thread(
        self, office: Office, mia: Person, stranger: Person
    ) -> None:
        await mia.say(office.support, "a comment", office.ts)
        await office.press(stranger, Action.CLAIM)
        assert "thread_ts" not in stranger.ephemerals()[0]

    async def test_taking_over_from_the_card(self, office: Office, mia: Person, ben: Person) -> None:
        await office.press(mia, Action.CLAIM)
        await office.show()
        await office.press(ben, Action.TAKE_OVER)
        await office.show()
        assert "Assignee: Ben" in office.card()

    async def test_nothing_happens_for_a_stranger(self, office: Office, stranger: Person) -> None:
        await office.press(stranger, Action.CLAIM)
        assert told(stranger).startswith("You are not in Threadline (your address in Slack is stranger@elsewhere")
        assert (await office.now())["assignee_id"] is None


class TestReply:
    async def test_goes_into_the_outbox_once_however_often_it_is_sent(self, office: Office, mia: Person) -> None:
        view = await office.press(mia, Action.REPLY)
        assert "To Anna <!here> on WhatsApp" in as_text(mia.modals()[0])
        payload = (await mia.submit(view, {Field.TEXT: "A new one is on its way."})).payload
        again = await office.workspace.courier.interaction(payload)
        assert again.acknowledged
        (message,) = await office.all("SELECT text, delivery, author_name FROM message WHERE direction = 'out'")
        assert message == {"text": "A new one is on its way.", "delivery": "pending", "author_name": "Mia"}
        await office.show()
        thread = office.workspace.thread(office.support, office.ts)
        assert as_text(thread[1]) == "📤 Mia → customer · waiting to be sent\nA new one is on its way."

    async def test_may_set_the_status_with_it(self, office: Office, mia: Person) -> None:
        await office.press(mia, Action.CLAIM)
        view = await office.press(mia, Action.REPLY)
        done = await mia.submit(view, {Field.TEXT: "Which colour?", Field.THEN: "waiting_on_customer"})
        assert done.outcome == "closed"
        assert (await office.now())["status"] == "waiting_on_customer"

    async def test_asks_for_no_status_that_is_not_theirs_to_set(self, office: Office, mia: Person) -> None:
        view = await office.press(mia, Action.REPLY)
        with pytest.raises(Exception, match="no such field: then"):
            await mia.submit(view, {Field.TEXT: "Hello", Field.THEN: "resolved"})

    async def test_an_empty_one_is_refused_at_the_field(self, office: Office, mia: Person) -> None:
        done = await mia.submit(await office.press(mia, Action.REPLY), {Field.TEXT: "  \n "})
        assert done.outcome == "errors"
        assert "empty" in done.errors[Field.TEXT]

    async def test_a_status_that_went_away_meanwhile_is_refused_at_its_field(
        self, office: Office, mia: Person, ben: Person
    ) -> None:
        await office.press(mia, Action.CLAIM)
        view = await office.press(mia, Action.REPLY)
        person = await office.desk.person_by_email("mia@desk.example")
        assert person is not None
        await office.desk.change_status(office.ticket.id, "resolved", by=person)
        done = await mia.submit(view, {Field.TEXT: "Which colour?", Field.THEN: "waiting_on_customer"})
        assert "cannot go from Resolved" in done.errors[Field.THEN]
        assert await office.all("SELECT id FROM message WHERE direction = 'out'") == []

    async def test_who_left_the_desk_with_the_form_open_is_told_in_it(self, office: Office, mia: Person) -> None:
        view = await office.press(mia, Action.REPLY)
        async with office.engine.begin() as connection:
            await connection.execute(text("UPDATE person SET email = 'gone@desk.example' WHERE name = 'Mia'"))
        done = await mia.submit(view, {Field.TEXT: "Hello"})
        assert "You are not in Threadline" in done.errors[Field.TEXT]


class TestComment:
    async def test_from_the_modal_is_shown_in_the_thread(self, office: Office, mia: Person) -> None:
        await mia.submit(await office.press(mia, Action.COMMENT), {Field.TEXT: "Ask the <warehouse>"})
        await office.show()
        thread = office.workspace.thread(office.support, office.ts)
        assert as_text(thread[1]) == "📝 Mia · internal comment\nAsk the <warehouse>"
        assert "1 comment" in office.card()


class TestThreadMessages:
    async def test_are_comments_in_the_words_that_were_seen(self, office: Office, mia: Person, ben: Person) -> None:
        await mia.say(office.support, "ask <Ben> & co", office.ts)
        (comment,) = await office.all("SELECT text FROM comment")
        assert comment["text"] == "ask <Ben> & co"

    async def test_a_mention_reads_as_a_name(self, office: Office, mia: Person, ben: Person) -> None:
        event = (await mia.say(office.support, "x", office.ts)).delivery
        assert event is not None
        words = {**event.payload["event"], "text": f"<@{ben.id}> look", "ts": "1700000000.000100"}
        await office.workspace.courier.event({**event.payload, "event": words}).tried.wait()
        assert {row["text"] for row in await office.all("SELECT text FROM comment")} == {"x", "@Ben look"}

    async def test_delivered_ten_times_are_one_comment(self, office: Office, mia: Person) -> None:
        delivery = (await mia.say(office.support, "once", office.ts)).delivery
        assert delivery is not None
        await asyncio.gather(*(office.workspace.courier.repeat(delivery) for _ in range(9)))
        assert {attempt.status for attempt in delivery.attempts} == {200}
        assert len(await office.all("SELECT id FROM comment")) == 1

    async def test_stand_in_the_thread_once(self, office: Office, mia: Person) -> None:
        await mia.say(office.support, "once", office.ts)
        await office.show()
        assert len(office.workspace.thread(office.support, office.ts)) == 2

    async def test_outside_a_ticket_are_none_of_our_business(
        self, office: Office, mia: Person, stranger: Person
    ) -> None:
        lunch = await stranger.say(office.support, "lunch?")
        await mia.say(office.support, "yes", lunch.ts)
        assert await office.all("SELECT id FROM comment") == []
        assert stranger.ephemerals() == []

    async def test_of_a_stranger_are_not_kept_and_they_are_told(self, office: Office, stranger: Person) -> None:
        said = await stranger.say(office.support, "let me in", office.ts)
        assert await office.all("SELECT id FROM comment") == []
        assert told(stranger).endswith("What you wrote here was not kept.")
        assert stranger.ephemerals()[0]["thread_ts"] == office.ts
        assert said.delivery is not None
        assert [attempt.status for attempt in said.delivery.attempts] == [200]

    async def test_edits_and_deletions_add_nothing(self, office: Office, mia: Person) -> None:
        said = await mia.say(office.support, "first", office.ts)
        await mia.edit(office.support, said.ts, "second")
        await mia.delete(office.support, said.ts)
        assert len(await office.all("SELECT id FROM comment")) == 1


class TestStatus:
    async def test_offers_only_what_may_follow(self, office: Office, mia: Person) -> None:
        await office.press(mia, Action.CLAIM)
        view = await office.press(mia, Action.STATUS)
        with pytest.raises(NoSuchOption):
            await mia.submit(view, {Field.STATUS: "closed"})
        done = await mia.submit(view, {Field.STATUS: "resolved", Field.NOTE: "Sent a new one"})
        assert done.outcome == "closed"
        await office.show()
        assert office.card().startswith("✅ #1 Broken mug · Resolved · Mia")

    async def test_a_resolved_card_can_be_reopened(self, office: Office, mia: Person) -> None:
        await office.press(mia, Action.CLAIM)
        await mia.submit(await office.press(mia, Action.STATUS), {Field.STATUS: "resolved"})
        await office.show()
        await mia.submit(await office.press(mia, Action.STATUS), {Field.STATUS: "in_progress"})
        await office.show()
        assert "Status: ▶️ In progress" in office.card()

    async def test_whose_ticket_it_is_not_is_told_who_may(self, office: Office, mia: Person) -> None:
        assert await office.press(mia, Action.STATUS) is None
        assert "You may not change the status" in told(mia)

    async def test_a_closed_one_is_final(self, office: Office, mia: Person) -> None:
        await office.press(mia, Action.CLAIM)
        person = await office.desk.person_by_email("mia@desk.example")
        assert person is not None
        old = office.workspace.message(office.support, office.ts)
        for status in ("resolved", "closed"):
            await office.desk.change_status(office.ticket.id, status, by=person)
        assert old == office.workspace.message(office.support, office.ts)  # nobody has shown it yet
        assert await office.press(mia, Action.STATUS) is None
        assert told(mia) == "Ticket #1 is Closed. That is final: no status follows it."

    async def test_a_form_drawn_from_an_older_version_changes_nothing(self, office: Office, mia: Person) -> None:
        await office.press(mia, Action.CLAIM)
        view = await office.press(mia, Action.STATUS)
        person = await office.desk.person_by_email("mia@desk.example")
        assert person is not None
        await office.desk.set_priority(office.ticket.id, Priority.LOW, by=person)
        done = await mia.submit(view, {Field.STATUS: "resolved"})
        assert done.outcome == "updated"
        assert "was changed while this was open" in as_text(mia.modals()[0])
        assert (await office.now())["status"] == "open"


class TestMore:
    async def test_priority(self, office: Office, mia: Person) -> None:
        await office.press(mia, Action.CLAIM)
        view = await office.press(mia, Action.MORE, Choice.PRIORITY)
        await mia.submit(view, {Field.PRIORITY: "urgent"})
        assert (await office.now())["priority"] == "urgent"

    async def test_a_priority_that_is_not_theirs_to_set_is_refused_at_the_field(
        self, office: Office, mia: Person
    ) -> None:
        view = await office.press(mia, Action.MORE, Choice.PRIORITY)
        done = await mia.submit(view, {Field.PRIORITY: "urgent"})
        assert "You may not change the priority" in done.errors[Field.PRIORITY]

    async def test_assigning_to_oneself(self, office: Office, mia: Person) -> None:
        people = {person.name: str(person.id) for person in await office.desk.people()}
        await mia.submit(await office.press(mia, Action.MORE, Choice.ASSIGN), {Field.ASSIGNEE: people["Mia"]})
        assert str((await office.now())["assignee_id"]) == people["Mia"]

    async def test_assigning_to_others_is_refused_at_the_field(self, office: Office, mia: Person) -> None:
        ben = await office.desk.person_by_email("ben@desk.example")
        assert ben is not None
        view = await office.press(mia, Action.MORE, Choice.ASSIGN)
        done = await mia.submit(view, {Field.ASSIGNEE: str(ben.id)})
        assert "You may not assign" in done.errors[Field.ASSIGNEE]

    async def test_a_new_ticket_in_the_same_conversation(self, office: Office, mia: Person) -> None:
        view = await office.press(mia, Action.MORE, Choice.NEW_TICKET)
        done = await mia.submit(view, {Field.SUBJECT: "Where is order 2?", Field.TYPE: "general_query"})
        assert done.outcome == "closed"
        new = await office.one("SELECT * FROM ticket WHERE number = 2")
        assert new["conversation_id"] == office.ticket.conversation_id
        assert (new["subject"], new["type"], new["category"]) == ("Where is order 2?", "general_query", "damaged")

    async def test_a_new_ticket_needs_a_subject(self, office: Office, mia: Person) -> None:
        view = await office.press(mia, Action.MORE, Choice.NEW_TICKET)
        assert "subject" in (await mia.submit(view, {Field.SUBJECT: "  "})).errors[Field.SUBJECT]


class TestTrouble:
    async def test_a_click_during_an_outage_is_told_that_nothing_was_changed(self, office: Office, mia: Person) -> None:
        async with lost(office.engine, "person"):
            done = await mia.press(office.support, office.ts, Action.CLAIM)
        assert done.status == 200
        assert told(mia) == "Something went wrong, and nothing was changed. Please try again in a moment."

    async def test_a_form_during_an_outage_says_so_in_place(self, office: Office, mia: Person) -> None:
        view = await office.press(mia, Action.COMMENT)
        async with lost(office.engine, "comment"):
            done = await mia.submit(view, {Field.TEXT: "hello"})
        assert "nothing was changed" in done.errors[Field.TEXT]

    async def test_a_message_during_an_outage_comes_again_and_is_kept_once(self, office: Office, mia: Person) -> None:
        async with lost(office.engine, "comment"):
            delivery = (await mia.say(office.support, "keep me", office.ts)).delivery
        assert delivery is not None
        assert delivery.attempts[0].status == 500
        await office.workspace.courier.repeat(delivery)
        assert len(await office.all("SELECT id FROM comment")) == 1

    async def test_a_dialog_that_slack_gave_up_on_says_to_press_again(self, office: Office, mia: Person) -> None:
        office.workspace.faults.next("views.open", error="expired_trigger_id")
        await office.press(mia, Action.COMMENT)
        assert "Press the button again" in told(mia)

    async def test_a_button_of_another_age_is_explained(self, office: Office, mia: Person) -> None:
        old = {"type": "button", "text": {"type": "plain_text", "text": "Old"}, "action_id": "old", "value": "1"}
        stale = {**old, "action_id": Action.CLAIM.value, "text": {"type": "plain_text", "text": "Claim"}}
        blocks = [{"type": "actions", "elements": [old, stale]}]
        ts = await office.slack.post(office.support.id, "x", blocks, metadata={"event_type": "x", "event_payload": {}})
        for action in ("old", Action.CLAIM):
            done = await mia.press(office.support, ts, action)
            assert done.status == 200
            assert "older version of Threadline" in told(mia)

    async def test_a_ticket_that_is_not_there_is_refused(self, office: Office, mia: Person) -> None:
        message = office.workspace.message(office.support, office.ts)
        for block in message["blocks"]:
            for element in block.get("elements", []):
                if element.get("value"):
                    element["value"] = element["value"].replace(str(office.ticket.id), str(new_id()))
        assert await office.press(mia, Action.COMMENT) is None
        assert "There is no such ticket" in told(mia)


class lost:  # noqa: N801 - reads as a clause
    """A table is away for a moment, as in an outage."""

    def __init__(self, engine: AsyncEngine, table: str) -> None:
        self.engine, self.table = engine, table

    async def __aenter__(self) -> None:
        await self._rename(self.table, f"{self.table}_away")

    async def __aexit__(self, *_: object) -> None:
        await self._rename(f"{self.table}_away", self.table)

    async def _rename(self, old: str, new: str) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


class TestIdentity:
    async def test_slack_is_asked_once_who_somebody_is(self, office: Office, mia: Person) -> None:
        for _ in range(3):
            await office.press(mia, Action.CLAIM)
        assert len(office.workspace.calls_of("users.info")) == 1

    async def test_an_address_of_another_workspace_is_nobodys(self, office: Office, mia: Person) -> None:
        guest = office.workspace.add_user("guest", "mia@desk.example")
        office.support.members.add(guest.id)
        guest.as_json = lambda: {**Person.as_json(guest), "team_id": "T0ELSEWHERE"}  # type: ignore[method-assign]
        await office.press(guest, Action.CLAIM)
        assert "You are not in Threadline" in told(guest)
        assert (await office.now())["assignee_id"] is None

    async def test_a_bot_and_somebody_without_an_address_are_nobody(self, office: Office) -> None:
        for name, email, is_bot in (("robot", "mia@desk.example", True), ("nameless", None, False)):
            user = office.workspace.add_user(name, email, is_bot=is_bot)
            office.support.members.add(user.id)
            await office.press(user, Action.CLAIM)
            assert told(user).startswith("You are not in Threadline, so nothing was done.")
