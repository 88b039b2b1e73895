"""A doubtful mail waits for a person, who says in one click where it belongs; whatever comes twice or at once."""

import asyncio
from contextlib import suppress
from uuid import UUID

import pytest

from core.errors import Refused
from core.messages import Inbound, Party
from storage.light_cards import SqlLightCards
from storage.queries.activity import entries
from tests.factories import RULES
from tests.storage.desk import DeskAtWork, OneIssue
from tests.storage.letters import EVE, MAX, a_mail, filed, ids, where
from ticketing.activity.record import Stream
from ticketing.conversations.light_card import LightCard
from ticketing.mails.match import MatchDecided
from ticketing.mails.place import JoinedMeanwhile
from ticketing.mails.undecided import ConversationJoined
from ticketing.people.person import Person
from ticketing.tickets.changes import ChangedMeanwhile
from ticketing.tickets.open_ticket import NewTicket
from ticketing.triage.suggestion import Priority


class Doubt:
    """Max's conversation, and Eve's mail, which answers it though she does not take part."""

    def __init__(self, desk: DeskAtWork, first: Inbound, doubtful: Inbound, here: UUID, there: UUID) -> None:
        self.desk, self.first, self.doubtful, self.maxs, self.eves = desk, first, doubtful, here, there

    async def card(self) -> LightCard:
        return await SqlLightCards(self.desk.database, sure_enough=RULES.sure_enough).card(self.eves)

    async def waits(self, conversation: UUID) -> bool:
        """For triage."""
        async with self.desk.start() as uow:
            return await uow.messages.waiting_for_triage(conversation) is not None

    async def decided(self) -> bool | None:
        async with self.desk.start() as uow:
            match = await uow.mails.match(self.eves)
        assert match is not None
        return match.same

    async def recorded(self, conversation: UUID) -> list[str]:
        async with self.desk.engine.connect() as connection:
            return [each.kind for each in await entries(connection, Stream("conversation", conversation))]


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    return await desk.person("Mia")


@pytest.fixture
async def ben(desk: DeskAtWork) -> Person:
    return await desk.person("Ben")


@pytest.fixture
async def doubt(desk: DeskAtWork) -> Doubt:
    first = a_mail(subject="Broken mug")
    here = await filed(desk, first)
    await desk.understand(here, OneIssue())
    doubtful = a_mail("I have the other half.", sender=EVE, references=ids(first))
    return Doubt(desk, first, doubtful, here, await filed(desk, doubtful))


class TestUndecided:
    async def test_the_card_asks_and_no_triage_is_planned(self, desk: DeskAtWork, doubt: Doubt) -> None:
        match = (await doubt.card()).match
        assert match is not None
        assert (match.number, match.subject, match.customer, match.same) == (1, "Broken mug It broke.", "Max", None)
        assert EVE in match.why
        assert (await desk.jobs()).count("MessageReceived") == 1, "of Max's own mail"
        assert await doubt.waits(doubt.eves)

    async def test_more_mails_are_filed_there_and_nothing_is_opened_for_them(
        self, desk: DeskAtWork, doubt: Doubt
    ) -> None:
        before = await doubt.card()
        assert await filed(desk, a_mail("Hello?", sender=EVE, references=ids(doubt.doubtful))) == doubt.eves
        card = await doubt.card()
        assert (await desk.jobs()).count("MessageReceived") == 1
        assert card.version > before.version
        assert "Hello?" in (card.last_words or "")
        assert (await desk.jobs())[-1] == "ConversationChanged"

    async def test_a_mail_wakes_what_was_snoozed(self, desk: DeskAtWork, doubt: Doubt, mia: Person) -> None:
        await desk.desk.snooze(doubt.eves, desk.now.replace(year=desk.now.year + 1), by=mia)
        await filed(desk, a_mail("Hello?", sender=EVE, references=ids(doubt.doubtful)))
        assert (await doubt.card()).needs_people


