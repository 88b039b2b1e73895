"""The card's thread is the ticket's room: what is written there is internal, kept once, and never reaches the phone."""

import pytest

from tests.journey.stage import Json, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAMAGED = "My mug from order 4711 arrived broken, I want a refund."


async def comments(stage: Stage, text: str) -> list[Json]:
    """Comments of this text, with their author."""
    return await stage.rows(
        "SELECT person.name FROM comment JOIN person ON person.id = author_id WHERE text = $1", text
    )


async def test_what_is_written_in_the_thread_is_one_internal_comment(stage: Stage) -> None:
    clara = stage.customer("Clara Comment")
    card = await stage.writes(clara, DAMAGED)

    said = await stage.mia.say(stage.channel, "asking logistics", thread_ts=card["ts"])

    card = await stage.card_of(clara)
    assert said.delivery is not None
    assert said.delivery.acknowledged
    assert await comments(stage, "asking logistics") == [{"name": "Mia"}]
    assert "1 comment" in stage.text(card)
    assert len(stage.thread(card)) == 2  # the customer's words and Mia's own: not shown a second time
    assert clara.inbox == ()


async def test_an_event_that_slack_sends_three_times_is_one_comment(stage: Stage) -> None:
    rita = stage.customer("Rita Retry")
    card = await stage.writes(rita, DAMAGED)

    said = await stage.mia.say(stage.channel, "once, please", thread_ts=card["ts"])
    assert said.delivery is not None
    for _ in range(2):
        assert (await stage.slack.courier.repeat(said.delivery)).status == 200

    assert "1 comment" in stage.text(await stage.card_of(rita))
    assert len(await comments(stage, "once, please")) == 1


async def test_what_its_author_changes_and_deletes_in_slack_is_so_at_the_desk(stage: Stage) -> None:
    edda = stage.customer("Edda Edit")
    card = await stage.writes(edda, DAMAGED)
    kept = await stage.mia.say(stage.channel, "order 4710, right?", thread_ts=card["ts"])
    gone = await stage.mia.say(stage.channel, "wrong ticket, sorry", thread_ts=card["ts"])

    await stage.mia.edit(stage.channel, kept.ts, "order 4711, right?")
    await stage.mia.delete(stage.channel, gone.ts)

    assert "1 comment" in stage.text(await stage.card_of(edda))
    assert await comments(stage, "order 4711, right?") == [{"name": "Mia"}]
    assert edda.inbox == ()


async def test_a_comment_from_the_form_stands_in_the_thread_with_its_author(stage: Stage) -> None:
    fay = stage.customer("Fay Form")
    card = await stage.writes(fay, DAMAGED)

    answer = await stage.fills(stage.ben, card, "comment", {"text": "Third broken mug this week. <!here> *careful*"})

    card = await stage.card_of(fay)
    assert answer.outcome == "closed"
    shown = stage.text(stage.thread(card)[-1])
    assert "📝 Ben · internal comment" in shown
    assert "Third broken mug this week. <!here> *careful*" in shown
    assert "1 comment" in stage.text(card)
    assert fay.inbox == ()


async def test_a_comment_needs_text(stage: Stage) -> None:
    nil = stage.customer("Nil Nothing")
    card = await stage.writes(nil, DAMAGED)

    answer = await stage.fills(stage.mia, card, "comment", {"text": "   \n "})

    assert answer.outcome == "errors"
    assert "1 to 20,000 characters" in answer.errors["text"]


async def test_what_is_written_elsewhere_in_the_channel_is_nobodys_comment(stage: Stage) -> None:
    before = await stage.rows("SELECT count(*) FROM comment")

    said = await stage.mia.say(stage.channel, "lunch?")
    await stage.ben.say(stage.channel, "yes", thread_ts=said.ts)
    await stage.settled()

    assert await stage.rows("SELECT count(*) FROM comment") == before


async def test_the_apps_own_posts_are_no_comments(stage: Stage) -> None:
    otto = stage.customer("Otto Own")
    card = await stage.writes(otto, DAMAGED)
    await stage.fills(stage.mia, card, "reply", {"text": "We look into it."})
    await stage.settled()
    await stage.slack.courier.idle()

    assert await comments(stage, "We look into it.") == []
    assert "comment" not in stage.text(await stage.card_of(otto)).splitlines()[-1]
