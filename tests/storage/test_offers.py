"""What a playbook sends to customers when a ticket changes its status: replies, offers with their answers, surveys."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest

from core.errors import MessageRefused
from core.messages import Limits
from storage.jobs.codec import decode
from storage.rooms import SqlRooms
from tests.playbooks import a_playbook
from tests.storage.desk import CUSTOMER, OURS, DeskAtWork, a_message
from ticketing.conversations.press import words_for_press
from ticketing.people.person import Person, Role
from ticketing.surveys.plan import SurveyRules, ask_survey, plan_survey
from ticketing.tickets.card import TicketCard, TroubleAbout
from ticketing.tickets.events import StagePassed
from ticketing.tickets.stage_messages import send_stage_messages
from ticketing.tickets.ticket import Ticket

TEXT = """
language: 1
playbook: Offers
categories: {other: Other}
types:
  query: {label: Query, lifecycle: standard, categories: [other], fields: [outcome, sum]}
lifecycles:
  standard:
    label: Standard
    created_in: open
    statuses:
      open:
        label: Open
        category: open
        on_leave: [send_reply: on_it]
      proposed:
        label: Proposed
        category: pending
        on_enter:
          - offer: {reply: proposal, accepted: accepted, declined: open}
      accepted:
        label: Accepted
        category: resolved
        comes_back: {to: open, within: 5d}
        on_enter: [send_survey]
      closed: {label: Closed, category: closed}
    transitions:
      - {from: open, to: [proposed, accepted], by: agent}
      - {from: proposed, to: [accepted, open], by: [agent, customer]}
      - {from: accepted, to: [open, closed], by: agent}
fields:
  outcome: {label: Outcome, kind: dropdown, options: {refund: A refund, none: Nothing}}
  sum: {label: Sum, kind: money, currency: USD, show: fields.outcome == "refund"}
replies:
  proposal:
    label: Proposal
    text: "Hello {{customer.name}}, about #{{ticket.number}}: {{fields.outcome}} {{fields.sum}}. Is that all right?"
  on_it: {label: On it, text: "{{agent.name}} is on it."}
"""
NOBODY_IS_ASKED = SurveyRules(timedelta(), timedelta(days=30), when_resolved=False)


@pytest.fixture(autouse=True)
def _in_force(desk: DeskAtWork) -> None:
    desk.follow(a_playbook(TEXT))


async def passed(desk: DeskAtWork) -> Sequence[StagePassed]:
    """What moves have left to be sent, in their order."""
    rows = await desk.rows("SELECT payload FROM pgqueuer WHERE entrypoint = 'StagePassed' ORDER BY id")
    events = [decode(StagePassed, row.payload) for row in rows]
    return [event for event in events if isinstance(event, StagePassed)]


async def send(desk: DeskAtWork, event: StagePassed, *, deliver: bool = True) -> None:
    limits = {"fake": desk.channel.limits}
    await send_stage_messages(event, surveys=NOBODY_IS_ASKED, limits=limits, uow=desk.start(), now=desk.now)
    if deliver:
        waiting = "SELECT id FROM message WHERE delivery = 'pending' ORDER BY at, id"
        for row in await desk.rows(waiting):
            await desk.deliver(row.id)


async def opened(desk: DeskAtWork, by: Person | None = None, *, sender: str = CUSTOMER) -> Ticket:
    return await desk.ticket(await desk.customer_writes(sender=sender), by or await desk.person("Mia"))


async def offered(
    desk: DeskAtWork, *, buttons: int = 0, by: Person | None = None, sender: str = CUSTOMER, letters: bool = False
) -> Ticket:
    """The offer has arrived."""
    desk.channel.limits = Limits(text=1000, buttons=buttons, letters=letters)
    mia = by or await desk.person("Mia", Role.ADMIN)
    ticket = await opened(desk, mia, sender=sender)
    ticket = await desk.desk.change_status(ticket.id, "proposed", by=mia)
    await send(desk, (await passed(desk))[-1])
    await desk.rows_changed("UPDATE message SET triaged = true")  # somebody has understood what led to it
    desk.now += timedelta(minutes=1)
    return ticket


async def press(desk: DeskAtWork, data: str, *, key: str | None = None, sender: str = CUSTOMER) -> str:
    """What the customer's app shows for a moment."""
    event = {"kind": "press", "id": key or uuid4().hex, "from": sender, "to": OURS, "data": data}
    stored = await desk.store(event)
    await desk.file(stored)
    answer = await words_for_press(stored, parse={"fake": desk.channel.parse}, start=desk.start)
    assert answer is not None
    return answer[1]


async def statuses(desk: DeskAtWork) -> list[str]:
    return [row.status for row in await desk.rows("SELECT status FROM ticket ORDER BY number")]


