"""People are told by themselves what concerns them: once, with the context, and only as long as it is so."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.client import Slack
from bot.config import SlackConfig
from bot.intents import Action, Field
from bot.telling.post import SETTLED
from core.errors import AccountRefused, ChannelUnavailable, Throttled
from core.ids import new_id
from core.instants import utc_now
from emulators.slack import Channel, Workspace
from emulators.slack import Person as SlackPerson
from emulators.slack.faults import MENU
from storage.database import Database
from storage.direct_messages import SqlDirectMessages
from storage.playbooks import Playbooks
from tests.bot.letterbox import Letterbox
from tests.bot.office import staffed, told
from tests.playbooks import IN_PROGRESS, RESOLVED
from ticketing.direct_messages.plan import APART, SETTLES
from ticketing.direct_messages.shown import Owed, Told
from ticketing.escalation.brief import Brief
from ticketing.escalation.escalation import Escalation
from ticketing.people.actor import AI, Actor, person_acting
from ticketing.people.person import Person, Role
from ticketing.people.preferences import Notice, Preferences
from ticketing.playbook.sla_policy import Audience
from ticketing.tickets.events import DirectMessageDue, MessageAttributed, TicketAssigned, TicketEscalated
from ticketing.tickets.open_ticket import NewTicket, add_ticket
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Priority

TOLD, DROPPED = "told", "dropped"


@pytest.fixture
async def box(
    engine: AsyncEngine, store: Database, workspace: Workspace, config: SlackConfig, slack: Slack, support: Channel
) -> AsyncIterator[Letterbox]:
    box = Letterbox()
    async with staffed(engine, store, workspace, config, slack, support, route=box.route) as office:
        box.open(office, store, Playbooks())
        await office.desk.add_person("Sara", "sara@desk.example", Role.SUPERVISOR)
        box.heard.clear()
        yield box


@pytest.fixture
def sara(workspace: Workspace, support: Channel) -> SlackPerson:
    """A supervisor who is not in the channel."""
    return workspace.add_user("sara", "sara@desk.example")


async def at_desk(box: Letterbox, who: SlackPerson) -> Person:
    found = await box.office.desk.person_by_email(str(who.email))
    assert found is not None
    return found


async def give(box: Letterbox, to: SlackPerson, by: SlackPerson) -> None:
    await box.office.desk.assign(box.office.ticket.id, (await at_desk(box, to)).id, by=await at_desk(box, by))


async def open_for(box: Letterbox, whom: SlackPerson, *, by: Actor) -> None:
    """As triage and splitting do."""
    async with box.office.desk.start() as uow:
        conversation = await uow.conversations.lock(box.office.ticket.conversation_id)
        new, theirs = NewTicket("Another mug", Priority.NORMAL), (await at_desk(box, whom)).id
        await add_ticket(conversation, new, by=by, assignee_id=theirs, uow=uow, now=utc_now())


async def say(box: Letterbox, by: SlackPerson, text: str) -> None:
    await box.office.desk.comment(box.office.ticket.id, text, by=await at_desk(box, by))


async def write(box: Letterbox) -> None:
    """The customer writes something about the ticket."""
    box.heard.append(MessageAttributed(ticket_id=box.office.ticket.id, at=utc_now()))


class TestAnAssignment:
    async def test_is_told_to_who_has_it_now_with_who_gave_it_and_the_way_to_it(
        self, box: Letterbox, ben: SlackPerson, sara: SlackPerson
    ) -> None:
        await give(box, ben, sara)
        await box.tell()
        (words,) = box.of(ben)
        assert "Sara assigned #1" in words
        assert all(each in words for each in ("High", "Ben", "Reply", "Status", "Comment"))
        assert f"/archives/{box.office.support.id}/p{box.office.ts.replace('.', '')}" in str(
            box.office.workspace.channel_messages(box.office.workspace.direct(ben.id))
        )

    async def test_is_not_told_to_who_took_it(self, box: Letterbox, mia: SlackPerson) -> None:
        await box.office.press(mia, Action.CLAIM)
        assert await box.plan() == []

    async def test_that_came_by_itself_with_a_new_ticket_is_told_to_who_has_it(
        self, box: Letterbox, mia: SlackPerson, ben: SlackPerson, sara: SlackPerson
    ) -> None:
        """Mia has the conversation in which another issue comes up; then she splits one off herself."""
        await box.office.press(mia, Action.CLAIM)
        await open_for(box, mia, by=AI)
        await open_for(box, mia, by=person_acting(await at_desk(box, mia)))
        await box.tell()
        (words,) = box.of(mia)
        assert "Threadline AI assigned #2 Another mug to you" in words
        assert (box.of(ben), box.of(sara)) == ([], [])

    async def test_is_told_once_however_often_it_is_planned_and_told(
        self, box: Letterbox, ben: SlackPerson, sara: SlackPerson
    ) -> None:
        await give(box, ben, sara)
        for _ in range(3):
            await box.follow(TicketAssigned(ticket_id=box.office.ticket.id, at=utc_now()))
        (due,) = await box.plan()
        for _ in range(3):
            await box.tell(due.message_id)
        assert len(box.of(ben)) == 1

    async def test_that_is_another_ones_by_now_is_told_to_that_one_alone(
        self, box: Letterbox, mia: SlackPerson, ben: SlackPerson, sara: SlackPerson
    ) -> None:
        await give(box, ben, sara)
        await box.plan()
        await give(box, mia, sara)
        await box.tell()
        assert (len(box.of(ben)), len(box.of(mia))) == (0, 1)
        assert ("assigned", DROPPED, "not theirs") in await box.states()

    async def test_of_a_ticket_that_is_settled_meanwhile_is_not_told(
        self, box: Letterbox, ben: SlackPerson, sara: SlackPerson
    ) -> None:
        await give(box, ben, sara)
        await box.plan()
        for status in (IN_PROGRESS, RESOLVED):
            await box.office.desk.change_status(box.office.ticket.id, status, by=await at_desk(box, sara))
        await box.tell()
        assert box.of(ben) == []

    async def test_that_was_silenced_is_not_told(self, box: Letterbox, ben: SlackPerson, sara: SlackPerson) -> None:
        await box.office.desk.prefer(Preferences(frozenset({Notice.ASSIGNED})), by=await at_desk(box, ben))
        await give(box, ben, sara)
        await box.tell()
        assert (box.of(ben), await box.states()) == ([], [("assigned", DROPPED, "silenced")])

    async def test_to_somebody_whom_slack_does_not_know_is_passed_over(
        self, box: Letterbox, ben: SlackPerson, sara: SlackPerson
    ) -> None:
        zoe = await box.office.desk.add_person("Zoe", "zoe@desk.example", Role.AGENT)
        await box.office.desk.assign(box.office.ticket.id, zoe.id, by=await at_desk(box, sara))
        await box.tell()
        assert await box.states() == [("assigned", DROPPED, "not in Slack")]

    async def test_to_a_guest_who_shows_the_address_of_one_of_ours_is_told_to_nobody(
        self, box: Letterbox, workspace: Workspace, sara: SlackPerson
    ) -> None:
        leo = await box.office.desk.add_person("Leo", "leo@desk.example", Role.AGENT)
        workspace.add_user("leo", "leo@desk.example", is_bot=True)
        await box.office.desk.assign(box.office.ticket.id, leo.id, by=await at_desk(box, sara))
        await box.tell()
        assert await box.states() == [("assigned", DROPPED, "not in Slack")]


class TestWhateverSlackDoes:
    @pytest.fixture
    async def due(self, box: Letterbox, ben: SlackPerson, sara: SlackPerson) -> DirectMessageDue:
        await give(box, ben, sara)
        (due,) = await box.plan()
        return due

    @pytest.mark.parametrize("fault", ["reset_after", "server_error"])
    async def test_a_post_without_an_answer_stands_there_once(
        self, box: Letterbox, due: DirectMessageDue, ben: SlackPerson, fault: str
    ) -> None:
        box.office.workspace.faults.add("chat.postMessage", MENU[fault])
        with pytest.raises(ChannelUnavailable):
            await box.tell(due.message_id)
        with pytest.raises(Throttled):  # it may just be reaching Slack
            await box.tell(due.message_id)
        await box.tell(due.message_id, after=SETTLED + timedelta(seconds=1))
        assert len(box.of(ben)) == 1
        assert await box.states() == [("assigned", TOLD, None)]

    @pytest.mark.parametrize("fault", MENU)
    async def test_it_is_told_once_whichever_of_its_calls_fails_and_how(
        self, box: Letterbox, due: DirectMessageDue, ben: SlackPerson, fault: str
    ) -> None:
        for method in ("users.lookupByEmail", "conversations.open", "chat.postMessage"):
            box.office.workspace.faults.add(method, MENU[fault])
        for again in range(6):  # as the job comes again
            with contextlib.suppress(ChannelUnavailable):
                await box.tell(due.message_id, after=again * (SETTLED + timedelta(seconds=1)))
        assert len(box.of(ben)) == 1
        assert await box.states() == [("assigned", TOLD, None)]

    async def test_what_slack_refused_for_now_is_told_at_the_next_try(
        self, box: Letterbox, due: DirectMessageDue, ben: SlackPerson
    ) -> None:
        box.office.workspace.faults.add("chat.postMessage", MENU["too_many_requests"])
        with pytest.raises(Throttled):
            await box.tell(due.message_id)
        await box.tell(due.message_id)
        assert len(box.of(ben)) == 1

    async def test_a_missing_scope_is_an_admins_to_mend(
        self, box: Letterbox, due: DirectMessageDue, ben: SlackPerson
    ) -> None:
        box.office.workspace.scopes -= {"im:write"}
        with pytest.raises(AccountRefused, match="im:write"):
            await box.tell(due.message_id)
        box.office.workspace.scopes |= {"im:write"}
        await box.tell(due.message_id)
        assert len(box.of(ben)) == 1

    async def test_a_run_that_was_overtaken_posts_nothing(
        self, box: Letterbox, due: DirectMessageDue, ben: SlackPerson
    ) -> None:
        owed = await box.messages.owed(due.message_id)
        assert owed is not None
        first, second = [
            await box.messages.begin(owed.id, run=run, seen=owed.posting_since, now=utc_now())
            for run in (owed.id, owed.reader.id)
        ]
        assert (first, second) == (True, False)

    async def test_where_they_are_is_asked_once(self, box: Letterbox, due: DirectMessageDue, ben: SlackPerson) -> None:
        await box.tell(due.message_id)
        await say(box, ben, "x")
        await box.office.desk.comment(box.office.ticket.id, "@Ben again", by=await at_desk(box, ben))
        calls = {
            each: len(box.office.workspace.calls_of(each)) for each in ("users.lookupByEmail", "conversations.open")
        }
        assert calls == {"users.lookupByEmail": 1, "conversations.open": 1}
        (row,) = await box.office.all("SELECT zone FROM slack_user WHERE email = 'ben@desk.example'")
        assert row["zone"] == "Europe/Berlin"


class TestWhereTheyAre:
    async def test_is_looked_at_again_after_a_day(
        self, box: Letterbox, ben: SlackPerson, sara: SlackPerson, workspace: Workspace
    ) -> None:
        """Ben's account was closed, and he has another one."""
        await box.office.rooms.remember_user(ben.id, "ben@desk.example", now=utc_now() - timedelta(days=2))
        ben.deleted = True
        other = workspace.add_user("ben2", "ben@desk.example")
        await give(box, ben, sara)
        await box.tell()
        assert (len(box.of(ben)), len(box.of(other))) == (0, 1)


