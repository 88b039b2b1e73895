"""Rules hand tickets to people, over the database: once, with what is needed to go on, whatever happens meanwhile."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from storage.queries.activity import entries
from storage.rows import AnyRow
from storage.unit_of_work import SqlUnitOfWork
from tests.factories import a_suggestion, an_issue
from tests.playbooks import IN_PROGRESS, RESOLVED, WAITING, a_rule, escalating, promising, text_of
from tests.storage.desk import DeskAtWork, Says
from tests.storage.mortals import Fate, Killed, MortalWork
from ticketing.activity.record import Stream
from ticketing.direct_messages.plan import tell_escalated
from ticketing.escalation.consider import consider, consider_due
from ticketing.escalation.watch import watch_all
from ticketing.people.actor import SYSTEM
from ticketing.people.permissions import PermissionRefused
from ticketing.people.person import Role
from ticketing.playbook.actions import HandToTeam, SetPriority
from ticketing.playbook.ai_policy import EscalationRule
from ticketing.playbook.apply import apply_playbook
from ticketing.playbook.succession import Wanted
from ticketing.tickets.changes import ChangedMeanwhile
from ticketing.tickets.open_ticket import NewTicket
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Burst, Priority, Sentiment, Suggestion, Vocabulary

UPSET = a_rule('ticket.sentiment == "upset"', "the customer is upset", notify=["supervisor"])


class Sounds:
    """One issue, which goes on with a ticket that is open, in this tone."""

    def __init__(self, sentiment: Sentiment) -> None:
        self.sentiment = sentiment

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        continues = next((each.id for each in burst.known), None)
        return a_suggestion(an_issue(burst, continues=continues), sentiment=self.sentiment)


class Escalated:
    """A ticket at a desk with rules, and what became of it."""

    def __init__(self, at_work: DeskAtWork, ticket_id: UUID, conversation: UUID) -> None:
        self.at_work, self.id, self.conversation = at_work, ticket_id, conversation

    async def says(self, words: str, sentiment: Sentiment = Sentiment.NEUTRAL) -> None:
        await self.at_work.customer_writes(words)
        await self.at_work.understand(self.conversation, Sounds(sentiment))
        await self.consider()

    async def consider(self, start: Callable[[], SqlUnitOfWork] | None = None) -> bool:
        return await consider(self.id, uow=(start or self.at_work.start)(), now=self.at_work.now)

    async def ticket(self) -> Ticket:
        async with self.at_work.start() as uow:
            return await uow.tickets.get(self.id)

    async def happened(self, kind: str = "ticket.escalated") -> list[Any]:
        async with self.at_work.engine.connect() as connection:
            found = await entries(connection, Stream("ticket", self.id))
        return [each for each in found if each.kind == kind]

    async def stored(self) -> AnyRow:
        """The newest escalation."""
        return (await self.at_work.rows("SELECT * FROM escalation ORDER BY at DESC, id DESC LIMIT 1"))[0]

    async def brief(self) -> dict[str, Any]:
        kept = (await self.stored()).brief
        found: dict[str, Any] = json.loads(kept) if isinstance(kept, str) else kept
        return found

    async def look_at(self) -> float | None:
        """Hours until its rules are looked at again."""
        found = await self.at_work.rows("SELECT look_at FROM escalation_watch")
        return (found[0].look_at - self.at_work.now) / timedelta(hours=1) if found else None

    async def later(self, **by: float) -> int:
        self.at_work.now += timedelta(**by)
        return await consider_due(start=self.at_work.start, now=self.at_work.now)


async def opened(desk: DeskAtWork, *rules: EscalationRule, sentiment: Sentiment = Sentiment.NEUTRAL) -> Escalated:
    """By the AI, from a broken mug."""
    desk.follow(escalating(*rules))
    conversation = await desk.customer_writes("My mug arrived broken.")
    await desk.understand(conversation, Sounds(sentiment))
    (row,) = await desk.rows("SELECT id FROM ticket")
    found = Escalated(desk, row.id, conversation)
    await found.consider()
    return found


class TestARuleThatComesToHold:
    async def test_hands_the_ticket_to_people_with_the_words_of_the_playbook(self, desk: DeskAtWork) -> None:
        case = await opened(desk, UPSET)
        assert (await case.ticket()).escalated_at is None
        await case.says("This is outrageous! I want my money back NOW.", Sentiment.UPSET)
        assert (await case.ticket()).escalated_at == desk.now
        (record,) = await case.happened()
        assert (record.actor_kind, record.after["because"]) == ("automation", ["the customer is upset"])
        stored = await case.stored()
        assert (stored.trigger, stored.sentiment_then, stored.sentiment) == ("sentiment", "neutral", "upset")
        assert "TicketEscalated" in await desk.jobs()
        assert await desk.broken_chains() == []

    async def test_raises_the_priority_and_hands_it_to_a_team(self, desk: DeskAtWork) -> None:
        await desk.desk.add_team("Complaints", None)
        rule = a_rule("ticket.exchanges >= 1", "it goes on", SetPriority(Priority.URGENT), HandToTeam("complaints"))
        case = await opened(desk, rule)
        await case.says("And where is it now?")
        ticket = await case.ticket()
        (team,) = await desk.rows("SELECT id FROM team WHERE name = 'Complaints'")
        assert (ticket.priority, ticket.team_id, ticket.hand_offs) == (Priority.URGENT, team.id, 0)

    async def test_never_lowers_a_priority(self, desk: DeskAtWork) -> None:
        case = await opened(desk, a_rule("ticket.exchanges >= 1", "…", SetPriority(Priority.LOW)))
        await case.says("And where is it now?")
        assert (await case.ticket()).priority is Priority.HIGH

    async def test_those_that_come_to_hold_together_are_one_escalation(self, desk: DeskAtWork) -> None:
        again = a_rule("ticket.exchanges >= 1", "nothing gets on", notify=["team"])
        case = await opened(desk, UPSET, again)
        await case.says("Outrageous!", Sentiment.UPSET)
        (record,) = await case.happened()
        assert record.after["because"] == ["the customer is upset", "nothing gets on"]
        assert sorted((await case.stored()).notify) == ["supervisor", "team"]

    async def test_says_nothing_of_a_ticket_that_is_settled_or_was_none(self, desk: DeskAtWork) -> None:
        case = await opened(desk, a_rule("ticket.reopenings == 0"))
        admin = await desk.person("Ada", Role.ADMIN)
        await desk.rows_changed("DELETE FROM escalation_rule")
        await desk.desk.change_status(case.id, RESOLVED, by=admin)
        assert not await case.consider()
        await desk.desk.change_status(case.id, IN_PROGRESS, by=admin)
        await desk.desk.discard(case.id, by=admin)
        assert not await case.consider()


class TestOnce:
    async def test_asked_by_many_at_once_it_is_one(self, desk: DeskAtWork) -> None:
        case = await opened(desk, UPSET)
        await desk.customer_writes("Outrageous!")
        await desk.understand(case.conversation, Sounds(Sentiment.UPSET))
        assert sum(await asyncio.gather(*(case.consider() for _ in range(6)))) == 1
        assert (len(await case.happened()), await desk.count("escalation")) == (1, 1)

    async def test_who_took_the_ticket_is_not_called_to_it_again(self, desk: DeskAtWork) -> None:
        case, mia = await opened(desk, UPSET, sentiment=Sentiment.UPSET), await desk.person("Mia")
        await desk.desk.claim(case.conversation, by=mia)
        await case.says("Thank you, that helps.", Sentiment.SATISFIED)
        await case.says("It did NOT help!", Sentiment.UPSET)
        assert len(await case.happened()) == 1

    async def test_another_rule_says_something_else(self, desk: DeskAtWork) -> None:
        case = await opened(desk, UPSET, a_rule("ticket.exchanges >= 2", "nothing gets on"))
        await case.says("Outrageous!", Sentiment.UPSET)
        await case.says("Well?", Sentiment.UPSET)
        assert [each.after["because"] for each in await case.happened()] == [
            ["the customer is upset"],
            ["nothing gets on"],
        ]

    async def test_killed_anywhere_it_happens_once_and_everybody_is_told_once(self, desk: DeskAtWork) -> None:
        team = "Support"
        await desk.desk.add_team(team, None, is_default=True)
        await desk.person("Sam", Role.SUPERVISOR, team)
        steps, died = 0, True
        case = await opened(desk, UPSET)
        while died:
            await desk.rows_changed("DELETE FROM direct_message")
            await desk.rows_changed("DELETE FROM escalation_rule")
            await desk.rows_changed("DELETE FROM escalation")
            await desk.rows_changed("UPDATE ticket SET escalated_at = NULL, sentiment = 'upset'")
            fate, died = Fate(steps), False
            try:
                await escalated_and_told(case, partial(MortalWork, desk, fate))
            except Killed:
                died = True
            await escalated_and_told(case, desk.start)
            assert (await desk.count("escalation"), await desk.count("direct_message")) == (1, 1)
            steps += 1
        assert len(await case.happened()) == steps > 15
        assert await desk.broken_chains() == []


async def escalated_and_told(case: Escalated, start: Callable[[], SqlUnitOfWork]) -> None:
    """As the jobs do it, which are run again until they are through."""
    await case.consider(start)
    (stored,) = await case.at_work.rows("SELECT id FROM escalation")
    await tell_escalated(stored.id, uow=start(), now=case.at_work.now)


class TestWhoIsTold:
    async def told(self, desk: DeskAtWork, *notify: str, claimed: bool = False) -> list[str]:
        await desk.desk.add_team("Support", None, is_default=True)
        mia = await desk.person("Mia", Role.AGENT, "Support")
        await desk.person("Sam", Role.SUPERVISOR, "Support")
        await desk.desk.add_team("Billing", None)
        await desk.person("Zoe", Role.SUPERVISOR, "Billing")
        case = await opened(desk, a_rule("ticket.exchanges >= 1", "…", notify=notify))
        if claimed:
            await desk.desk.claim(case.conversation, by=mia)
        await case.says("And?")
        for _ in range(2):
            await tell_escalated((await case.stored()).id, uow=desk.start(), now=desk.now)
        rows = await desk.rows(
            "SELECT person.name, direct_message.kind FROM direct_message JOIN person ON person.id = person_id "
            "WHERE kind = 'escalated' ORDER BY person.name"
        )
        return [row.name for row in rows]

    async def test_the_supervisors_of_its_team_only(self, desk: DeskAtWork) -> None:
        assert await self.told(desk, "supervisor") == ["Sam"]

    async def test_the_assignee(self, desk: DeskAtWork) -> None:
        assert await self.told(desk, "assignee", claimed=True) == ["Mia"]

    async def test_where_nobody_has_it_the_supervisors(self, desk: DeskAtWork) -> None:
        assert await self.told(desk, "assignee") == ["Sam"]

    async def test_the_whole_team_each_once(self, desk: DeskAtWork) -> None:
        assert await self.told(desk, "assignee", "team", "supervisor", claimed=True) == ["Mia", "Sam"]

    async def test_nobody_where_nobody_is_named(self, desk: DeskAtWork) -> None:
        assert await self.told(desk) == []


class TestByTheClock:
    async def test_a_ticket_that_grows_old_is_looked_at_just_then(self, desk: DeskAtWork) -> None:
        case = await opened(desk, a_rule("ticket.age_hours > 48 && !ticket.assigned", "nobody takes it"))
        assert await case.look_at() == 48
        assert (await case.later(hours=47), await case.happened()) == (0, [])
        assert await case.later(hours=1, seconds=1) == 1
        assert len(await case.happened()) == 1
        assert (await case.later(hours=100), await case.look_at()) == (0, None)

    async def test_exactly_at_its_age_it_is_not_older(self, desk: DeskAtWork) -> None:
        case = await opened(desk, a_rule("ticket.age_hours > 48"))
        assert (await case.later(hours=48), await case.happened()) == (1, [])
        assert await case.later(microseconds=1) == 1
        assert len(await case.happened()) == 1

    async def test_open_hours_stand_still_at_night(self, desk: DeskAtWork) -> None:
        rule = a_rule("ticket.open_hours >= 12", "it waits")
        playbook = escalating(rule, playbook=promising())
        case = await opened(desk, rule)
        desk.follow(playbook)
        await case.consider()
        assert await case.look_at() == 28.0  # Monday 9:00, eight hours a day: Tuesday at 13:00
        assert await case.later(hours=28) == 1
        assert len(await case.happened()) == 1

    async def test_a_promise_half_used(self, desk: DeskAtWork) -> None:
        rule = a_rule("sla.used >= 0.5", "half of the time is used")
        desk.follow(escalating(rule, playbook=promising("always")))
        conversation = await desk.customer_writes("My mug arrived broken.")
        await desk.understand(conversation, Sounds(Sentiment.NEUTRAL))
        (row,) = await desk.rows("SELECT id FROM ticket")
        case = Escalated(desk, row.id, conversation)
        await case.consider()
        assert await case.look_at() == 0.5  # of one hour to the first response: its priority is high
        assert await case.later(minutes=29) == 0
        assert await case.later(minutes=1) == 1
        assert len(await case.happened()) == 1

    async def test_what_is_settled_is_not_waited_for(self, desk: DeskAtWork) -> None:
        case = await opened(desk, a_rule("ticket.age_hours > 48"))
        await desk.desk.change_status(case.id, RESOLVED, by=await desk.person("Ada", Role.ADMIN))
        await case.consider()
        assert await case.look_at() is None

    async def test_two_clocks_at_once_escalate_once(self, desk: DeskAtWork) -> None:
        case = await opened(desk, a_rule("ticket.age_hours > 48"))
        desk.now += timedelta(hours=49)
        await asyncio.gather(*(consider_due(start=desk.start, now=desk.now) for _ in range(4)))
        assert len(await case.happened()) == 1


class TestANewVersionOfThePlaybook:
    RULES = """    ai:
      escalate:
        - {when: ticket.age_hours > 48, because: it is old}
        - {when: ticket.exchanges >= 0, because: it is there}