class TestSame:
    async def test_its_mails_go_on_there_and_triage_attributes_them(
        self, desk: DeskAtWork, doubt: Doubt, mia: Person
    ) -> None:
        await desk.desk.join_match(doubt.eves, by=mia)

        assert await where(desk, doubt.doubtful) == doubt.maxs
        (row,) = await desk.rows(
            "SELECT author_name, author_address FROM message WHERE key = :key", key=f"email:{doubt.doubtful.key}"
        )
        assert row.author_address == EVE, "who wrote it stays visible"
        assert (await doubt.waits(doubt.maxs), await doubt.waits(doubt.eves)) == (True, False)
        assert (await desk.jobs()).count("MessageReceived") == 2
        assert await doubt.decided() is True

    async def test_the_old_one_is_resolved_and_says_where_it_went(
        self, desk: DeskAtWork, doubt: Doubt, mia: Person
    ) -> None:
        await desk.desk.join_match(doubt.eves, by=mia)

        card = await doubt.card()
        assert (card.needs_people, card.state.value) == (False, "resolved")
        assert card.match is not None
        assert (card.match.same, card.match.decided_by) == (True, "Mia")
        assert (await doubt.recorded(doubt.eves))[-1] == "conversation.resolved"
        assert (await doubt.recorded(doubt.maxs))[-1] == "conversation.joined"
        assert await desk.broken_chains() == []

    async def test_what_answers_either_goes_on_there_from_then_on(
        self, desk: DeskAtWork, doubt: Doubt, mia: Person
    ) -> None:
        await desk.desk.join_match(doubt.eves, by=mia)

        assert await filed(desk, a_mail(sender=EVE, references=ids(doubt.first))) == doubt.maxs, "she takes part"
        assert await filed(desk, a_mail(sender=EVE, references=ids(doubt.doubtful))) == doubt.maxs
        assert await filed(desk, a_mail(sender="ann@x.example", conversation=doubt.eves)) == doubt.maxs
        assert await filed(desk, doubt.doubtful) == doubt.maxs, "the same mail once more"

    async def test_whom_a_mail_that_nothing_proves_brought_in_does_not_take_part(
        self, desk: DeskAtWork, doubt: Doubt, mia: Person
    ) -> None:
        forged = a_mail(sender="eve2@x.example", references=ids(doubt.first), cc=(Party("third@x.example"),))
        await desk.desk.join_match(await filed(desk, forged), by=mia)
        rows = await desk.rows("SELECT address FROM participant WHERE conversation_id = :id", id=doubt.maxs)
        assert {row.address for row in rows} == {MAX.lower(), "eve2@x.example"}

    async def test_the_customers_own_words_are_theirs_again(self, desk: DeskAtWork, mia: Person) -> None:
        here = await filed(desk, a_mail())
        ticket = await desk.ticket(here, mia)
        unproven = a_mail("It is me.", number=ticket.number)
        await desk.desk.join_match(await filed(desk, unproven), by=mia)
        (row,) = await desk.rows("SELECT author_address FROM message WHERE key = :key", key=f"email:{unproven.key}")
        assert (await where(desk, unproven), row.author_address) == (here, None)

    async def test_a_resolved_conversation_is_open_again(self, desk: DeskAtWork, doubt: Doubt, mia: Person) -> None:
        await desk.rows_changed("UPDATE conversation SET state = 'resolved' WHERE id = :id", id=doubt.maxs)
        await desk.desk.join_match(doubt.eves, by=mia)
        (row,) = await desk.rows("SELECT state FROM conversation WHERE id = :id", id=doubt.maxs)
        assert row.state == "open"

    async def test_what_may_belong_to_the_old_one_may_belong_to_the_other(
        self, desk: DeskAtWork, doubt: Doubt, mia: Person
    ) -> None:
        third = a_mail(sender="ann@x.example", references=ids(doubt.doubtful))
        anns = await filed(desk, third)
        await desk.desk.join_match(doubt.eves, by=mia)
        await desk.desk.join_match(anns, by=mia)
        assert await where(desk, third) == doubt.maxs

    async def test_joined_to_one_that_is_undecided_it_waits_with_that(
        self, desk: DeskAtWork, doubt: Doubt, mia: Person
    ) -> None:
        anns = await filed(desk, a_mail(sender="ann@x.example", references=ids(doubt.doubtful)))
        await desk.desk.join_match(anns, by=mia)
        assert (await desk.jobs()).count("MessageReceived") == 1
        await desk.desk.join_match(doubt.eves, by=mia)
        assert (await desk.jobs()).count("MessageReceived") == 2
        assert await desk.count(f"message WHERE conversation_id = '{doubt.maxs}'") == 3

    async def test_a_form_that_was_open_meanwhile_is_told(self, desk: DeskAtWork, doubt: Doubt, mia: Person) -> None:
        await desk.desk.join_match(doubt.eves, by=mia)
        with pytest.raises(ConversationJoined, match="Mia has joined this conversation to another one"):
            await desk.desk.open_ticket(doubt.eves, NewTicket("Mug", Priority.LOW), by=mia)


