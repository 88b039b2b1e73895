"""What people change or delete in a card's thread changes or deletes their comment, in whatever order it comes."""

import asyncio
from typing import Any

from emulators.slack import Person
from emulators.slack.delivery import Delivery
from tests.bot.office import Office, told
from ticketing.tickets.comment import COMMENT_LENGTH

LONG = "x" * (COMMENT_LENGTH + 1)


async def comments(office: Office) -> list[tuple[str, bool]]:
    """What each says, and whether it is gone."""
    rows = await office.all("SELECT text, deleted_at IS NOT NULL AS gone FROM comment ORDER BY at")
    return [(row["text"], row["gone"]) for row in rows]


async def earlier(office: Office) -> list[str]:
    return [row["text"] for row in await office.all("SELECT text FROM comment_revision ORDER BY at")]


async def recorded(office: Office) -> list[str]:
    rows = await office.all("SELECT kind FROM activity WHERE kind LIKE 'comment.%' ORDER BY seq")
    return [row["kind"] for row in rows]


async def again(office: Office, delivery: Delivery | None, **changes: Any) -> None:
    """The event comes, as it is but for `changes`."""
    assert delivery is not None
    event = delivery.payload["event"] | changes
    await office.workspace.courier.event(delivery.payload | {"event": event}).tried.wait()


class TestChanged:
    async def test_the_comment_says_the_new_words_and_keeps_the_old_ones(self, office: Office, mia: Person) -> None:
        said = await mia.say(office.support, "order 1", office.ts)
        await mia.edit(office.support, said.ts, "order 2 <b>")
        assert await comments(office) == [("order 2 <b>", False)]
        assert await earlier(office) == ["order 1"]
        assert await recorded(office) == ["comment.added", "comment.edited"]

    async def test_delivered_again_and_at_once_it_is_one_change(self, office: Office, mia: Person) -> None:
        said = await mia.say(office.support, "order 1", office.ts)
        edit = (await mia.edit(office.support, said.ts, "order 2")).delivery
        await asyncio.gather(*(again(office, edit) for _ in range(5)))
        assert await earlier(office) == ["order 1"]
        assert await recorded(office) == ["comment.added", "comment.edited"]

    async def test_of_two_changes_the_newer_stands_whichever_comes_last(self, office: Office, mia: Person) -> None:
        said = await mia.say(office.support, "order 1", office.ts)
        older = (await mia.edit(office.support, said.ts, "order 2")).delivery
        await mia.edit(office.support, said.ts, "order 3")
        await again(office, older)
        assert await comments(office) == [("order 3", False)]
        assert await earlier(office) == ["order 1", "order 2"]

    async def test_back_and_forth_it_ends_where_it_ended(self, office: Office, mia: Person) -> None:
        said = await mia.say(office.support, "yes", office.ts)
        older = (await mia.edit(office.support, said.ts, "no")).delivery
        await mia.edit(office.support, said.ts, "yes")
        await again(office, older)
        assert await comments(office) == [("yes", False)]

    async def test_before_its_writing_was_heard_it_is_one_comment_in_the_new_words(
        self, office: Office, mia: Person
    ) -> None:
        said = await mia.say(office.support, "order 1", office.ts)
        edit = (await mia.edit(office.support, said.ts, "order 2")).delivery
        assert said.delivery is not None
        assert edit is not None
        for delivery in (edit, said.delivery):  # of another message, in this order
            event = delivery.payload["event"]
            other = {"ts": "1700000000.000100"}
            moved = other if "message" not in event else {"message": event["message"] | other}
            await again(office, delivery, **moved)
        assert await comments(office) == [("order 2", False)] * 2

    async def test_who_is_named_only_now_watches_from_now_on(self, office: Office, mia: Person, ben: Person) -> None:
        said = await mia.say(office.support, "look", office.ts)
        await mia.edit(office.support, said.ts, "look @Ben")
        assert [row["because"] for row in await office.all("SELECT because FROM ticket_watcher")] == ["mentioned"]

    async def test_of_a_colleagues_comment_it_is_refused(self, office: Office, mia: Person, ben: Person) -> None:
        said = await mia.say(office.support, "mine", office.ts)
        edit = (await mia.edit(office.support, said.ts, "changed")).delivery
        assert edit is not None
        words = edit.payload["event"]["message"] | {"user": ben.id, "text": "yours"}
        await again(office, edit, message=words)
        assert await comments(office) == [("changed", False)]
        assert told(ben).endswith("Your change was not kept.")

    async def test_too_long_it_is_told_and_stays_as_it_was(self, office: Office, mia: Person) -> None:
        said = await mia.say(office.support, "short", office.ts)
        await mia.edit(office.support, said.ts, LONG)
        assert await comments(office) == [("short", False)]
        assert told(mia).endswith("Your change was not kept.")

    async def test_what_was_too_long_is_kept_once_it_is_shorter(self, office: Office, mia: Person) -> None:
        said = await mia.say(office.support, LONG, office.ts)
        assert await comments(office) == []
        await mia.edit(office.support, said.ts, "shorter")
        assert await comments(office) == [("shorter", False)]

    async def test_outside_a_ticket_it_is_none_of_our_business(self, office: Office, stranger: Person) -> None:
        lunch = await stranger.say(office.support, "lunch?")
        reply = await stranger.say(office.support, "now?", lunch.ts)
        await stranger.edit(office.support, reply.ts, "at one?")
        await stranger.delete(office.support, reply.ts)
        assert stranger.ephemerals() == []

    async def test_our_own_post_of_it_says_so_too(self, office: Office, mia: Person) -> None:
        said = await mia.say(office.support, "order 1", office.ts)
        await office.slack.delete(office.support.id, office.ts)  # the card comes back with its thread
        await office.desk.card_deleted(office.support.id, office.ts)
        await office.show()
        await mia.edit(office.support, said.ts, "order 2")
        await office.show()
        assert any(
            "before: “order 1”" in str(each["blocks"]) for each in office.workspace.thread(office.support, office.ts)
        )