class TestAMention:
    async def test_brings_them_in_with_the_context(self, box: Letterbox, mia: SlackPerson, ben: SlackPerson) -> None:
        await say(box, mia, "@Ben do you know this <model>?")
        await box.tell()
        (words,) = box.of(ben)
        for part in (
            "Mia mentioned you",
            "do you know this <model>?",
            "Broken mug",
            "High",
            "nobody has it yet",
            "Claim",
        ):
            assert part in words, part

    async def test_of_a_team_is_told_to_everybody_in_it_but_who_wrote_it(
        self, box: Letterbox, mia: SlackPerson, ben: SlackPerson, sara: SlackPerson
    ) -> None:
        await say(box, mia, "@Support who has time?")
        await box.tell()
        assert [len(box.of(each)) for each in (mia, ben, sara)] == [0, 1, 1]

    async def test_who_named_somebody_outside_the_channel_is_told_so(
        self, box: Letterbox, mia: SlackPerson, ben: SlackPerson, sara: SlackPerson
    ) -> None:
        await mia.say(box.office.support, "who knows?", box.office.ts)  # Slack knows who Mia is
        await say(box, mia, "@Sara and @Ben, please look")
        await box.tell()
        (private,) = mia.ephemerals()
        assert "is not in <#" in private["text"]
        assert f"<@{sara.id}>" in private["text"]
        assert private["thread_ts"] == box.office.ts

    async def test_who_named_a_stranger_is_told_so(
        self, box: Letterbox, mia: SlackPerson, stranger: SlackPerson
    ) -> None:
        await mention(box, mia, stranger)
        assert f"<@{stranger.id}> is not in Threadline" in told(mia)
        assert await box.plan() == []

    async def test_in_a_thread_is_told_too(self, box: Letterbox, mia: SlackPerson, ben: SlackPerson) -> None:
        await mention(box, mia, ben)
        await box.tell()
        assert len(box.of(ben)) == 1
        assert mia.ephemerals() == []

    async def test_again_in_the_thread_is_left_to_slack(
        self, box: Letterbox, mia: SlackPerson, ben: SlackPerson
    ) -> None:
        for number in range(3):
            await mention(box, mia, ben, ts=f"1700000000.00010{number}")
            await box.tell()
        assert len(box.of(ben)) == 1
        assert (await box.states()).count(("mentioned", DROPPED, "told by Slack")) == 2
        await say(box, mia, "@Ben, by the form")  # of which Slack tells nobody
        await box.tell()
        assert len(box.of(ben)) == 2

    async def test_that_was_taken_back_before_it_was_told_is_not_told(
        self, box: Letterbox, mia: SlackPerson, ben: SlackPerson
    ) -> None:
        await mention(box, mia, ben)
        (source,) = await box.office.all("SELECT source FROM comment WHERE text LIKE '@Ben%'")
        await box.plan()
        await box.office.desk.delete_comment(source["source"])
        await box.tell()
        assert (box.of(ben), await box.states()) == ([], [("mentioned", DROPPED, "withdrawn")])

    async def test_can_be_answered_there(self, box: Letterbox, mia: SlackPerson, ben: SlackPerson) -> None:
        await say(box, mia, "@Ben?")
        await box.tell()
        direct = box.office.workspace.direct(ben.id)
        (post,) = [each for each in box.office.workspace.channel_messages(direct) if each.get("bot_id")]
        await ben.press(direct, post["ts"], Action.CLAIM)
        assert (await box.office.now())["assignee_id"] == (await at_desk(box, ben)).id
        assert "yours" in told(ben)
        await ben.press(direct, post["ts"], Action.COMMENT)
        await ben.submit(ben.modals()[-1]["id"], {Field.TEXT: "yes"})
        assert "yes" in [row["text"] for row in await box.office.all("SELECT text FROM comment")]


