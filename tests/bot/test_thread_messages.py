"""What people write in a card's thread is a comment, kept once; what strangers write there is not kept."""

import asyncio

import pytest

from bot.showing.hold import SETTLING
from bot.wire import Json, conversation_mark
from core.errors import ChannelUnavailable
from core.ids import new_id
from emulators.slack import Person
from tests.bot.office import EITHER_WAY, Office, told


class TestThreadMessages:
    @EITHER_WAY
    async def test_are_comments_in_the_words_that_were_seen(self, office: Office, mia: Person, ben: Person) -> None:
        await mia.say(office.support, "ask <Ben> & co", office.ts)
        (comment,) = await office.all("SELECT text FROM comment")
        assert comment["text"] == "ask <Ben> & co"

    async def test_a_mention_reads_as_a_name_and_makes_a_watcher(
        self, office: Office, mia: Person, ben: Person
    ) -> None:
        event = (await mia.say(office.support, "x", office.ts)).delivery
        assert event is not None
        words = {**event.payload["event"], "text": f"<@{ben.id}> look", "ts": "1700000000.000100"}
        await office.workspace.courier.event({**event.payload, "event": words}).tried.wait()
        assert {row["text"] for row in await office.all("SELECT text FROM comment")} == {"x", "@Ben look"}
        (watcher,) = await office.all("SELECT name, because FROM ticket_watcher JOIN person ON person.id = person_id")
        assert watcher == {"name": "Ben", "because": "mentioned"}

    @EITHER_WAY
    async def test_delivered_ten_times_are_one_comment(self, office: Office, mia: Person) -> None:
        delivery = (await mia.say(office.support, "once", office.ts)).delivery
        assert delivery is not None
        await asyncio.gather(*(office.workspace.courier.repeat(delivery) for _ in range(9)))
        assert {attempt.status for attempt in delivery.attempts} == {200}
        assert len(await office.all("SELECT id FROM comment")) == 1

    async def test_stand_in_the_thread_once(self, office: Office, mia: Person) -> None:
        await mia.say(office.support, "once", office.ts)
        await office.show()
        assert len(office.workspace.thread(office.support, office.ts)) == 2

    async def test_outside_a_ticket_are_none_of_our_business(
        self, office: Office, mia: Person, stranger: Person
    ) -> None:
        lunch = await stranger.say(office.support, "lunch?")
        await mia.say(office.support, "yes", lunch.ts)
        assert await office.all("SELECT id FROM comment") == []
        assert stranger.ephemerals() == []

    async def test_of_a_stranger_are_not_kept_and_they_are_told(self, office: Office, stranger: Person) -> None:
        said = await stranger.say(office.support, "let me in", office.ts)
        assert await office.all("SELECT id FROM comment") == []
        assert told(stranger).endswith("What you wrote here was not kept.")
        assert stranger.ephemerals()[0]["thread_ts"] == office.ts
        assert said.delivery is not None
        assert [attempt.status for attempt in said.delivery.attempts] == [200]


class TestUnderACardThatWeDoNotKnowToStandThere:
    """Its post got no answer, and what the team writes there meanwhile is not lost."""

    @pytest.fixture
    async def card(self, office: Office) -> str:
        """The ts of such a card."""
        await office.slack.delete(office.support.id, office.ts)
        await office.forget_card()
        office.workspace.faults.add("chat.postMessage", "reset_after")
        with pytest.raises(ChannelUnavailable):
            await office.show(office.ticket.id)
        return str(office.workspace.channel_messages(office.support)[-1]["ts"])

    async def test_they_are_kept_at_once(self, office: Office, mia: Person, card: str) -> None:
        said = await mia.say(office.support, "asking logistics", card)
        assert said.delivery is not None
        assert [attempt.status for attempt in said.delivery.attempts] == [200]
        assert await office.all("SELECT text FROM comment") == [{"text": "asking logistics"}]
        await office.show(after=2 * SETTLING)
        assert office.ts == card
        assert len(office.workspace.thread(office.support, card)) == 2

    async def test_while_slack_cannot_say_whose_card_it_is_they_come_again(
        self, office: Office, mia: Person, card: str
    ) -> None:
        office.workspace.faults.add("conversations.replies", "server_error")
        said = await mia.say(office.support, "asking logistics", card)
        await office.workspace.courier.idle()
        assert said.delivery is not None
        assert [attempt.status for attempt in said.delivery.attempts] == [500, 200]
        assert len(await office.all("SELECT text FROM comment")) == 1

    @pytest.mark.parametrize(
        "mark",
        [{"event_type": "x", "event_payload": {}}, conversation_mark(new_id(), "x")],
        ids=["unmarked", "light card"],
    )
    async def test_under_another_post_of_ours_they_are_none_of_our_business(
        self, office: Office, mia: Person, mark: Json
    ) -> None:
        ts = await office.slack.post(office.support.id, "hello", [], metadata=mark)
        said = await mia.say(office.support, "hello yourself", ts)
        assert said.delivery is not None
        assert [attempt.status for attempt in said.delivery.attempts] == [200]
        assert mia.ephemerals() == []
        assert await office.all("SELECT text FROM comment") == []


class TestUnderACardThatWasDeleted:
    """Whoever has its thread before them still writes there, or wrote just before, and Slack brings it only now."""

    @EITHER_WAY
    async def test_they_are_kept_and_stand_below_the_next_card(self, office: Office, mia: Person) -> None:
        by = await office.desk.person_by_email("mia@desk.example")
        assert by is not None
        await office.desk.comment(office.ticket.id, "by the form", by=by)
        await office.show()
        old = office.ts
        await mia.moderate(office.support, old)
        await office.desk.card_deleted(office.support.id, old)
        await mia.say(office.support, "asking logistics", old)
        assert {row["text"] for row in await office.all("SELECT text FROM comment")} == {
            "by the form",
            "asking logistics",
        }
        await office.show()
        assert office.ts != old
        below = office.workspace.thread(office.support, office.ts)
        assert sum("asking logistics" in str(each["blocks"]) for each in below) == 1

    async def test_of_another_thread_that_was_deleted_they_are_none_of_our_business(
        self, office: Office, mia: Person
    ) -> None:
        lunch = await mia.say(office.support, "lunch?")
        await mia.say(office.support, "yes", lunch.ts)
        await mia.delete(office.support, lunch.ts)
        said = await mia.say(office.support, "where?", lunch.ts)
        assert said.delivery is not None
        assert [attempt.status for attempt in said.delivery.attempts] == [200]
        assert await office.all("SELECT text FROM comment") == []
