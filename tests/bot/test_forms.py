"""What people fill in: a form offers only what may be, changes the ticket once, and refuses at the field."""

import pytest
from sqlalchemy import text

from bot.intents import Action, Choice, Field
from emulators.slack import NoSuchOption, Person, as_text
from tests.bot.office import EITHER_WAY, Office, told
from ticketing.triage.suggestion import Priority


class TestReply:
    @EITHER_WAY
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
        assert as_text(thread[1]) == "📤 Mia → customer · sending in a moment\nA new one is on its way.\n[Undo]"

    async def test_may_set_the_status_with_it(self, office: Office, mia: Person) -> None:
        await office.press(mia, Action.CLAIM)
        view = await office.press(mia, Action.REPLY)
        done = await mia.submit(view, {Field.TEXT: "Which colour?", Field.THEN: "waiting_on_customer"})
        assert done.outcome == "closed"
        await office.deliver()
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