async def mention(box: Letterbox, by: SlackPerson, whom: SlackPerson, *, ts: str = "1700000000.000100") -> None:
    """In the card's thread, as Slack delivers it."""
    event = (await by.say(box.office.support, "x", box.office.ts)).delivery
    assert event is not None
    words = {**event.payload["event"], "text": f"<@{whom.id}> look", "ts": ts}
    await box.office.workspace.courier.event({**event.payload, "event": words}).tried.wait()


class TestNewsOfAWatchedTicket:
    @pytest.fixture
    async def watched(self, box: Letterbox, ben: SlackPerson) -> None:
        await box.office.desk.watch(box.office.ticket.id, by=await at_desk(box, ben))
        box.heard.clear()

    @pytest.mark.usefixtures("watched")
    async def test_that_come_together_are_told_together(
        self, box: Letterbox, mia: SlackPerson, ben: SlackPerson, sara: SlackPerson
    ) -> None:
        for status in (IN_PROGRESS, RESOLVED):
            await box.office.desk.change_status(box.office.ticket.id, status, by=await at_desk(box, sara))
        assert await box.plan(later=SETTLES - timedelta(seconds=5)) == []
        await box.tell()
        (words,) = box.of(ben)
        assert "In progress → Resolved · Sara" in words
        assert box.of(sara) == []

    @pytest.mark.usefixtures("watched")
    async def test_of_their_own_deeds_nothing_is_told(self, box: Letterbox, ben: SlackPerson) -> None:
        await box.office.desk.claim(box.office.ticket.conversation_id, by=await at_desk(box, ben))
        await box.office.desk.change_status(box.office.ticket.id, IN_PROGRESS, by=await at_desk(box, ben))
        await box.tell()
        assert (box.of(ben), await box.states()) == ([], [("watched", DROPPED, "nothing new")])

    @pytest.mark.usefixtures("watched")
    async def test_after_they_were_told_more_comes_a_quarter_of_an_hour_later(
        self, box: Letterbox, ben: SlackPerson, sara: SlackPerson
    ) -> None:
        await box.office.desk.change_status(box.office.ticket.id, IN_PROGRESS, by=await at_desk(box, sara))
        await box.tell()
        await box.office.desk.change_status(box.office.ticket.id, RESOLVED, by=await at_desk(box, sara))
        assert await box.plan(later=APART - timedelta(minutes=1)) == []
        assert len(await box.plan(later=APART)) == 1

    @pytest.mark.usefixtures("watched")
    async def test_that_come_while_others_are_being_told_are_told_after_those(
        self, box: Letterbox, ben: SlackPerson, sara: SlackPerson
    ) -> None:
        """The first have been read, and are not posted yet."""
        await box.office.desk.change_status(box.office.ticket.id, IN_PROGRESS, by=await at_desk(box, sara))
        (first,) = await box.plan()
        box.due = []

        class Slow(SqlDirectMessages):
            async def told(self, owed: Owed) -> Told:
                read = await super().told(owed)
                await box.office.desk.change_status(box.office.ticket.id, RESOLVED, by=await at_desk(box, sara))
                assert await box.plan(later=APART - timedelta(minutes=1)) == []
                return read

        quick, box.messages = box.messages, Slow(box.office.store, Playbooks(), box.office.rooms)
        await box.tell(first.message_id)
        box.messages = quick
        (second,) = await box.plan(later=APART)
        await box.tell(second.message_id)
        before, after = box.of(ben)
        assert ("→ In progress" in before, "→ Resolved" in before) == (True, False)
        assert ("→ Resolved" in after, "→ In progress" in after) == (True, False)

    @pytest.mark.usefixtures("watched")
    async def test_that_come_while_slack_does_not_answer_are_told_in_their_turn_and_not_twice(
        self, box: Letterbox, ben: SlackPerson, sara: SlackPerson
    ) -> None:
        await box.office.desk.change_status(box.office.ticket.id, IN_PROGRESS, by=await at_desk(box, sara))
        (first,) = await box.plan()
        box.due = []
        box.office.workspace.faults.add("chat.postMessage", MENU["too_many_requests"])
        with pytest.raises(Throttled):
            await box.tell(first.message_id)
        await box.office.desk.change_status(box.office.ticket.id, RESOLVED, by=await at_desk(box, sara))
        assert await box.plan() == []
        await box.tell(first.message_id)
        (words,) = box.of(ben)
        assert ("→ In progress" in words, "→ Resolved" in words) == (True, False)

    async def test_nobody_watches_nothing_is_planned(self, box: Letterbox, sara: SlackPerson) -> None:
        await box.office.desk.change_status(box.office.ticket.id, IN_PROGRESS, by=await at_desk(box, sara))
        assert await box.plan() == []