async def moves(desk: DeskAtWork) -> list[tuple[str, str]]:
    rows = await desk.rows(
        "SELECT actor_kind, after FROM activity WHERE kind = 'status.changed' ORDER BY stream_id, seq"
    )
    return [(row.actor_kind, row.after["status"]) for row in rows]


class TestSending:
    async def test_nothing_is_offered_once_the_ticket_goes_on_as_another_one(self, desk: DeskAtWork) -> None:
        mia = await desk.person("Mia", Role.ADMIN)
        conversation = await desk.customer_writes()
        ticket, other = await desk.ticket(conversation, mia), await desk.ticket(conversation, mia, "The same")
        await desk.desk.change_status(ticket.id, "proposed", by=mia)
        await desk.desk.merge_tickets(other.id, ticket.id, by=mia)
        await send(desk, (await passed(desk))[-1])
        assert await desk.count("offer") == 0
        assert [each.text for each in desk.channel.sent] == ["Mia is on it."]

    async def test_replies_and_an_offer_leave_once_for_each_time_that_a_ticket_comes_there(
        self, desk: DeskAtWork
    ) -> None:
        desk.channel.limits = Limits(text=1000, buttons=5)
        mia = await desk.person("Mia")
        ticket = await opened(desk, mia)
        await desk.rows_changed("""UPDATE ticket SET fields = '{"outcome": "refund", "sum": "80.00"}'""")
        await desk.rows_changed("UPDATE customer SET name = 'Olga'")
        await desk.desk.change_status(ticket.id, "proposed", by=mia)
        (event,) = await passed(desk)
        for _ in range(3):  # a job may run again
            await send(desk, event)
        assert [message.text for message in desk.channel.sent] == [
            "Mia is on it.",
            f"Hello Olga, about #{ticket.number}: A refund 80.00 USD. Is that all right?",
        ]
        assert [button.label for button in desk.channel.sent[1].buttons] == ["Accept", "Not solved"]
        desk.now += timedelta(minutes=1)
        await desk.desk.change_status(ticket.id, "open", by=mia)
        await desk.rows_changed("""UPDATE ticket SET fields = '{"outcome": "none", "sum": "80.00"}'""")
        desk.now += timedelta(minutes=1)
        await desk.desk.change_status(ticket.id, "proposed", by=mia)
        await send(desk, (await passed(desk))[-1])
        assert len(desk.channel.sent) == 4
        hidden = f"Hello Olga, about #{ticket.number}: Nothing. Is that all right?"
        assert desk.channel.sent[-1].text == hidden  # the sum is not there, though it has a value
        assert await desk.count("offer") == 2
        assert await desk.broken_chains() == []

    async def test_what_has_no_value_is_left_out(self, desk: DeskAtWork) -> None:
        ticket = await offered(desk)
        offer = desk.channel.sent[-1]
        assert f"#{ticket.number}:. Is that all right?" in offer.text

    async def test_without_buttons_the_text_says_how_to_answer_and_to_a_group_it_only_tells(
        self, desk: DeskAtWork
    ) -> None:
        await offered(desk)
        assert desk.channel.sent[-1].text.endswith("Is that all right?\n\nPlease answer Yes or No.")
        mia = await desk.person("Ben", Role.ADMIN)
        await desk.file(await desk.store(a_message(sender="group") | {"author": "7", "author_name": "Olga"}))
        (row,) = await desk.rows("SELECT id FROM conversation WHERE address = 'group'")
        ticket = await desk.ticket(row.id, mia)
        await desk.desk.change_status(ticket.id, "proposed", by=mia)
        await send(desk, (await passed(desk))[-1])
        assert desk.channel.sent[-1].text.endswith("Is that all right?")
        await desk.file(await desk.store(a_message("Yes", sender="group") | {"author": "7", "author_name": "Olga"}))
        assert await statuses(desk) == ["proposed", "proposed"]

    async def test_of_an_offer_in_several_messages_the_one_with_the_buttons_is_answered(self, desk: DeskAtWork) -> None:
        desk.channel.limits = Limits(text=30, splits=True, buttons=5)
        mia = await desk.person("Mia")
        ticket = await opened(desk, mia)
        await desk.rows_changed("""UPDATE ticket SET fields = '{"outcome": "refund", "sum": "80.00"}'""")
        await desk.desk.change_status(ticket.id, "proposed", by=mia)
        await send(desk, (await passed(desk))[-1])
        (row,) = await desk.rows("SELECT part_of, buttons FROM message JOIN offer ON message.id = message_id")
        assert row.part_of is not None
        assert len(row.buttons) == 2

    async def test_nothing_is_offered_once_the_ticket_has_moved_on_and_a_blocked_sender_gets_nothing(
        self, desk: DeskAtWork
    ) -> None:
        mia = await desk.person("Mia", Role.ADMIN)
        ticket = await opened(desk, mia)
        await desk.desk.change_status(ticket.id, "proposed", by=mia)
        await desk.desk.change_status(ticket.id, "open", by=mia)
        late = (await passed(desk))[0]
        desk.now += timedelta(minutes=1)
        await desk.desk.block_conversations_sender(ticket.conversation_id, by=mia)
        for _ in range(2):  # whoever ran it died before that was noted
            await send(desk, late)
        assert desk.channel.sent == []
        rows = await desk.rows("SELECT after FROM activity WHERE kind = 'reply.skipped' ORDER BY seq")
        assert [(row.after["reply"], row.after["why"]) for row in rows] == [
            ("on_it", "the sender is blocked"),
            ("proposal", "the ticket has moved on"),
        ]

    async def test_what_was_sent_is_not_said_to_have_been_left_out_when_its_job_comes_again(
        self, desk: DeskAtWork
    ) -> None:
        mia = await desk.person("Mia")
        ticket = await offered(desk, by=mia)
        await desk.desk.change_status(ticket.id, "open", by=mia)
        await send(desk, (await passed(desk))[0])
        assert [message.text for message in desk.channel.sent].count("Mia is on it.") == 1
        assert await desk.count("offer") == 1
        assert await desk.count("activity WHERE kind = 'reply.skipped'") == 0


