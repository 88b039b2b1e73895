"""Surveys over the whole desk: planned when a ticket is resolved, asked once, answered by buttons or numbers."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from core.errors import MessageRefused
from core.messages import Limits
from storage.playbooks import Playbooks
from storage.queries.surveys import Sum, listed, summed
from storage.rooms import SqlRooms
from storage.rows import AnyRow
from tests.playbooks import IN_PROGRESS, RESOLVED
from tests.storage.desk import CUSTOMER, OURS, DeskAtWork, a_message
from ticketing.conversations.press import words_for_press
from ticketing.people.person import Person
from ticketing.surveys.plan import SurveyRules, ask_survey, plan_survey
from ticketing.tickets.ticket import Ticket

SURVEYS = SurveyRules(timedelta(hours=1), timedelta(days=30))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


async def plan(desk: DeskAtWork, ticket: Ticket, surveys: SurveyRules | None = SURVEYS) -> None:
    await plan_survey(ticket.id, surveys=surveys, uow=desk.start(), now=desk.now)


async def ask(desk: DeskAtWork, surveys: SurveyRules | None = SURVEYS) -> None:
    """What was planned last."""
    (row,) = await desk.rows("SELECT id FROM survey ORDER BY due_at DESC LIMIT 1")
    await ask_this(desk, row.id, surveys)


async def ask_this(desk: DeskAtWork, survey_id: UUID, surveys: SurveyRules | None = SURVEYS) -> None:
    limits = {"fake": desk.channel.limits}
    await ask_survey(survey_id, surveys=surveys, limits=limits, uow=desk.start(), now=desk.now)


async def resolved(desk: DeskAtWork, *, sender: str = CUSTOMER, by: Person | None = None) -> Ticket:
    mia = by or await desk.person("Mia")
    ticket = await desk.ticket(await desk.customer_writes(sender=sender), mia)
    return await desk.desk.change_status(ticket.id, RESOLVED, by=mia)


async def asked(
    desk: DeskAtWork, *, buttons: int, sender: str = CUSTOMER, by: Person | None = None, letters: bool = False
) -> Ticket:
    """Resolved, and the question has arrived."""
    desk.channel.limits = Limits(text=1000, buttons=buttons, letters=letters)
    ticket = await resolved(desk, sender=sender, by=by)
    await plan(desk, ticket)
    desk.now += HOUR
    await ask(desk)
    (row,) = await desk.rows("SELECT id FROM message WHERE request LIKE 'survey:%' ORDER BY at DESC LIMIT 1")
    await desk.deliver(row.id)
    desk.now += MINUTE
    return ticket


async def survey(desk: DeskAtWork) -> AnyRow:
    (row,) = await desk.rows("SELECT * FROM survey ORDER BY due_at DESC LIMIT 1")
    return row


async def press(desk: DeskAtWork, data: str, *, sender: str = CUSTOMER, key: str | None = None) -> int:
    event = {"kind": "press", "id": key or uuid4().hex, "from": sender, "to": OURS, "data": data}
    stored = await desk.store(event)
    await desk.file(stored)
    return stored


async def shown(desk: DeskAtWork, ticket: Ticket) -> Sequence[tuple[str, str | None]]:
    """What the customer said in the thread, and our notes beside it."""
    entries = await SqlRooms(desk.database, Playbooks()).begin_entries(ticket.id, now=desk.now)
    return [(entry.text, entry.note) for entry in entries if entry.kind == "inbound"]


class TestAsk:
    async def test_each_resolution_is_planned_once_and_asked_once(self, desk: DeskAtWork) -> None:
        ticket = await resolved(desk)
        await asyncio.gather(*(plan(desk, ticket) for _ in range(5)))
        assert await desk.count("survey") == 1
        assert (await desk.jobs()).count("SurveyDue") == 1
        desk.now += HOUR
        await asyncio.gather(*(ask(desk) for _ in range(5)))
        (row,) = await desk.rows("SELECT text, author_id, buttons FROM message WHERE direction = 'out'")
        assert row.text.startswith("How did we do?")
        assert "from 1 (bad) to 5 (great)" in row.text
        assert (row.author_id, row.buttons) == (None, [])
        assert (await survey(desk)).state == "asked"
        assert await desk.broken_chains() == []

    async def test_nobody_is_asked_where_surveys_are_off_or_the_ticket_goes_on(self, desk: DeskAtWork) -> None:
        ticket = await resolved(desk)
        await plan(desk, ticket, None)
        mia = (await desk.desk.people())[0]
        await desk.desk.change_status(ticket.id, IN_PROGRESS, by=mia)
        await plan(desk, ticket)
        assert await desk.count("survey") == 0

    async def test_what_has_changed_meanwhile_is_the_reason_not_to_ask(self, desk: DeskAtWork) -> None:
        mia = await desk.person("Mia")
        skipped = []
        for number, meanwhile in enumerate(
            (
                "UPDATE ticket SET status = 'in_progress', status_category = 'active', resolved_at = NULL",
                "UPDATE ticket SET discarded_at = now()",
                "UPDATE ticket SET merged_into = id",
                "UPDATE ticket SET resolved_at = resolved_at + interval '1 s'",
                "UPDATE conversation SET unreachable_since = now()",
                "UPDATE conversation SET is_group = true",
                "UPDATE identity SET blocked_at = now()",
                "off",
                "window",
            )
        ):
            await plan(desk, await resolved(desk, sender=f"+4917{number}", by=mia))
            desk.now += HOUR
            if meanwhile == "window":
                desk.channel.limits = Limits(text=1000, window=HOUR)
            elif meanwhile != "off":
                await desk.rows(f"{meanwhile} RETURNING id")
            await ask(desk, None if meanwhile == "off" else SURVEYS)
            row = await survey(desk)
            skipped.append((row.state, row.why))
        assert skipped == [
            ("skipped", "worked on again"),
            ("skipped", "worked on again"),
            ("skipped", "merged with another ticket"),
            ("skipped", "resolved anew, which is asked about instead"),
            ("skipped", "the customer cannot be reached"),
            ("skipped", "the customer is a group"),
            ("skipped", "the sender is blocked"),
            ("skipped", "switched off meanwhile"),
            ("skipped", "the reply window is closed"),
        ]
        assert await desk.count("message WHERE direction = 'out'") == 0

    async def test_one_that_does_not_arrive_is_told_in_the_thread_and_not_as_a_reply_on_the_card(
        self, desk: DeskAtWork
    ) -> None:
        desk.channel.fail_next = MessageRefused("The number is gone.")
        ticket = await asked(desk, buttons=0)
        rooms = SqlRooms(desk.database, Playbooks())
        assert (await rooms.card(ticket.id)).trouble is None
        (entry,) = [each for each in await rooms.begin_entries(ticket.id, now=desk.now) if each.kind == "outbound"]
        assert entry.text.startswith("How did we do?")
        assert (entry.author, entry.delivery, entry.error) == ("Threadline", "failed", "The number is gone.")

    async def test_nobody_is_asked_again_so_soon(self, desk: DeskAtWork) -> None:
        await asked(desk, buttons=0)
        for days, state in ((29, "skipped"), (2, "asked")):
            desk.now += timedelta(days=days)
            await plan(desk, await resolved(desk))
            desk.now += HOUR
            await ask(desk)
            assert (await survey(desk)).state == state

    async def test_who_was_asked_as_another_customer_is_asked_no_more_until_they_are_two_again(
        self, desk: DeskAtWork
    ) -> None:
        mia, other = await desk.person("Mia"), "+4917000000"
        await asked(desk, buttons=0, by=mia)
        await desk.customer_writes(sender=other)
        owners = {row.address: row.customer_id for row in await desk.rows("SELECT address, customer_id FROM identity")}
        merge = await desk.desk.merge_customers(owners[other], owners[CUSTOMER])
        states = []
        for undone in (False, True):
            if undone:
                await desk.desk.undo_merge(merge.id)
            await plan(desk, await resolved(desk, sender=other, by=mia))
            desk.now += HOUR
            await ask(desk)
            states.append((await survey(desk)).state)
        assert states == ["skipped", "asked"]
        of_whom = await desk.rows(
            "SELECT ticket.customer_id, survey.customer_id FROM survey JOIN ticket ON ticket.id = ticket_id"
        )
        assert all(row[0] == row[1] for row in of_whom)
        assert {row[0] for row in of_whom} == set(owners.values())

    async def test_of_two_that_come_due_at_once_a_customer_is_asked_one(self, desk: DeskAtWork) -> None:
        mia = await desk.person("Mia")
        for sender in (CUSTOMER, "tg:77"):
            await plan(desk, await resolved(desk, sender=sender, by=mia))
        await desk.rows_changed("UPDATE survey SET customer_id = (SELECT customer_id FROM survey LIMIT 1)")
        desk.now += HOUR
        due = await desk.rows("SELECT id FROM survey")
        await asyncio.gather(*(ask_this(desk, row.id) for row in due))
        states = await desk.rows("SELECT state FROM survey ORDER BY state")
        assert [row.state for row in states] == ["asked", "skipped"]


class TestPress:
    async def test_stands_in_the_thread_counts_once_and_the_newest_counts(self, desk: DeskAtWork) -> None:
        ticket = await asked(desk, buttons=5)
        offered = desk.channel.sent[-1].buttons
        assert [each.label for each in offered] == [f"{n} ⭐" for n in range(1, 6)]
        for _ in range(3):
            await press(desk, offered[3].data, key="P1")
        desk.now += MINUTE
        stored = await press(desk, offered[0].data)
        row = await survey(desk)
        assert (row.state, row.score, row.ticket_id) == ("answered", 1, ticket.id)
        assert await shown(desk, ticket) == [("⭐⭐⭐⭐☆ 4/5", None), ("⭐☆☆☆☆ 1/5", None)]
        assert (await SqlRooms(desk.database, Playbooks()).card(ticket.id)).score == 1
        records = await desk.rows("SELECT before, after FROM activity WHERE kind = 'survey.answered' ORDER BY seq")
        assert [tuple(each) for each in records] == [({"score": None}, {"score": 4}), ({"score": 4}, {"score": 1})]
        assert [row.status for row in await desk.rows("SELECT status FROM ticket")] == [RESOLVED]
        answer = await words_for_press(stored, parse={"fake": desk.channel.parse}, start=desk.start)
        assert answer is not None
        assert (answer[0].data, answer[1]) == (offered[0].data, "Thank you for your rating!")

    async def test_one_that_is_filed_late_does_not_undo_a_newer_one(self, desk: DeskAtWork) -> None:
        await asked(desk, buttons=5)
        offered = desk.channel.sent[-1].buttons
        event = {"kind": "press", "id": "P1", "from": CUSTOMER, "to": OURS, "data": offered[0].data}
        late = await desk.store(event)
        desk.now += MINUTE
        await press(desk, offered[4].data)
        await desk.file(late)
        assert (await survey(desk)).score == 5

    async def test_somebody_elses_or_an_unknown_button_is_ignored_kindly(self, desk: DeskAtWork) -> None:
        await asked(desk, buttons=5)
        theirs = desk.channel.sent[-1].buttons[0].data
        await desk.customer_writes(sender="+4917000000")
        for data, sender in ((theirs, "+4917000000"), (theirs, "+4918000000"), ("other:1", CUSTOMER), ("", CUSTOMER)):
            stored = await press(desk, data, sender=sender)
            answer = await words_for_press(stored, parse={"fake": desk.channel.parse}, start=desk.start)
            assert answer is not None
            assert answer[1].startswith("This button has no effect")
        assert (await survey(desk)).score is None
        assert await desk.count("inbox WHERE outcome = 'ignored'") == 4
        assert (await desk.jobs()).count("PressFiled") == 4

    async def test_a_member_of_a_group_answers_for_nobody_though_the_group_was_asked(self, desk: DeskAtWork) -> None:
        await asked(desk, buttons=5)  # before anybody knew that it is a group
        offered = desk.channel.sent[-1].buttons
        await desk.file(await desk.store(a_message("5") | {"author": "7", "author_name": "Olga"}))
        stored = await press(desk, offered[0].data)
        answer = await words_for_press(stored, parse={"fake": desk.channel.parse}, start=desk.start)
        assert answer is not None
        assert answer[1].startswith("This button has no effect")
        assert (await survey(desk)).score is None
        assert await desk.count("message WHERE text = '5' AND NOT triaged") == 1


class TestNumber:
    async def test_a_bare_one_is_the_answer_and_makes_no_work(self, desk: DeskAtWork) -> None:
        ticket = await asked(desk, buttons=0)
        received = (await desk.jobs()).count("MessageReceived")
        await desk.customer_writes("4/5")
        row = await survey(desk)
        assert (row.state, row.score, row.comment) == ("answered", 4, None)
        assert await shown(desk, ticket) == [("4/5", "⭐⭐⭐⭐☆ 4/5")]
        assert (await desk.jobs()).count("MessageReceived") == received
        assert await desk.count("message WHERE NOT triaged AND text = '4/5'") == 0
        assert [row.status for row in await desk.rows("SELECT status FROM ticket")] == [RESOLVED]

    async def test_a_thanks_before_it_makes_it_no_less_of_an_answer(self, desk: DeskAtWork) -> None:
        await asked(desk, buttons=0)
        await desk.customer_writes("Thank you so much!")
        await desk.customer_writes("5")
        assert (await survey(desk)).score == 5

    async def test_what_they_write_with_it_is_its_comment_and_is_understood_as_well(self, desk: DeskAtWork) -> None:
        await asked(desk, buttons=0)
        await desk.customer_writes("1, the new one is broken too")
        row = await survey(desk)
        assert (row.score, row.comment) == (1, "the new one is broken too")
        assert await desk.count("message WHERE NOT triaged AND text LIKE '1,%'") == 1

    async def test_one_that_may_answer_something_else_is_a_message(self, desk: DeskAtWork) -> None:
        mia = await desk.person("Mia")
        for number, between in enumerate(("a question", "days", "another")):
            sender = f"+4917{number}"
            ticket = await asked(desk, buttons=0, sender=sender, by=mia)
            if between == "a question":
                await desk.reply(ticket, mia, "How many of them were broken?")
            elif between == "days":
                desk.now += timedelta(days=3)
            desk.now += MINUTE
            await desk.customer_writes("4", sender=sender if between != "another" else "+4916")
            assert (await survey(desk)).score is None
        assert await desk.count("message WHERE NOT triaged AND text = '4'") == 3

    async def test_a_button_that_writes_its_label_is_both(self, desk: DeskAtWork) -> None:
        await asked(desk, buttons=5)
        event = {"kind": "message", "id": "B1", "from": CUSTOMER, "to": OURS, "text": "2 ⭐"}
        for _ in range(2):
            await desk.file(await desk.store(event | {"pressed": desk.channel.sent[-1].buttons[1].data}))
        assert (await survey(desk)).score == 2
        assert await desk.count("message WHERE text = '2 ⭐'") == 1


async def test_answers_are_summed_up_by_who_had_the_ticket(desk: DeskAtWork) -> None:
    mia, ben = await desk.person("Mia"), await desk.person("Ben")
    for number, (person, score) in enumerate(((mia, "5"), (mia, "2"), (ben, None))):
        sender = f"+4917{number}"
        ticket = await asked(desk, buttons=0, sender=sender, by=person)
        assert ticket.assignee_id == person.id
        if score:
            await desk.customer_writes(score, sender=sender)
    assert await summed(desk.engine) == [
        Sum(None, "Ben", 1, 0, None, (0, 0, 0, 0, 0)),
        Sum(None, "Mia", 2, 2, 3.5, (0, 1, 0, 0, 1)),
    ]
    assert [each.state for each in await listed(desk.engine, expired=desk.now + HOUR)].count("expired") == 1