class TestAnother:
    async def test_triage_decides_as_for_any_new_mail(self, desk: DeskAtWork, doubt: Doubt, mia: Person) -> None:
        await desk.desk.keep_apart(doubt.eves, by=mia)

        assert (await desk.jobs())[-1] == "MessageReceived"
        await desk.understand(doubt.eves, OneIssue())
        (row,) = await desk.rows("SELECT count(*) AS tickets FROM ticket WHERE conversation_id = :id", id=doubt.eves)
        assert row.tickets == 1
        assert "match.declined" in await doubt.recorded(doubt.eves)
        assert await filed(desk, a_mail(sender=EVE, references=ids(doubt.doubtful))) == doubt.eves
        assert (await desk.jobs())[-1] == "MessageReceived", "nobody is asked again"

    async def test_who_opens_a_ticket_for_it_says_so_too(self, desk: DeskAtWork, doubt: Doubt, mia: Person) -> None:
        await desk.ticket(doubt.eves, mia)
        assert await doubt.decided() is False
        assert not await doubt.waits(doubt.eves), "they have read it"

    async def test_who_resolves_it_says_so_too(self, desk: DeskAtWork, doubt: Doubt, mia: Person) -> None:
        await desk.desk.resolve(doubt.eves, by=mia)
        assert await doubt.decided() is False

    async def test_who_answers_it_says_so_too(self, desk: DeskAtWork, doubt: Doubt, mia: Person) -> None:
        desk.desk.limits["email"] = desk.channel.limits  # type: ignore[index]
        await desk.desk.reply_to_conversation(doubt.eves, "Who are you?", by=mia, request="r")
        assert await doubt.decided() is False
        assert await desk.broken_chains() == []


class TestRaces:
    async def test_pressed_twice_it_is_decided_once(self, desk: DeskAtWork, doubt: Doubt, mia: Person) -> None:
        for _ in range(2):
            await desk.desk.join_match(doubt.eves, by=mia)
        assert (await doubt.recorded(doubt.maxs)).count("conversation.joined") == 1

    async def test_of_two_at_once_one_decides_and_the_other_is_told_who(
        self, desk: DeskAtWork, doubt: Doubt, mia: Person, ben: Person
    ) -> None:
        said = await asyncio.gather(
            desk.desk.join_match(doubt.eves, by=mia), desk.desk.keep_apart(doubt.eves, by=ben), return_exceptions=True
        )
        (refusal,) = [each for each in said if each is not None]
        assert isinstance(refusal, MatchDecided)
        winner = "Mia" if said[0] is None else "Ben"
        assert refusal.message.startswith(f"{winner} has already said that this conversation ")

    async def test_a_mail_that_came_since_they_looked_is_looked_at_first(
        self, desk: DeskAtWork, doubt: Doubt, mia: Person
    ) -> None:
        seen = (await doubt.card()).version
        await filed(desk, a_mail("Hello?", sender=EVE, references=ids(doubt.doubtful)))
        with pytest.raises(ChangedMeanwhile):
            await desk.desk.join_match(doubt.eves, by=mia, seen=seen)
        assert await doubt.decided() is None

    async def test_a_mail_that_is_filed_just_then_goes_where_it_was_joined_to(
        self, desk: DeskAtWork, doubt: Doubt, mia: Person
    ) -> None:
        late = a_mail("Hello?", sender=EVE, references=ids(doubt.doubtful))

        async def brought_until_it_is_filed() -> None:
            with suppress(JoinedMeanwhile):
                await filed(desk, late)
                return
            await filed(desk, late)

        await asyncio.gather(brought_until_it_is_filed(), desk.desk.join_match(doubt.eves, by=mia))
        assert await where(desk, late) == doubt.maxs
        assert await desk.count(f"message WHERE conversation_id = '{doubt.eves}'") == 0

    async def test_of_what_nobody_was_asked_nothing_is_decided(
        self, desk: DeskAtWork, doubt: Doubt, mia: Person
    ) -> None:
        for decide in (desk.desk.join_match, desk.desk.keep_apart):
            with pytest.raises(Refused, match="Nobody was asked"):
                await decide(doubt.maxs, by=mia)
