"""Behind a card's More: one screen of all that can be done with a ticket, its forms, and what becomes of them."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.intents import Action, Field, Work
from core.ids import new_id
from core.instants import utc_now
from emulators.slack import Person, as_text
from tests.bot.office import Office, told
from tests.bot.test_trouble import lost
from ticketing.collaboration.link import LinkKind
from ticketing.people.person import Person as Colleague
from ticketing.people.person import Role, Team
from ticketing.tickets.open_ticket import NewTicket
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Priority


def screen(person: Person, view: int = 0) -> str:
    """What they read in the first view of their modal, without what they could press."""
    shown = person.modals()[view]
    texts = [_words(each) for each in shown["blocks"] if "text" in each]
    said = " ".join([shown["title"]["text"], *texts]).replace("&lt;", "<").replace("&gt;", ">")
    return " ".join(said.translate(str.maketrans("", "", "*_`")).split())


def _words(block: Any) -> str:
    chosen = block.get("accessory", {}).get("initial_option", {"text": {"text": ""}})
    return f"{block['text']['text']} {chosen['text']['text']}"


def _values(person: Person) -> list[tuple[str, str]]:
    """The buttons beside what the first view of their modal says: what they are called, and their values."""
    beside = [each["accessory"] for each in person.modals()[0]["blocks"] if "accessory" in each]
    return [(each["action_id"], each.get("value", "")) for each in beside]


async def opened(office: Office, person: Person) -> str:
    await person.press(office.support, office.ts, Action.WORK)
    return str(person.modals()[-1]["id"])


async def form(office: Office, person: Person, work: Work, **which: Any) -> str:
    """The form that a button of the screen pushes."""
    if not person.modals():
        await opened(office, person)
    await person.press_in(person.modals()[0]["id"], work, **which)
    return str(person.modals()[-1]["id"])


async def merging(office: Office, person: Person) -> str:
    """The form to merge with the likeliest duplicate."""
    await opened(office, person)
    value = next(value for action, value in _values(person) if action == Work.MERGE)
    return await form(office, person, Work.MERGE, value=value)


async def claimed(office: Office, person: Person) -> Colleague:
    await office.press(person, Action.CLAIM)
    found = await office.desk.person_by_email(person.email or "")
    assert found is not None
    return found


async def another(office: Office, by: Colleague, subject: str = "Broken mug, again") -> Ticket:
    new = NewTicket(subject, Priority.NORMAL, "return", "damaged")
    ticket = await office.desk.open_ticket(office.ticket.conversation_id, new, by=by)
    assert ticket is not None
    return ticket


@pytest.fixture
async def sara(office: Office) -> Person:
    """A supervisor."""
    await office.desk.add_person("Sara", "sara@desk.example", Role.SUPERVISOR)
    sara = office.workspace.add_user("sara", "sara@desk.example")
    office.support.members.add(sara.id)
    return sara


@pytest.fixture
async def refunds(office: Office) -> Team:
    team = await office.desk.add_team("Refunds", office.support.id)
    await office.desk.add_person("Rita", "rita@desk.example", Role.AGENT, "Refunds")
    return team


class TestScreen:
    async def test_is_one_click_from_the_card_and_says_how_things_stand(self, office: Office, mia: Person) -> None:
        await opened(office, mia)
        shown = screen(mia)
        for part in ("Work on #1", "Broken mug", "Status 🆕 Open", "Priority 🟠 High", "Assignee nobody yet"):
            assert part in shown
        assert "Due nothing promised" in shown
        assert "Duplicates nothing looks like it" in shown

    async def test_is_not_for_strangers(self, office: Office, stranger: Person) -> None:
        await stranger.press(office.support, office.ts, Action.WORK)
        assert "not in Threadline" in told(stranger)
        assert stranger.modals() == []

    async def test_priority_is_chosen_on_it(self, office: Office, mia: Person) -> None:
        await claimed(office, mia)
        view = await opened(office, mia)
        await mia.press_in(view, Work.PRIORITY, value="urgent")
        assert (await office.now())["priority"] == "urgent"
        assert "Priority 🔴 Urgent" in screen(mia)

    async def test_a_priority_that_is_not_theirs_to_set_is_refused_in_words_and_the_menu_shows_what_is_so(
        self, office: Office, mia: Person
    ) -> None:
        view = await opened(office, mia)
        before = [each["block_id"] for each in mia.modals()[0]["blocks"]]
        await mia.press_in(view, Work.PRIORITY, value="urgent")
        assert "⚠️ You may not change the priority" in screen(mia)
        assert "Claim it first" in screen(mia)
        menus = [each for each in mia.modals()[0]["blocks"] if each.get("accessory", {}).get("type") == "static_select"]
        assert menus[0]["accessory"]["initial_option"]["value"] == "high"
        assert menus[0]["block_id"] not in before  # in one of the same name Slack keeps what was chosen

    async def test_what_somebody_has_changed_meanwhile_is_told_and_shown(
        self, office: Office, mia: Person, sara: Person
    ) -> None:
        who = await claimed(office, mia)
        view = await opened(office, sara)
        await office.desk.set_priority(office.ticket.id, Priority.LOW, by=who)
        await sara.press_in(view, Work.PRIORITY, value="urgent")
        assert "was changed while this was open" in screen(sara)
        assert "Priority ⚪ Low" in screen(sara)

    async def test_watching_is_one_click_and_the_card_counts(self, office: Office, mia: Person) -> None:
        view = await opened(office, mia)
        await mia.press_in(view, Work.WATCH)
        assert "Watchers Mia" in screen(mia)
        await office.show()
        assert "👁 1 watcher" in office.card()
        await mia.press_in(view, Work.UNWATCH)
        assert "Watchers nobody" in screen(mia)

    async def test_pressed_twice_is_once(self, office: Office, mia: Person) -> None:
        view = await opened(office, mia)
        done = await mia.press_in(view, Work.WATCH)
        again = await office.workspace.courier.interaction(done.payload)
        assert again.acknowledged
        assert "Watchers Mia" in screen(mia)

    async def test_not_a_ticket_takes_two_clicks_and_is_put_back_from_there(self, office: Office, mia: Person) -> None:
        view = await opened(office, mia)
        await mia.press_in(view, Work.NOT_A_TICKET)
        assert "It was no ticket (Mia)" in screen(mia)
        assert (await office.now())["discarded_at"] is not None
        await mia.press_in(view, Work.PUT_BACK)
        assert (await office.now())["discarded_at"] is None
        assert "Status 🆕 Open" in screen(mia)

    async def test_new_ticket_and_block_sender_open_on_top(self, office: Office, mia: Person) -> None:
        view = await form(office, mia, Work.NEW_TICKET)
        await mia.submit(view, {Field.SUBJECT: "Where is order 2?"})
        assert (await office.one("SELECT subject FROM ticket WHERE number = 2"))["subject"] == "Where is order 2?"
        await mia.submit(await form(office, mia, Work.BLOCK))
        assert (await office.one("SELECT count(*) AS n FROM identity WHERE blocked_at IS NOT NULL"))["n"] == 1

    async def test_a_status_that_was_set_shows_on_the_screen_below(self, office: Office, mia: Person) -> None:
        await claimed(office, mia)
        done = await mia.submit(await form(office, mia, Work.STATUS), {Field.STATUS: "in_progress"})
        assert done.outcome == "closed"
        assert "Status ▶️ In progress" in screen(mia)

    async def test_whose_status_it_is_not_is_told_in_place_of_the_form(self, office: Office, mia: Person) -> None:
        await form(office, mia, Work.STATUS)
        assert "You may not change the status" in as_text(mia.modals()[-1])

    async def test_it_is_not_drawn_over_what_is_newer(self, office: Office, mia: Person) -> None:
        await claimed(office, mia)
        tags = await form(office, mia, Work.TAGS)
        await mia.press_in(mia.modals()[0]["id"], Work.WATCH)  # another window of theirs
        done = await mia.submit(tags, {Field.TAGS: ["vip"]})
        assert done.outcome == "closed"
        assert (await office.now())["tags"] == ["vip"]
        assert "Watchers Mia" in screen(mia)


class TestAssign:
    async def test_oneself_first_with_how_much_each_has(
        self, office: Office, mia: Person, ben: Person, sara: Person
    ) -> None:
        await claimed(office, ben)
        view = await form(office, sara, Work.ASSIGN)
        offered = await sara.suggestions(Field.ASSIGNEE, "", view_id=view)
        assert [(each["text"]["text"], each["description"]["text"]) for each in offered] == [
            ("Sara (me)", "no open tickets · of this team"),
            ("Ben", "1 open ticket · of this team"),
            ("Mia", "no open tickets · of this team"),
        ]
        (found,) = await sara.suggestions(Field.ASSIGNEE, "mi", view_id=view)
        await sara.submit(view, {Field.ASSIGNEE: found})
        assert "Assignee Mia" in screen(sara)

    async def test_an_agent_is_offered_themselves_and_refused_others_at_the_field(
        self, office: Office, mia: Person
    ) -> None:
        view = await form(office, mia, Work.ASSIGN)
        (me,) = await mia.suggestions(Field.ASSIGNEE, "", view_id=view)
        assert me["text"]["text"] == "Mia (me)"
        ben = await office.desk.person_by_email("ben@desk.example")
        assert ben is not None
        done = await mia.submit(view, {Field.ASSIGNEE: str(ben.id)})
        assert "You may not assign" in done.errors[Field.ASSIGNEE]
        await mia.submit(view, {Field.ASSIGNEE: me})
        assert (await office.now())["assignee_id"] is not None

    async def test_of_two_at_once_the_second_is_told_at_the_field_and_sees_it_below(
        self, office: Office, mia: Person, sara: Person
    ) -> None:
        view = await form(office, sara, Work.ASSIGN)
        (ben,) = await sara.suggestions(Field.ASSIGNEE, "ben", view_id=view)
        await claimed(office, mia)
        done = await sara.submit(view, {Field.ASSIGNEE: ben})
        assert "was changed while this was open" in done.errors[Field.ASSIGNEE]
        assert "Assignee Mia" in screen(sara)

    async def test_of_two_who_save_in_the_same_instant_one_wins(
        self, office: Office, mia: Person, ben: Person, sara: Person
    ) -> None:
        """Mia takes it while Sara gives it to Ben: both forms are of one version."""
        theirs, mine = await form(office, sara, Work.ASSIGN), await form(office, mia, Work.ASSIGN)
        (to_ben,) = await sara.suggestions(Field.ASSIGNEE, "ben", view_id=theirs)
        (to_mia,) = await mia.suggestions(Field.ASSIGNEE, "", view_id=mine)
        done = await asyncio.gather(
            sara.submit(theirs, {Field.ASSIGNEE: to_ben}), mia.submit(mine, {Field.ASSIGNEE: to_mia})
        )
        assert sorted(each.outcome for each in done) == ["closed", "errors"]
        winner = "Ben" if done[0].outcome == "closed" else "Mia"
        assert f"Assignee {winner}" in screen(sara)
        assert f"Assignee {winner}" in screen(mia)  # also below the form that was refused

    async def test_nobody_is_offered_to_a_stranger(self, office: Office, mia: Person) -> None:
        view = await form(office, mia, Work.ASSIGN)
        async with office.engine.begin() as connection:
            await connection.execute(text("UPDATE person SET email = 'gone@desk.example' WHERE name = 'Mia'"))
        assert await mia.suggestions(Field.ASSIGNEE, "", view_id=view) == []


class TestHandOff:
    async def test_to_a_team_with_a_note_that_stands_in_the_thread(
        self, office: Office, mia: Person, refunds: Team
    ) -> None:
        await claimed(office, mia)
        view = await form(office, mia, Work.HAND_OFF)
        await mia.press_in(view, Field.TEAM, value=str(refunds.id))
        done = await mia.submit(view, {Field.TEAM: str(refunds.id), Field.NOTE: "Money back, please"})
        assert done.outcome == "closed"
        assert "Team Refunds" in screen(mia)
        assert "Assignee nobody yet" in screen(mia)
        await office.show()
        thread = office.workspace.thread(office.support, office.ts)
        assert as_text(thread[-1]) == "📝 Mia · internal comment\nMoney back, please"

    async def test_whoever_may_assign_chooses_one_of_that_team(
        self, office: Office, sara: Person, refunds: Team
    ) -> None:
        view = await form(office, sara, Work.HAND_OFF)
        await sara.press_in(view, Field.TEAM, value=str(refunds.id))
        (rita,) = await sara.suggestions(Field.COLLEAGUE, "", view_id=view)
        assert rita["text"]["text"] == "Rita"
        await sara.submit(view, {Field.TEAM: str(refunds.id), Field.COLLEAGUE: rita})
        assert "Assignee Rita" in screen(sara)

    async def test_who_is_not_of_it_is_refused_at_the_field(self, office: Office, sara: Person, refunds: Team) -> None:
        view = await form(office, sara, Work.HAND_OFF)
        await sara.press_in(view, Field.TEAM, value=str(refunds.id))
        ben = await office.desk.person_by_email("ben@desk.example")
        assert ben is not None
        done = await sara.submit(
            view, {Field.TEAM: str(refunds.id), Field.COLLEAGUE: str(ben.id), Field.NOTE: "For you"}
        )
        (words,) = done.errors.values()
        assert "Ben is not of team Refunds" in words
        assert done.outcome == "errors"
        assert await office.all("SELECT id FROM comment") == []

    async def test_an_outage_is_told_at_the_note_which_stays(self, office: Office, mia: Person, refunds: Team) -> None:
        await claimed(office, mia)
        view = await form(office, mia, Work.HAND_OFF)
        async with lost(office.engine, "conversation"):
            done = await mia.submit(view, {Field.TEAM: str(refunds.id), Field.NOTE: "Money back, please"})
        assert "nothing was changed" in done.errors[Field.NOTE]
        assert (await mia.submit(view, {Field.TEAM: str(refunds.id), Field.NOTE: "Please"})).outcome == "closed"

    async def test_who_may_not_is_told_in_place_of_the_form(self, office: Office, mia: Person) -> None:
        await form(office, mia, Work.HAND_OFF)
        assert "You may not hand this ticket off" in as_text(mia.modals()[-1])


class TestOwner:
    async def test_is_a_person_or_a_team_or_nobody(self, office: Office, mia: Person, refunds: Team) -> None:
        await claimed(office, mia)
        view = await form(office, mia, Work.OWNER)
        (team,) = await mia.suggestions(Field.OWNER, "refu", view_id=view)
        await mia.submit(view, {Field.OWNER: team})
        assert "Owner 👥 Refunds" in screen(mia)
        view = await form(office, mia, Work.OWNER)
        (ben,) = await mia.suggestions(Field.OWNER, "ben", view_id=view)
        await mia.submit(view, {Field.OWNER: ben})
        assert "Owner Ben" in screen(mia)
        await mia.submit(await form(office, mia, Work.OWNER), {Field.OWNER: None})
        assert "Owner nobody" in screen(mia)

    async def test_what_changed_meanwhile_is_told_at_the_field(self, office: Office, mia: Person) -> None:
        who = await claimed(office, mia)
        view = await form(office, mia, Work.OWNER)
        await office.desk.set_priority(office.ticket.id, Priority.LOW, by=who)
        (me, *_) = await mia.suggestions(Field.OWNER, "", view_id=view)
        done = await mia.submit(view, {Field.OWNER: me})
        assert "was changed while this was open" in done.errors[Field.OWNER]


class TestDue:
    async def test_is_promised_shown_and_taken_back(self, office: Office, mia: Person) -> None:
        await claimed(office, mia)
        moment = int((utc_now() + timedelta(days=1)).timestamp()) // 60 * 60
        await mia.submit(await form(office, mia, Work.DUE), {Field.DUE: moment})
        assert (await office.now())["due_at"].timestamp() == moment
        assert "Due 🗓️" in screen(mia)
        await office.show()
        assert "🗓️ promised for" in office.card()
        await mia.submit(await form(office, mia, Work.DUE), {Field.TAKE_BACK: ["take_back"]})
        assert (await office.now())["due_at"] is None

    async def test_what_makes_no_sense_is_refused_at_the_field(self, office: Office, mia: Person) -> None:
        who = await claimed(office, mia)
        view = await form(office, mia, Work.DUE)
        done = await mia.submit(view, {Field.DUE: int(utc_now().timestamp()) - 600})
        assert "passed already" in done.errors[Field.DUE]
        await office.desk.set_priority(office.ticket.id, Priority.LOW, by=who)
        done = await mia.submit(view, {Field.DUE: int(utc_now().timestamp()) + 6000})
        assert "was changed while this was open" in done.errors[Field.DUE]

    async def test_who_may_not_is_told_in_place_of_the_form(self, office: Office, mia: Person) -> None:
        await form(office, mia, Work.DUE)
        assert "You may not change the due date" in as_text(mia.modals()[-1])


class TestTags:
    async def test_are_added_and_taken_off_beside_what_a_colleague_does(
        self, office: Office, mia: Person, ben: Person
    ) -> None:
        who = await claimed(office, ben)
        await office.desk.tag(office.ticket.id, add=["vip", "old"], by=who)
        view = await form(office, mia, Work.TAGS)
        offered = await mia.suggestions(Field.TAGS, "Fragile <b>", view_id=view)
        assert [each["text"]["text"] for each in offered] == ["New: fragile &lt;b&gt;"]
        known = await mia.suggestions(Field.TAGS, "v", view_id=view)
        assert [each["value"] for each in known] == ["v", "vip"]
        await office.desk.tag(office.ticket.id, add=["bens"], by=who)
        await mia.submit(view, {Field.TAGS: ["vip", offered[0]]})
        assert (await office.now())["tags"] == ["vip", "bens", "fragile <b>"]
        assert "Tags vip bens fragile <b>" in screen(mia)
        await office.show()
        assert "🏷️ vip bens fragile <b>" in office.card()

    async def test_one_too_many_is_refused_at_the_field(self, office: Office, mia: Person, ben: Person) -> None:
        who = await claimed(office, ben)
        view = await form(office, mia, Work.TAGS)
        await office.desk.tag(office.ticket.id, add=[str(n) for n in range(20)], by=who)
        done = await mia.submit(view, {Field.TAGS: ["one more"]})
        assert "20 tags at most" in done.errors[Field.TAGS]

    async def test_what_cannot_be_a_tag_is_not_offered(self, office: Office, mia: Person) -> None:
        view = await form(office, mia, Work.TAGS)
        assert await mia.suggestions(Field.TAGS, "x" * 41, view_id=view) == []
        assert await mia.suggestions(Field.TAGS, " \u200b ", view_id=view) == []


class TestWatchers:
    async def test_a_colleague_and_a_team_are_added_and_taken_off(
        self, office: Office, mia: Person, sara: Person, refunds: Team
    ) -> None:
        for said in ("refu", "ben"):
            view = await form(office, mia, Work.WATCHERS)
            (found,) = await mia.suggestions(Field.WATCHER, said, view_id=view)
            await mia.submit(view, {Field.WATCHER: found})
        assert "Watchers 👥 Refunds, Ben" in screen(mia)
        ben = next(each for each in await office.desk.people() if each.name == "Ben")
        mine = await form(office, mia, Work.WATCHERS)
        gone = [each["accessory"]["value"] for each in mia.modals()[-1]["blocks"] if "accessory" in each]
        taken = next(value for value in gone if str(ben.id) in value)
        await mia.press_in(mine, Work.TAKE_OFF, value=taken)
        assert "⚠️ You may not take a colleague" in screen(mia, -1)
        theirs = await form(office, sara, Work.WATCHERS)
        await sara.press_in(theirs, Work.TAKE_OFF, value=taken)
        assert "Watchers 👥 Refunds" in screen(sara)
        assert "Ben" not in as_text(sara.modals()[-1])


class TestLinks:
    async def test_are_made_by_number_both_ways_round_and_taken_away(self, office: Office, mia: Person) -> None:
        who = await claimed(office, mia)
        parcel = await another(office, who, "Where is my parcel?")
        view = await form(office, mia, Work.LINKS)
        (found,) = await mia.suggestions(Field.LINKED, f"#{parcel.number}", view_id=view)
        assert found["text"]["text"] == "#2 Where is my parcel?"
        assert await mia.suggestions(Field.LINKED, "parce", view_id=view) == [found]
        await mia.submit(view, {Field.KIND: "#1 is blocked by", Field.LINKED: found})
        assert "Links is blocked by #2 Where is my parcel?" in screen(mia)
        await office.show()
        assert "🔗 1 link" in office.card()
        view = await form(office, mia, Work.LINKS)
        done = await mia.submit(view, {Field.KIND: "blocks", Field.LINKED: found})
        assert "would be a circle" in done.errors[Field.LINKED]
        await mia.press_in(view, Work.UNLINK)
        assert "Links none" in screen(mia)
        assert await office.all("SELECT id FROM ticket_link") == []

    async def test_a_second_form_below_which_the_screen_is_new_still_draws_it(
        self, office: Office, mia: Person
    ) -> None:
        """Taking away draws the screen below; the form that is left knows its new hash."""
        who = await claimed(office, mia)
        parcel = await another(office, who, "Where is my parcel?")
        await office.desk.link(office.ticket.id, LinkKind.BLOCKS, parcel.id, by=who)
        view = await form(office, mia, Work.LINKS)
        await mia.press_in(view, Work.UNLINK)
        await mia.submit(view, {Field.LINKED: str(parcel.id)})
        assert "Links relates to #2" in screen(mia)

    async def test_what_is_no_ticket_is_refused_at_the_field(self, office: Office, mia: Person) -> None:
        view = await form(office, mia, Work.LINKS)
        done = await mia.submit(view, {Field.LINKED: str(new_id())})
        assert "no such ticket" in done.errors[Field.LINKED]
        done = await mia.submit(view, {Field.LINKED: str(office.ticket.id)})
        assert "cannot be linked with itself" in done.errors[Field.LINKED]


class TestMerge:
    async def test_a_likely_duplicate_is_offered_with_its_reason_previewed_merged_and_parted(
        self, office: Office, mia: Person
    ) -> None:
        who = await claimed(office, mia)
        twin = await another(office, who)
        await office.desk.tag(twin.id, add=["fragile"], by=who)
        await opened(office, mia)
        assert "≈ #2 Broken mug, again similar subject, less than a minute apart" in screen(mia)
        (likely, _) = [value for value in _values(mia) if "work.merge" in value[0]]
        view = await form(office, mia, Work.MERGE, value=likely[1])
        assert (await mia.submit(view)).outcome == "updated"  # it was filled in
        shown = screen(mia, -1)
        assert "#2 Broken mug, again goes on in #1 Broken mug" in shown
        assert "Comes along:" in shown
        assert "fragile" in shown
        assert await office.all("SELECT id FROM ticket_merge") == []
        await mia.submit(view)
        assert "#2 Broken mug, again was merged into this one" in screen(mia)
        assert "≈" not in screen(mia)
        await mia.press_in(mia.modals()[0]["id"], Work.PART)
        assert "≈ #2" in screen(mia)
        assert await office.all("SELECT id FROM ticket_merge WHERE undone_at IS NULL") == []

    async def test_the_other_one_may_go_on(self, office: Office, mia: Person) -> None:
        twin = await another(office, await claimed(office, mia), "Something else entirely")
        await office.desk.change_type(twin.id, "complaint", "billing", by=await claimed(office, mia))
        view = await form(office, mia, Work.MERGE)
        (found,) = await mia.suggestions(Field.DUPLICATE, "entirely", view_id=view)
        await mia.submit(view, {Field.DUPLICATE: found, Field.STAYS: "other"})
        await mia.submit(view)
        assert "It was merged into #2 and goes on there" in screen(mia)
        assert (await office.now())["merged_into"] == twin.id
        await mia.press_in(mia.modals()[0]["id"], Work.PART)
        assert (await office.now())["merged_into"] is None
        assert "Status 🆕 Open" in screen(mia)

    async def test_what_cannot_be_merged_is_refused_at_the_field(self, office: Office, mia: Person) -> None:
        twin = await another(office, await claimed(office, mia))
        who = await office.desk.person_by_email("mia@desk.example")
        assert who is not None
        await office.desk.change_status(office.ticket.id, "resolved", by=who)
        view = await merging(office, mia)
        done = await mia.submit(view, {Field.DUPLICATE: str(twin.id)})
        assert "is worked on and #1 is settled" in done.errors[Field.DUPLICATE]

    async def test_who_saw_a_preview_of_what_has_changed_is_told(self, office: Office, mia: Person) -> None:
        who = await claimed(office, mia)
        await another(office, who)
        view = await merging(office, mia)
        await mia.submit(view)
        await office.desk.set_priority(office.ticket.id, Priority.LOW, by=who)
        await mia.submit(view)
        assert "was changed while this was open" in as_text(mia.modals()[-1])
        assert await office.all("SELECT id FROM ticket_merge") == []
        assert "Priority ⚪ Low" in screen(mia)
