"""The home tab: what waits for whoever opens it, and what they do about it right there."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.client import Slack
from bot.config import SlackConfig
from bot.intents import Action, Field, Form
from bot.showing import look_again
from bot.showing.home import show_home
from core.instants import utc_now
from emulators.slack import Channel, Person, Workspace, as_text
from emulators.slack.faults import MENU
from storage.database import Database
from storage.homes import SqlHomes
from storage.playbooks import Playbooks
from tests.bot.office import EITHER_WAY, Office, staffed
from tests.bot.test_approvals import hold
from tests.playbooks import IN_PROGRESS, RESOLVED, InForce, gated
from ticketing.approvals.approval import Verdict
from ticketing.home.home import Home
from ticketing.people.person import Person as Colleague
from ticketing.people.person import Role
from ticketing.tickets.open_ticket import NewTicket
from ticketing.triage.suggestion import Priority

Json = dict[str, Any]
A_TICKET = NewTicket("Another mug", Priority.NORMAL)


def page(person: Person) -> str:
    shown = person.home()
    assert shown is not None
    return as_text(shown, columns=200)


def published(workspace: Workspace) -> int:
    return sum(call.method == "views.publish" and bool(call.answer.get("ok")) for call in workspace.calls)


async def press(person: Person, action: Action) -> None:
    """Press the first button of this kind on their tab."""
    shown = person.home()
    assert shown is not None
    block, element = next(
        (block, each)
        for block in shown["blocks"]
        for each in (*block.get("elements", []), block.get("accessory", {}))
        if each.get("action_id") == action
    )
    done = await person.press_in(shown["id"], action, value=element["value"], block_id=block["block_id"])
    assert done.outcome == "acknowledged", done


async def colleague(office: Office, name: str) -> Colleague:
    found = await office.desk.person_by_email(f"{name}@desk.example")
    assert found is not None
    return found


def homes_of(office: Office) -> SqlHomes:
    return SqlHomes(office.store, Playbooks())


async def look(office: Office, person: Person, name: str) -> None:
    """As a job of the clock does."""
    who = await colleague(office, name)
    homes = homes_of(office)
    await look_again(who.id, desk=office.desk, rooms=office.rooms, homes=homes, client=office.slack, clock=utc_now)


class TestOpening:
    @EITHER_WAY
    async def test_it_shows_what_is_theirs_and_leads_to_the_card(self, office: Office, mia: Person) -> None:
        await mia.open_home()
        assert "Nothing waits for you." in page(mia)
        await office.press(mia, Action.CLAIM)
        await mia.open_home()
        assert f"#{office.ticket.number}" in page(mia)
        assert office.ts.replace(".", "") in page(mia)  # of the card
        assert "Broken mug" in page(mia)

    async def test_who_is_nobody_of_the_desk_is_told_so_and_sees_nothing_else(
        self, office: Office, stranger: Person
    ) -> None:
        await stranger.open_home()
        shown = stranger.home()
        assert shown is not None
        assert len(shown["blocks"]) == 1
        assert "You are not in Threadline" in page(stranger)
        assert await office.all("SELECT * FROM slack_home") == []

    async def test_the_messages_tab_draws_nothing(self, office: Office, mia: Person) -> None:
        event = {"type": "app_home_opened", "user": mia.id, "channel": "D1", "tab": "messages", "event_ts": "1.2"}
        delivery = office.workspace.event(event)
        assert delivery is not None
        await delivery.tried.wait()
        assert published(office.workspace) == 0

    @pytest.mark.parametrize("kind", [kind for kind in MENU if kind != "slow"])
    async def test_slack_in_trouble_breaks_no_event_and_the_next_look_makes_up_for_it(
        self, office: Office, mia: Person, kind: str
    ) -> None:
        await office.rooms.remember_user(mia.id, "mia@desk.example", zone=None, now=utc_now())
        office.workspace.faults.add("views.publish", kind)
        event = await mia.open_home()
        assert event is not None
        assert [attempt.status for attempt in event.attempts] == [200]
        await look(office, mia, "mia")
        assert "Nothing waits for you." in page(mia)


@pytest.fixture
async def sara(office: Office, workspace: Workspace, support: Channel) -> Person:
    """A supervisor, who sees what nobody has."""
    sara = workspace.add_user("sara", "sara@desk.example")
    support.members.add(sara.id)
    await office.desk.add_person("Sara", "sara@desk.example", Role.SUPERVISOR)
    await sara.open_home()
    return sara


class TestPressing:
    @EITHER_WAY
    async def test_a_claim_makes_it_theirs_and_the_page_says_so_at_once(self, office: Office, sara: Person) -> None:
        assert "Unassigned in your teams · 1" in page(sara)
        await press(sara, Action.CLAIM)
        assert "Yours, by urgency · 1" in page(sara)
        assert "Unassigned" not in page(sara)
        assert sara.modals() == []

    async def test_who_was_too_late_is_told_by_whom_and_takes_over_right_there(
        self, office: Office, sara: Person, mia: Person
    ) -> None:
        await office.press(mia, Action.CLAIM)
        await press(sara, Action.CLAIM)
        (modal,) = sara.modals()
        assert "Mia" in as_text(modal, columns=200)
        done = await sara.press_in(modal["id"], Action.TAKE_OVER)
        assert done.outcome == "acknowledged"
        assert "It is yours now" in as_text(sara.modals()[-1], columns=200)
        assert (await office.now())["assignee_id"] == (await colleague(office, "sara")).id

    async def test_reply_opens_its_form(self, office: Office, sara: Person) -> None:
        await press(sara, Action.CLAIM)
        await press(sara, Action.REPLY)
        form = sara.modals()[-1]
        await sara.submit(form["id"], {Field.TEXT: "A new mug is on its way."})
        replies = await office.all("SELECT text FROM message WHERE direction = 'out'")
        assert replies == [{"text": "A new mug is on its way."}]

    async def test_a_button_of_another_version_says_so_in_words(self, office: Office, sara: Person) -> None:
        shown = sara.home()
        assert shown is not None
        button = next(b["accessory"] for b in shown["blocks"] if b.get("accessory"))
        button["value"] = "of another age"
        await sara.press_in(shown["id"], Action.CLAIM)
        assert "older version of Threadline" in as_text(sara.modals()[-1], columns=200)

    async def test_what_goes_wrong_is_said_in_words(self, office: Office, sara: Person) -> None:
        async with office.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE conversation RENAME TO away"))
        await press(sara, Action.CLAIM)
        assert "Something went wrong, and nothing was changed." in as_text(sara.modals()[-1], columns=200)

    async def test_all_that_stands_under_a_heading_is_shown_a_page_at_a_time(
        self, office: Office, sara: Person
    ) -> None:
        for _ in range(25):
            await office.desk.open_ticket(office.ticket.conversation_id, A_TICKET, by=await colleague(office, "sara"))
        await press(sara, Action.REFRESH_HOME)
        assert "… and 15 more" in page(sara)
        await press(sara, Action.MORE_AT_HOME)
        first = sara.modals()[-1]
        assert "1 to 20 of 25" in as_text(first, columns=200)
        await sara.press_in(first["id"], Action.TURN_ON)
        assert "21 to 25 of 25" in as_text(sara.modals()[-1], columns=200)
        await sara.press_in(first["id"], Action.TURN_BACK)
        assert "1 to 20 of 25" in as_text(sara.modals()[-1], columns=200)


class TestApprovals:
    @pytest.fixture
    async def office(
        self,
        engine: AsyncEngine,
        store: Database,
        workspace: Workspace,
        config: SlackConfig,
        slack: Slack,
        support: Channel,
        mia: Person,
    ) -> AsyncIterator[Office]:
        """Mia has asked for a refund of 250."""
        async with staffed(engine, store, workspace, config, slack, support, InForce(gated())) as made:
            await made.desk.add_person("Sara", "sara@desk.example", Role.ADMIN)
            await made.press(mia, Action.CLAIM)
            by = await colleague(made, "mia")
            await made.desk.change_status(made.ticket.id, IN_PROGRESS, by=by)
            await hold(made, refund_amount="250.00", order_number="78932")
            await made.desk.request_approval(made.ticket.id, RESOLVED, "It arrived broken.", by=by)
            yield made

    @pytest.fixture
    async def sara(self, office: Office, workspace: Workspace) -> Person:
        """Who may decide."""
        sara = workspace.add_user("sara", "sara@desk.example")
        await sara.open_home()
        return sara

    async def test_a_request_is_decided_on_the_page_and_is_gone_from_it(
        self, office: Office, sara: Person, mia: Person
    ) -> None:
        await mia.open_home()
        assert "You asked for · 1" in page(mia)
        assert "[Approve]" not in page(mia)
        for words in ("Waiting for your decision · 1", "Refund over 200 · 250.00 USD", "asked for by Mia", "broken"):
            assert words in page(sara)
        await press(sara, Action.APPROVE)
        assert "Waiting for your decision" not in page(sara)
        assert (await office.one("SELECT state FROM approval"))["state"] == "approved"

    async def test_it_is_rejected_with_a_reason_from_the_page(self, office: Office, sara: Person) -> None:
        await press(sara, Action.REJECT)
        await sara.submit(sara.modals()[-1]["id"], {Field.TEXT: "No photo."})
        assert (await office.one("SELECT state FROM approval"))["state"] == "rejected"
        await look(office, sara, "sara")
        assert "Waiting for your decision" not in page(sara)

    async def test_who_comes_second_is_told(self, office: Office, sara: Person) -> None:
        approval = (await office.one("SELECT id FROM approval"))["id"]
        by = await colleague(office, "sara")
        await office.desk.decide(approval, Verdict.APPROVE, by=by)
        await press(sara, Action.APPROVE)
        assert "already" in as_text(sara.modals()[-1], columns=200)


class TestKeptFresh:
    async def test_it_is_drawn_again_only_where_it_would_say_something_new(
        self, office: Office, sara: Person, mia: Person
    ) -> None:
        await look(office, sara, "sara")
        assert published(office.workspace) == 1
        await office.press(mia, Action.CLAIM)
        await look(office, sara, "sara")
        assert published(office.workspace) == 2
        assert "Unassigned" not in page(sara)

    async def test_a_page_whose_drawing_went_without_an_answer_is_put_right_though_it_says_what_it_said_before(
        self, office: Office, mia: Person, ben: Person
    ) -> None:
        await mia.open_home()
        await office.press(mia, Action.CLAIM)
        office.workspace.faults.add("views.publish", MENU["reply_lost"])
        await look(office, mia, "mia")
        assert "Broken mug" in page(mia)
        await office.show()
        await office.press(ben, Action.TAKE_OVER)
        await look(office, mia, "mia")
        assert "Nothing waits for you." in page(mia)

    async def test_whatever_they_press_has_it_looked_at_soon(self, office: Office, sara: Person, mia: Person) -> None:
        before = await office.one("SELECT look_at FROM slack_home")
        await office.press(mia, Action.COMMENT)
        assert await office.one("SELECT look_at FROM slack_home") == before
        await office.press(sara, Action.COMMENT)
        after = await office.one("SELECT look_at FROM slack_home")
        assert after["look_at"] < before["look_at"]

    async def test_of_two_at_once_what_was_read_last_stands_there(
        self, office: Office, sara: Person, mia: Person
    ) -> None:
        """One has read the page and is about to put it there when another is faster: it reads anew."""
        homes, by = homes_of(office), await colleague(office, "sara")

        class Slow(SqlHomes):
            async def read(self, person: Colleague, *, now: datetime) -> Home:
                read = await super().read(person, now=now)
                if not overtaken:
                    overtaken.append(1)
                    await office.press(mia, Action.CLAIM)
                    await show_home(by, sara.id, homes=homes, client=office.slack, clock=utc_now)
                return read

        overtaken: list[int] = []
        slow = Slow(office.store, Playbooks())
        await show_home(by, sara.id, homes=slow, client=office.slack, clock=utc_now)
        assert "Unassigned" not in page(sara)
        screen = await homes.screen(by.id)
        assert screen is not None
        assert screen.version == (sara.home() or {})["hash"]

    async def test_a_page_that_somebody_else_put_there_is_drawn_over_in_the_end(
        self, office: Office, sara: Person
    ) -> None:
        """We never heard of the version that Slack has."""
        async with office.engine.begin() as connection:
            await connection.execute(text("UPDATE slack_home SET version = 'of before', digest = 'of before'"))
        await look(office, sara, "sara")
        assert published(office.workspace) == 2

    async def test_who_leaves_the_desk_sees_nothing_of_it_any_more(self, office: Office, sara: Person) -> None:
        who = await colleague(office, "sara")
        await office.desk.retire("sara@desk.example")
        await look_again(
            who.id,
            desk=office.desk,
            rooms=office.rooms,
            homes=homes_of(office),
            client=office.slack,
            clock=utc_now,
        )
        assert "You are not in Threadline" in page(sara)
        assert "Broken mug" not in page(sara)

    async def test_an_account_that_is_somebody_elses_by_now_is_shown_nothing(
        self, office: Office, sara: Person
    ) -> None:
        await office.rooms.remember_user(sara.id, "ben@desk.example", zone=None, now=utc_now())
        async with office.engine.begin() as connection:
            await connection.execute(text("UPDATE slack_home SET digest = 'of before'"))
        await look(office, sara, "sara")
        assert published(office.workspace) == 1


class TestShortWays:
    async def test_a_ticket_is_created_or_found_from_here(self, office: Office, mia: Person) -> None:
        await mia.open_home()
        await press(mia, Action.CREATE_AT_HOME)
        assert mia.modals()[-1]["callback_id"] == Form.CREATE
        await press(mia, Action.FIND_AT_HOME)
        assert mia.modals()[-1]["callback_id"] == Form.FIND
