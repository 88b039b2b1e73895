"""`/ticket`: private lists, one ticket with its buttons, and help."""

import pytest
from sqlalchemy import text

from bot.door import Door
from bot.handlers.find_ticket import found_view
from bot.handlers.patience import TookTooLong
from bot.handlers.ticket_lists import page_of
from bot.intents import COMMAND, Action
from bot.press import Press
from bot.views.ticket_list import PAGE, Asking
from core.instants import utc_now
from emulators.slack import Channel, Person, as_text
from storage.database import Database
from storage.finding import SqlFinding
from storage.playbooks import Playbooks
from storage.secrets import SharedLinks
from tests.bot.office import EITHER_WAY, NO_CUSTOMERS, NO_HOMES, Office
from tests.bot.views.hostile import valid_message
from tests.factories import a_person
from tests.fakes.light_cards import FakeLightCards
from ticketing.people.actor import AI
from ticketing.tickets.open_ticket import NewTicket, add_ticket
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Priority


@pytest.fixture
def lounge(office: Office, mia: Person, stranger: Person) -> Channel:
    """Where the app is no member."""
    return office.workspace.add_channel("lounge", members=[mia, stranger], bot=False)


async def asked(person: Person, where: Channel, text: str) -> str:
    """What `/ticket text` answers, as they read it."""
    done = await person.command(where, COMMAND, text)
    assert done.outcome == "acknowledged", done
    shown = person.ephemerals()[-1]
    if shown.get("blocks"):
        valid_message(shown["blocks"])
    return as_text(shown, columns=2000)


async def more_tickets(office: Office, count: int, priority: Priority = Priority.NORMAL) -> list[Ticket]:
    made = []
    for number in range(count):
        async with office.desk.start() as uow:
            conversation = await uow.conversations.lock(office.ticket.conversation_id)
            new = NewTicket(f"Question <!here> {number}", priority)
            ticket = await add_ticket(conversation, new, by=AI, assignee_id=None, uow=uow, now=utc_now())
            assert ticket is not None
            made.append(ticket)
    return made


class TestHelp:
    @pytest.mark.parametrize("typed", ["", "help", "  HELP "])
    async def test_it_says_what_there_is(self, office: Office, mia: Person, lounge: Channel, typed: str) -> None:
        shown = await asked(mia, lounge, typed)
        assert "/ticket search broken mug" in shown
        assert "I do not know" not in shown

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("serach broken mug", "/ticket search broken mug"),
            ("mien", "/ticket mine"),
            ("atrisk now", "/ticket at-risk"),
            ("view 12", "/ticket show 12"),
            ("broken mug", "/ticket search broken mug"),
            ("<!here> *x*", "/ticket search"),
        ],
    )
    async def test_what_is_no_command_gets_what_may_be_meant(
        self, office: Office, mia: Person, lounge: Channel, typed: str, meant: str
    ) -> None:
        shown = await asked(mia, lounge, typed)
        assert "I do not know" in shown
        assert f"Did you mean {meant}" in shown.replace("`", "")


class TestShow:
    @pytest.mark.parametrize("typed", ["show {}", "#{}", "{}", "show #{}"])
    async def test_a_ticket_by_its_number(self, office: Office, mia: Person, lounge: Channel, typed: str) -> None:
        shown = await asked(mia, lounge, typed.format(office.ticket.number))
        assert shown.startswith(f"🆕 #{office.ticket.number} (https://emulated.slack.com/archives/")
        assert "Broken mug" in shown
        assert "[Claim]" in shown
        assert "[Status]" in shown

    @pytest.mark.parametrize("typed", ["show", "show mug", "show 999", "999"])
    async def test_what_is_not_there_is_said(self, office: Office, mia: Person, lounge: Channel, typed: str) -> None:
        shown = await asked(mia, lounge, typed)
        assert "There is no ticket" in shown or "Write the number" in shown

    async def test_its_buttons_work_where_the_app_is_no_member(
        self, office: Office, mia: Person, ben: Person, lounge: Channel
    ) -> None:
        await asked(mia, lounge, f"show {office.ticket.number}")
        private = mia.ephemerals()[-1]
        assert (await mia.press(lounge, private["ts"], Action.CLAIM)).outcome == "acknowledged"
        assert (await office.now())["assignee_id"] is not None
        redrawn = as_text(mia.ephemerals()[-1])
        assert mia.ephemerals()[-1]["ts"] == private["ts"]
        assert "Mia" in redrawn
        assert "[Take over" in redrawn
        for action in (Action.REPLY, Action.STATUS):
            await mia.press(lounge, private["ts"], action)
            assert mia.modals()[-1]["title"]["text"].endswith(f"#{office.ticket.number}")

    async def test_who_comes_second_is_told_right_there(
        self, office: Office, mia: Person, ben: Person, lounge: Channel
    ) -> None:
        office.workspace.invite(lounge, ben)
        await asked(ben, lounge, f"show {office.ticket.number}")
        private = ben.ephemerals()[-1]
        await office.press(mia, Action.CLAIM)
        assert (await ben.press(lounge, private["ts"], Action.CLAIM)).outcome == "acknowledged"
        lost = ben.ephemerals()[-1]
        assert "Mia" in as_text(lost)
        await ben.press(lounge, lost["ts"], Action.TAKE_OVER)
        row = await office.one("SELECT name FROM person WHERE id = :id", id=(await office.now())["assignee_id"])
        assert row["name"] == "Ben"


