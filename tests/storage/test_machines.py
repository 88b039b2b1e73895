"""No machine of ours answers a machine, and none writes to one address without end. People write as they please."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.fakes.channels import FakeConnector
from tests.storage.desk import DeskAtWork, OneIssue
from tests.storage.mailing import EVE, MAILS, MAX, PLAYBOOK, a_mail, filed, note_of, propose, send, with_mail
from tests.storage.test_acknowledging import EVENING, understood
from ticketing.conversations.outbox import put_in_outbox
from ticketing.conversations.parts import Part
from ticketing.mails.ports import FLOOD, MOST_ANSWERS
from ticketing.people.actor import AI, Actor
from ticketing.people.person import Person, Role
from ticketing.surveys.plan import SurveyRules, ask_survey, plan_survey

NO_ANSWERS = "no-reply@home.example takes no answers"
SURVEYS = SurveyRules(timedelta(hours=1), timedelta(days=30))


@pytest.fixture
def channel(desk: DeskAtWork) -> FakeConnector:
    desk.follow(PLAYBOOK)
    return with_mail(desk)


async def write(
    desk: DeskAtWork, conversation_id: UUID, by: Actor | Person = AI, *, request: str | None = None
) -> bool:
    """Whether it was written."""
    async with desk.start() as uow:
        conversation = await uow.conversations.lock(conversation_id)
        return (
            await put_in_outbox(
                [Part("Here you are.")],
                conversation,
                rooms=[],
                concerns=False,
                by=by,
                request=request or uuid4().hex,
                undo=timedelta(),
                uow=uow,
                now=desk.now,
            )
            is not None
        )


async def held_back(desk: DeskAtWork) -> Sequence[str]:
    """Why, as the records say it."""
    rows = await desk.rows("SELECT after FROM activity WHERE kind = 'reply.held_back' ORDER BY at, seq")
    return [row.after["why"] for row in rows]


class TestWhatIsNotForAMachine:
    async def test_gets_no_message_of_a_stage_and_the_ticket_goes_on(
        self, desk: DeskAtWork, channel: FakeConnector
    ) -> None:
        mia = await desk.person("Mia", Role.ADMIN)
        ticket = await desk.ticket(await filed(desk, a_mail(unanswerable=NO_ANSWERS)), mia)
        await propose(desk, channel, ticket, by=mia)

        assert (channel.sent, await desk.count("offer")) == ([], 0)
        assert len(await held_back(desk)) == 2, "once each, though the job came twice"
        (row,) = await desk.rows("SELECT status FROM ticket")
        assert row.status == "proposed"
        assert await desk.broken_chains() == []

    async def test_gets_no_survey(self, desk: DeskAtWork, channel: FakeConnector) -> None:
        mia = await desk.person("Mia", Role.ADMIN)
        ticket = await desk.ticket(await filed(desk, a_mail(unanswerable=NO_ANSWERS)), mia)
        await desk.desk.change_status(ticket.id, "accepted", by=mia)
        await plan_survey(ticket.id, surveys=SURVEYS, uow=desk.start(), now=desk.now)
        (survey,) = await desk.rows("SELECT id FROM survey")
        await ask_survey(survey.id, surveys=SURVEYS, limits={"email": MAILS}, uow=desk.start(), now=desk.now)

        (survey,) = await desk.rows("SELECT state, why FROM survey")
        assert (survey.state, survey.why) == ("skipped", "a machine may answer")
        assert channel.sent == []

    async def test_is_answered_by_people_all_the_same(self, desk: DeskAtWork, channel: FakeConnector) -> None:
        mia = await desk.person()
        ticket = await desk.ticket(await filed(desk, a_mail(unanswerable=NO_ANSWERS)), mia)
        await send(desk, channel, await desk.reply(ticket, mia))
        assert len(channel.sent) == 1

    async def test_gets_no_word_out_of_hours(self, desk: DeskAtWork, channel: FakeConnector) -> None:
        desk.now = EVENING
        here = await filed(desk, a_mail(unanswerable=NO_ANSWERS))
        await understood(desk, here, OneIssue())
        assert await desk.count("ticket") == 1
        assert await desk.count("message WHERE direction = 'out'") == 0
        assert len(await held_back(desk)) == 1


class TestOneAddress:
    async def test_gets_so_many_automatic_mails_in_a_day_whatever_the_conversation(
        self, desk: DeskAtWork, channel: FakeConnector
    ) -> None:
        written = []
        for _ in range(MOST_ANSWERS + 1):
            desk.now += timedelta(hours=1)
            written.append(await write(desk, await filed(desk, a_mail())))
        assert written == [True] * MOST_ANSWERS + [False]
        assert await held_back(desk) == ["5 automatic mails went there within 24 hours"]
        assert await write(desk, await filed(desk, a_mail(sender=EVE)))
        mia = await desk.person()
        assert await write(desk, await filed(desk, a_mail()), by=mia)

        desk.now += timedelta(hours=24 - MOST_ANSWERS)
        assert await write(desk, await filed(desk, a_mail(sender=MAX.upper(), answer_to=MAX)))
        assert not await write(desk, await filed(desk, a_mail()))

    async def test_is_not_counted_again_for_what_is_written_already(
        self, desk: DeskAtWork, channel: FakeConnector
    ) -> None:
        here = await filed(desk, a_mail())
        assert [await write(desk, here, request="the same") for _ in range(9)] == [True] + [False] * 8
        assert await write(desk, here)
        assert await held_back(desk) == []

    async def test_is_told_once_that_nobody_is_there_though_each_mail_is_a_conversation(
        self, desk: DeskAtWork, channel: FakeConnector
    ) -> None:
        desk.now = EVENING
        for _ in range(3):
            await understood(desk, await filed(desk, a_mail()), OneIssue())
        assert await desk.count("message WHERE direction = 'out'") == 1

    async def test_in_a_chat_is_not_counted(self, desk: DeskAtWork) -> None:
        here = await desk.customer_writes()
        assert [await write(desk, here) for _ in range(MOST_ANSWERS + 2)] == [True] * (MOST_ANSWERS + 2)


class TestAFlood:
    async def test_is_filed_answered_by_no_machine_and_told_once(
        self, desk: DeskAtWork, channel: FakeConnector
    ) -> None:
        mails = [a_mail() for _ in range(FLOOD + 3)]
        here = [await filed(desk, mail) for mail in mails]

        notes = [await note_of(desk, mail) for mail in mails]
        assert [place for place, note in enumerate(notes) if note] == [FLOOD]
        assert "no machine answers" in str(notes[FLOOD])
        assert [await write(desk, here[FLOOD - 1]), await write(desk, here[-1])] == [True, False]

        desk.now += timedelta(minutes=10)
        later = replace(mails[0], key="later")
        assert await write(desk, await filed(desk, later)), "it is over"