class TestATicketThatIsHandedToPeople:
    """By a rule of the playbook, which names the supervisors: Sara's team has it."""

    async def escalated(self, box: Letterbox) -> None:
        ticket = box.office.ticket
        escalation = Escalation(
            new_id(),
            ticket.id,
            utc_now(),
            Trigger.RULE,
            ("nothing <!here> gets on",),
            frozenset({Audience.SUPERVISOR}),
            None,
            None,
            Brief("A new <mug>", "", ("nobody has answered yet",), (), "Answer the customer."),
        )
        async with box.office.desk.start() as uow:
            await uow.escalations.add(escalation, ["late"])
            uow.emit(TicketEscalated(ticket_id=ticket.id, escalation_id=escalation.id, at=utc_now()))

    async def test_is_told_once_to_whom_the_rule_names_with_all_they_need(
        self, box: Letterbox, mia: SlackPerson, sara: SlackPerson
    ) -> None:
        await self.escalated(box)
        heard = [*box.heard]
        await box.tell()
        box.heard = heard  # the job is run again
        await box.tell()
        (words,) = box.of(sara)
        for each in ("nothing <!here> gets on", "Wants: A new <mug>", "Missing: nothing", "Next: Answer the customer."):
            assert each in words.replace("*", "")
        assert box.of(mia) == []

    async def test_is_not_told_once_it_is_settled(self, box: Letterbox, sara: SlackPerson) -> None:
        await self.escalated(box)
        await box.plan()
        for status in (IN_PROGRESS, RESOLVED):
            await box.office.desk.change_status(box.office.ticket.id, status, by=await at_desk(box, sara))
        await box.tell()
        assert (box.of(sara), await box.states()) == ([], [("escalated", DROPPED, "settled")])