"""

    async def apply(self, desk: DeskAtWork, *, rules: bool) -> None:
        text = text_of("retail")
        head, found, rest = text.partition("  case_follow_up:\n    label: Case follow-up\n")
        document = f"{head}{found}{self.RULES if rules else ''}{rest}"
        await apply_playbook(
            document, file="p.yaml", wanted=Wanted(), by=SYSTEM, first=not rules, uow=desk.start(), now=desk.now
        )

    async def test_watches_the_tickets_that_are_there_and_calls_nobody(self, desk: DeskAtWork) -> None:
        await self.apply(desk, rules=False)
        mia = await desk.person("Mia")
        for number in range(2):
            conversation = await desk.customer_writes("Any news?", sender=f"+49{number}")
            new = NewTicket("Any news?", Priority.NORMAL, "case_follow_up")
            await desk.desk.open_ticket(conversation, new, by=mia)
        desk.now += timedelta(hours=1)
        before = (await desk.jobs()).count("EscalationsChanged")
        await self.apply(desk, rules=True)
        assert (await desk.jobs()).count("EscalationsChanged") == before + 1
        assert await watch_all(2, 0, start=desk.start, clock=desk.clock) == 2
        assert await watch_all(2, 0, start=desk.start, clock=desk.clock) == 0
        looked_at = await desk.rows("SELECT look_at FROM escalation_watch")
        assert {row.look_at - desk.now for row in looked_at} == {timedelta(hours=47)}
        assert await desk.count("escalation") == 0

    async def test_one_that_cannot_be_watched_keeps_no_other_from_it(self, desk: DeskAtWork) -> None:
        await self.apply(desk, rules=False)
        mia = await desk.person("Mia")
        for number in range(3):
            conversation = await desk.customer_writes("Any news?", sender=f"+49{number}")
            new = NewTicket("Any news?", Priority.NORMAL, "case_follow_up")
            await desk.desk.open_ticket(conversation, new, by=mia)
        await self.apply(desk, rules=True)
        await desk.rows_changed("UPDATE ticket SET status = 'nowhere', type = 'nothing' WHERE number = 2")
        with pytest.raises(ExceptionGroup, match="1 tickets could not be watched"):
            await watch_all(2, 0, start=desk.start, clock=desk.clock, together=2)
        assert await desk.count("escalation_watch") == 2


class TestHandedBack:
    async def test_the_ai_may_work_on_it_again_and_what_still_holds_stays_quiet(self, desk: DeskAtWork) -> None:
        case, mia = await opened(desk, UPSET, sentiment=Sentiment.UPSET), await desk.person("Mia")
        await desk.desk.claim(case.conversation, by=mia)
        await desk.desk.hand_back(case.id, by=mia)
        assert (await case.ticket()).escalated_at is None
        (record,) = await case.happened("ticket.handed_back")
        assert record.actor_name == "Mia"
        assert not await case.consider()

    async def test_what_has_ceased_and_comes_back_escalates_anew(self, desk: DeskAtWork) -> None:
        case, mia = await opened(desk, UPSET, sentiment=Sentiment.UPSET), await desk.person("Mia")
        await desk.desk.claim(case.conversation, by=mia)
        await desk.desk.hand_back(case.id, by=mia)
        await case.says("Fine, thank you.", Sentiment.SATISFIED)
        await case.says("I take that back!", Sentiment.UPSET)
        assert len(await case.happened()) == 2
        assert (await case.ticket()).escalated_at is not None

    async def test_pressed_twice_is_once_and_a_stranger_may_not(self, desk: DeskAtWork) -> None:
        case, mia, ben = await opened(desk, UPSET, sentiment=Sentiment.UPSET), await desk.person("Mia"), None
        await desk.desk.claim(case.conversation, by=mia)
        ben = await desk.person("Ben")
        with pytest.raises(PermissionRefused, match="hand this ticket back to the AI"):
            await desk.desk.hand_back(case.id, by=ben)
        with pytest.raises(ChangedMeanwhile):
            await desk.desk.hand_back(case.id, by=mia, seen=1)
        for _ in range(2):
            await desk.desk.hand_back(case.id, by=mia)
        assert len(await case.happened("ticket.handed_back")) == 1


class TestWhatAPersonNeeds:
    async def test_stands_with_the_escalation_and_follows_what_happens(self, desk: DeskAtWork) -> None:
        case, mia = await opened(desk, UPSET, sentiment=Sentiment.UPSET), await desk.person("Mia")
        told = await case.brief()
        assert (told["wants"], told["missing"]) == ("The mug arrived broken.", ["an answer to the customer"])
        assert told["done"] == ["the AI opened the ticket", "nobody has answered yet"]
        assert told["suggested"] == "Answer in person and say what happens next, by when."
        await desk.desk.claim(case.conversation, by=mia)
        desk.now += timedelta(minutes=1)
        await desk.reply(await case.ticket(), mia, then=None)
        assert not await case.consider()
        told = await case.brief()
        assert (told["done"][-1], told["missing"]) == ("the customer was answered once", [])

    async def test_is_shown_anew_only_where_it_says_something_else(self, desk: DeskAtWork) -> None:
        case = await opened(desk, UPSET, sentiment=Sentiment.UPSET)
        before = (await desk.jobs()).count("TicketChanged")
        for _ in range(3):
            await case.consider()
        assert (await desk.jobs()).count("TicketChanged") == before


class TestWhatIsCounted:
    async def test_a_burst_is_one_exchange_and_what_opened_the_ticket_is_none(self, desk: DeskAtWork) -> None:
        case = await opened(desk)
        assert (await case.ticket()).exchanges == 0
        for words in ("Hello?", "Is anybody there?"):
            await desk.customer_writes(words)
        await case.says("Please!")
        ticket = await case.ticket()
        assert (ticket.exchanges, ticket.version) == (1, 1)

    async def test_the_desk_moving_it_begins_anew(self, desk: DeskAtWork) -> None:
        case, ada = await opened(desk), await desk.person("Ada", Role.ADMIN)
        await case.says("And?")
        await desk.desk.change_status(case.id, WAITING, by=ada)
        await case.says("Here is the photo.")  # moves it on by itself
        assert ((await case.ticket()).status, (await case.ticket()).exchanges) == (IN_PROGRESS, 2)
        await desk.desk.change_status(case.id, RESOLVED, by=ada)
        assert (await case.ticket()).exchanges == 0

    async def test_what_comes_back_is_a_reopening_and_one_exchange(self, desk: DeskAtWork) -> None:
        case, ada = await opened(desk), await desk.person("Ada", Role.ADMIN)
        await desk.desk.change_status(case.id, RESOLVED, by=ada)
        await case.says("It broke again.", Sentiment.FRUSTRATED)
        ticket = await case.ticket()
        assert (ticket.reopenings, ticket.exchanges, ticket.sentiment) == (1, 1, Sentiment.FRUSTRATED)

    async def test_what_belongs_to_no_ticket_in_particular_is_heard_in_all(self, desk: DeskAtWork) -> None:
        case, mia = await opened(desk), await desk.person("Mia")
        other = await desk.ticket(case.conversation, mia, "Where is order 2?")
        await desk.customer_writes("You are all useless.")
        brain = Says(a_suggestion(worthy=False, sentiment=Sentiment.UPSET))
        await desk.understand(case.conversation, brain)
        async with desk.start() as uow:
            both = [await uow.tickets.get(each) for each in (case.id, other.id)]
        assert [(each.sentiment, each.exchanges) for each in both] == [(Sentiment.UPSET, 0)] * 2

    async def test_nobody_has_read_it_while_the_ai_is_off(self, desk: DeskAtWork) -> None:
        case = await opened(desk, sentiment=Sentiment.UPSET)
        await desk.desk.switch_ai(on=False)
        await case.says("And?", Sentiment.SATISFIED)
        assert (await case.ticket()).sentiment is Sentiment.UPSET

    async def test_open_tickets_of_the_conversation(self, desk: DeskAtWork) -> None:
        case, mia = await opened(desk, a_rule("ticket.issues >= 3", "much at once")), await desk.person("Mia")
        await desk.ticket(case.conversation, mia, "Where is order 2?")
        assert not await case.consider()
        third = await desk.ticket(case.conversation, mia, "And order 3?")
        assert await consider(third.id, uow=desk.start(), now=desk.now)
        await desk.desk.change_status(third.id, RESOLVED, by=mia)
        assert not await case.consider()