class TestList:
    async def test_a_line_says_what_matters_and_leads_to_the_card(
        self, office: Office, mia: Person, lounge: Channel
    ) -> None:
        shown = await asked(mia, lounge, "list")
        blocks = str(mia.ephemerals()[-1]["blocks"])
        assert f"/archives/{office.support.id}/p{office.ts.replace('.', '')}" in blocks
        assert "Broken mug" in shown
        assert "High" in shown
        assert "nobody yet" in shown

    async def test_conditions_narrow_it_and_are_told(self, office: Office, mia: Person, lounge: Channel) -> None:
        await more_tickets(office, 2)
        shown = await asked(mia, lounge, "list priority:high type:return unassigned")
        assert "type: Return" in shown
        assert "Broken mug" in shown
        assert "Question" not in shown
        assert "No ticket is like that" in await asked(mia, lounge, "list status:closed")

    async def test_what_was_not_understood_is_said(self, office: Office, mia: Person, lounge: Channel) -> None:
        assert "Did you mean open?" in await asked(mia, lounge, "list status:opne")
        assert "there is no “colour”" in await asked(mia, lounge, "list colour:<!here>")

    @EITHER_WAY
    async def test_pages_turn_in_place(self, office: Office, mia: Person, lounge: Channel) -> None:
        made = await more_tickets(office, PAGE + 4)
        numbers = {office.ticket.number, *(each.number for each in made)}
        first = await asked(mia, lounge, "list")
        assert f"1–{PAGE}" in first
        private = mia.ephemerals()[-1]
        count = len(mia.ephemerals())
        assert (await mia.press(lounge, private["ts"], Action.PAGE)).outcome == "acknowledged"
        second = as_text(mia.ephemerals()[-1], columns=2000)
        assert len(mia.ephemerals()) == count
        assert f"{PAGE + 1}–{PAGE + 5}" in second
        assert all((f"#{number} " in first) != (f"#{number} " in second) for number in numbers)
        await mia.press(lounge, private["ts"], f"{Action.PAGE}.first")
        assert f"1–{PAGE}" in as_text(mia.ephemerals()[-1])

    async def test_mine_is_what_i_owe(self, office: Office, mia: Person, lounge: Channel) -> None:
        assert "Nothing waits for you" in await asked(mia, lounge, "mine")
        await office.press(mia, Action.CLAIM)
        assert "Broken mug" in await asked(mia, lounge, "mine")
        assert "Nothing waits" in await asked(mia, lounge, "mine low")

    async def test_who_is_meant_can_be_mentioned(self, office: Office, mia: Person, lounge: Channel) -> None:
        await office.press(mia, Action.CLAIM)
        assert "Broken mug" in await asked(mia, lounge, f"list assignee:<@{mia.id}|mia>")
        assert "assignee: Mia" in await asked(mia, lounge, "list assignee:me")


class TestSearch:
    @EITHER_WAY
    async def test_found_shown_and_claimed(self, office: Office, mia: Person, lounge: Channel) -> None:
        assert "Broken mug" in await asked(mia, lounge, "search broken mug")
        await mia.press(lounge, mia.ephemerals()[-1]["ts"], Action.SHOW)
        brief = mia.ephemerals()[-1]
        await mia.press(lounge, brief["ts"], Action.CLAIM)
        assert (await office.now())["assignee_id"] is not None

    async def test_its_pages(self, office: Office, mia: Person, lounge: Channel) -> None:
        await more_tickets(office, PAGE + 2)
        first = await asked(mia, lounge, "search question")
        private = mia.ephemerals()[-1]
        await mia.press(lounge, private["ts"], Action.PAGE)
        second = as_text(mia.ephemerals()[-1])
        assert first.count("[Show]") == PAGE
        assert second.count("[Show]") == 2

    async def test_nothing_to_look_for_and_nothing_found(self, office: Office, mia: Person, lounge: Channel) -> None:
        assert "Write what to look for" in await asked(mia, lounge, "search")
        assert "Nothing was found" in await asked(mia, lounge, "search <!channel> & zebra")


class TestStrangers:
    @pytest.mark.parametrize("typed", ["list", "show 1", "search mug", "mine", "at-risk", "help", ""])
    async def test_nobody_else_is_answered(self, office: Office, stranger: Person, lounge: Channel, typed: str) -> None:
        shown = await asked(stranger, lounge, typed)
        assert "You are not in Threadline" in shown
        assert "mug" not in shown

    async def test_a_copy_of_a_button_is_worth_nothing(
        self, office: Office, mia: Person, stranger: Person, lounge: Channel
    ) -> None:
        await asked(mia, lounge, f"show {office.ticket.number}")
        stolen = mia.ephemerals()[-1]
        stranger.screen.ephemerals.append(stolen)
        await stranger.press(lounge, stolen["ts"], Action.CLAIM)
        assert "You are not in Threadline" in as_text(stranger.ephemerals()[-1])
        assert (await office.now())["assignee_id"] is None


async def test_what_takes_longer_than_slack_waits_is_said_before_slack_gives_up(
    office: Office, store: Database, mia: Person
) -> None:
    finding = SqlFinding(store, Playbooks(), links=SharedLinks(store, "https://desk.example", "a key"))
    door = Door(office.desk, office.rooms, FakeLightCards(), NO_CUSTOMERS, finding, NO_HOMES, office.slack, utc_now)
    async with office.engine.begin() as other:
        await other.execute(text("LOCK TABLE ticket IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(TookTooLong, match="more precisely"):
            await page_of(door, Asking("list"), a_person(), patience=0.2)
        found = await found_view(door, Press(mia.id, "", None, "", ""), "mug", patience=0.2)
        assert "Say more precisely what you look for" in str(found["blocks"])