async def card_of(desk: DeskAtWork, ticket: Ticket) -> TicketCard:
    return await SqlRooms(desk.database, desk.playbooks).card(ticket.id)


class TestNotArriving:
    async def test_it_is_trouble_on_the_card_until_it_is_sent_again_and_then_a_plain_yes_answers_it(
        self, desk: DeskAtWork
    ) -> None:
        mia = await desk.person("Mia", Role.ADMIN)
        ticket = await opened(desk, mia)
        desk.channel.limits = Limits(text=1000)
        await desk.desk.change_status(ticket.id, "proposed", by=mia)
        await send(desk, (await passed(desk))[-1], deliver=False)
        on_it, proposal = await desk.rows("SELECT id FROM message WHERE delivery = 'pending' ORDER BY at, id")
        await desk.deliver(on_it.id)
        assert (await card_of(desk, ticket)).trouble is None
        desk.channel.fail_next = MessageRefused("fake")
        await desk.deliver(proposal.id)
        trouble = (await card_of(desk, ticket)).trouble
        assert trouble is not None
        assert (trouble.message_id, trouble.about) == (proposal.id, TroubleAbout.PROPOSAL)
        desk.now += timedelta(minutes=1)
        await desk.desk.send_again(proposal.id, by=mia)
        assert (await card_of(desk, ticket)).trouble is None
        (again,) = await desk.rows("SELECT id FROM message WHERE delivery = 'pending'")
        await desk.deliver(again.id)
        await desk.rows_changed("UPDATE message SET triaged = true")
        desk.now += timedelta(minutes=1)
        await desk.file(await desk.store(a_message("Yes")))
        assert await statuses(desk) == ["accepted"]

    async def test_it_is_no_trouble_any_more_once_the_ticket_has_moved_on(self, desk: DeskAtWork) -> None:
        mia = await desk.person("Mia", Role.ADMIN)
        ticket = await opened(desk, mia)
        await desk.desk.change_status(ticket.id, "proposed", by=mia)
        desk.channel.fail_next = MessageRefused("fake")
        await send(desk, (await passed(desk))[-1])
        trouble = (await card_of(desk, ticket)).trouble
        assert trouble is not None
        assert trouble.about is TroubleAbout.AUTOMATIC  # the first of the two that leave
        desk.now += timedelta(minutes=1)
        await desk.desk.change_status(ticket.id, "open", by=mia)
        assert (await card_of(desk, ticket)).trouble is None


class TestButtons:
    @pytest.mark.parametrize(("button", "status", "thanks"), [(0, "accepted", "accept"), (1, "open", "look into it")])
    async def test_a_press_moves_the_ticket_as_the_customer_once(
        self, desk: DeskAtWork, button: int, status: str, thanks: str
    ) -> None:
        ticket = await offered(desk, buttons=5)
        data = desk.channel.sent[-1].buttons[button].data
        for _ in range(3):
            assert thanks in await press(desk, data, key="P1")
        assert await moves(desk) == [("agent", "proposed"), ("customer", status)]
        entries = await SqlRooms(desk.database, desk.playbooks).begin_entries(ticket.id, now=desk.now)
        said = [entry.text for entry in entries if entry.kind == "inbound"]
        assert said == [["✅ Accept", "❌ Not solved"][button]]
        assert await desk.count("message WHERE NOT triaged AND text LIKE '%Accept%'") == 0

    async def test_an_old_button_is_answered_kindly_and_does_nothing(self, desk: DeskAtWork) -> None:
        mia = await desk.person("Mia", Role.ADMIN)
        ticket = await offered(desk, buttons=5, by=mia)
        accept, not_solved = desk.channel.sent[-1].buttons
        await press(desk, accept.data)
        assert "no effect" in await press(desk, not_solved.data)
        await desk.desk.change_status(ticket.id, "open", by=mia)
        desk.now += timedelta(minutes=1)
        await desk.desk.change_status(ticket.id, "proposed", by=mia)  # the same status, but another offer
        assert "no effect" in await press(desk, not_solved.data)
        assert "no effect" in await press(desk, accept.data, sender="+4917000000")
        assert await statuses(desk) == ["proposed"]
        assert [actor for actor, _ in await moves(desk)].count("customer") == 1