class TestDeleted:
    async def test_it_is_gone_from_the_desk_and_recorded_once(self, office: Office, mia: Person) -> None:
        said = await mia.say(office.support, "wrong ticket", office.ts)
        gone = (await mia.delete(office.support, said.ts)).delivery
        await again(office, gone)
        assert await comments(office) == [("wrong ticket", True)]
        assert await recorded(office) == ["comment.added", "comment.deleted"]

    async def test_the_card_counts_it_no_more(self, office: Office, mia: Person) -> None:
        said = await mia.say(office.support, "one", office.ts)
        await mia.say(office.support, "two", office.ts)
        await mia.delete(office.support, said.ts)
        await office.show()
        assert "1 comment" in office.card()

    async def test_before_its_writing_was_heard_it_does_not_come_back(self, office: Office, mia: Person) -> None:
        said = await mia.say(office.support, "wrong ticket", office.ts)
        gone = (await mia.delete(office.support, said.ts)).delivery
        assert gone is not None
        other = {"ts": "1700000000.000100", "text": "wrong ticket, @Ben"}
        await again(office, gone, previous_message=gone.payload["event"]["previous_message"] | other)
        await again(office, said.delivery, **other)
        assert await comments(office) == [("wrong ticket", True), ("wrong ticket, @Ben", True)]
        assert await office.all("SELECT 1 FROM ticket_watcher") == []  # nobody is told of what is gone

    async def test_a_card_that_comes_back_does_not_bring_it_along(self, office: Office, mia: Person) -> None:
        said = await mia.say(office.support, "wrong ticket", office.ts)
        await mia.delete(office.support, said.ts)
        await office.slack.delete(office.support.id, office.ts)
        await office.desk.card_deleted(office.support.id, office.ts)
        await office.show()
        assert "wrong ticket" not in str(office.workspace.thread(office.support, office.ts))

    async def test_our_own_post_of_it_says_that_it_is_gone(self, office: Office, mia: Person) -> None:
        said = await mia.say(office.support, "wrong ticket", office.ts)
        await office.slack.delete(office.support.id, office.ts)
        await office.desk.card_deleted(office.support.id, office.ts)
        await office.show()
        await mia.delete(office.support, said.ts)
        await office.show()
        thread = str(office.workspace.thread(office.support, office.ts))
        assert "🗑 deleted" in thread
        assert "wrong ticket" not in thread