class TestWords:
    @pytest.mark.parametrize(("words", "status"), [("Yes please!", "accepted"), ("No", "open")])
    async def test_a_plain_yes_or_no_does_the_same_and_makes_no_work(
        self, desk: DeskAtWork, words: str, status: str
    ) -> None:
        ticket = await offered(desk)
        before = (await desk.jobs()).count("MessageReceived")
        await desk.customer_writes(words)
        assert await statuses(desk) == [status]
        assert (await moves(desk))[-1] == ("customer", status)
        assert (await desk.jobs()).count("MessageReceived") == before
        entries = await SqlRooms(desk.database, desk.playbooks).begin_entries(ticket.id, now=desk.now)
        (note,) = [entry.note for entry in entries if entry.text == words]
        assert note is not None
        assert note.endswith("the proposal → Accepted" if status == "accepted" else "the proposal → Open")

    @pytest.mark.parametrize(
        "between", ["nothing to decide", "a reply", "a message", "two offers", "weeks", "a quote", "not sent"]
    )
    async def test_one_that_may_mean_something_else_is_a_message(self, desk: DeskAtWork, between: str) -> None:
        mia = await desk.person("Mia", Role.ADMIN)
        if between == "not sent":
            desk.channel.fail_next = MessageRefused("No.")
        ticket = await offered(desk, by=mia)
        more: dict[str, str] = {}
        match between:
            case "a reply":
                await desk.reply(ticket, mia, "Did the parcel come?")
            case "a message":
                await desk.customer_writes("And where is the cup?")
            case "two offers":
                await offered(desk, by=mia)
            case "weeks":
                desk.now += timedelta(days=14)
            case "a quote":
                more = {"replies_to": "another"}
            case "not sent":
                await desk.rows_changed("UPDATE message SET delivery = 'failed' WHERE request LIKE 'stage:%'")
        desk.now += timedelta(minutes=1)
        words = "ok" if between == "nothing to decide" else "Yes"
        await desk.file(await desk.store(a_message(words) | more))
        assert set(await statuses(desk)) == {"proposed"}
        assert await desk.count(f"message WHERE NOT triaged AND text = '{words}'") == 1


class TestSurvey:
    async def ask(self, desk: DeskAtWork) -> str:
        (row,) = await desk.rows("SELECT id FROM survey")
        limits = {"fake": desk.channel.limits}
        await ask_survey(row.id, surveys=NOBODY_IS_ASKED, limits=limits, uow=desk.start(), now=desk.now)
        (row,) = await desk.rows("SELECT state FROM survey")
        return str(row.state)

    async def test_the_playbook_asks_though_the_desk_does_not_and_once(self, desk: DeskAtWork) -> None:
        mia = await desk.person("Mia", Role.ADMIN)
        ticket = await offered(desk, buttons=5, by=mia)
        await press(desk, desk.channel.sent[-1].buttons[0].data)
        await plan_survey(ticket.id, surveys=NOBODY_IS_ASKED, uow=desk.start(), now=desk.now)
        assert await desk.count("survey") == 0
        for _ in range(2):
            await send(desk, (await passed(desk))[-1])
        await desk.desk.change_status(ticket.id, "closed", by=mia)
        assert [await self.ask(desk), await self.ask(desk)] == ["asked", "asked"]
        assert await desk.count("message WHERE request LIKE 'survey:%'") == 1

    async def test_a_ticket_that_is_worked_on_again_is_not_asked_about(self, desk: DeskAtWork) -> None:
        mia = await desk.person("Mia", Role.ADMIN)
        ticket = await opened(desk, mia)
        await desk.desk.change_status(ticket.id, "accepted", by=mia)
        await send(desk, (await passed(desk))[-1])
        desk.now += timedelta(minutes=1)
        await desk.desk.change_status(ticket.id, "open", by=mia)
        assert await self.ask(desk) == "skipped"
