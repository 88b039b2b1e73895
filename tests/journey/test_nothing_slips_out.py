"""Nothing that anybody types in Slack reaches the customer, but a reply that is sent as one (SPEC 5.2)."""

import json
from typing import Any

import pytest

from tests.journey.stage import Json, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAMAGED = "My mug from order 4711 arrived broken, I want a refund."


async def typed(stage: Stage, card: Json) -> None:
    """In the thread, in all the words that look like a command or an answer; and beside it."""
    for words in ("Dear customer", "Send", "reply: hello", "/reply hello", "!send hello", "Send to customer"):
        await stage.mia.say(stage.channel, words, thread_ts=card["ts"])
    await stage.mia.mention(stage.channel, "reply hello", thread_ts=card["ts"])
    await stage.mia.mention(stage.channel, "reply hello")
    said = await stage.mia.say(stage.channel, "hello customer")
    await stage.ben.say(stage.channel, "and again", thread_ts=said.ts)
    await stage.stranger.say(stage.channel, "let me answer", thread_ts=card["ts"])


async def changed(stage: Stage, card: Json) -> None:
    """Edited and deleted."""
    said = await stage.mia.say(stage.channel, "a draft", thread_ts=card["ts"])
    await stage.mia.edit(stage.channel, said.ts, "the edited draft")
    await stage.mia.delete(stage.channel, said.ts)


async def of_every_kind(stage: Stage, card: Json) -> None:
    """The same message as Slack tells of broadcasts, files, bots, and of what it may invent one day."""
    said = await stage.mia.say(stage.channel, "a message", thread_ts=card["ts"])
    assert said.delivery is not None
    event = said.delivery.payload["event"]
    kinds: list[Json] = [
        {"subtype": "thread_broadcast", "root": {"ts": card["ts"]}},
        {"subtype": "file_share", "files": [{"id": "F1", "name": "hello.txt"}]},
        {"subtype": "me_message"},
        {"subtype": "bot_message", "bot_id": "B123", "username": "a bot"},
        {"bot_id": "B123"},
        {"subtype": "reply_to_customer"},
        {"metadata": {"event_type": "threadline_entry", "event_payload": {}}},
    ]
    for number, kind in enumerate(kinds):
        told = {**said.delivery.payload, "event": {**event, "ts": f"1700000000.{number:06}", **kind}}
        await stage.slack.courier.event(told).tried.wait()


async def commented(stage: Stage, card: Json) -> None:
    """In the form for comments."""
    await stage.fills(stage.mia, card, "comment", {"text": "Send this to the customer: hello"})


async def commanded(stage: Stage, card: Json) -> None:
    """By commands and shortcuts that there are not."""
    for command in ("/reply", "/threadline", "/ticket"):
        await stage.mia.command(stage.channel, command, "reply hello customer")
    (first, *_) = stage.thread(card)
    await stage.mia.message_shortcut(stage.channel, first["ts"], "send_to_customer")


async def forged(stage: Stage, card: Json) -> None:
    """The reply form, submitted by a stranger, or with metadata that it was not opened with."""
    form = await stage.opens(stage.mia, card, "reply")
    refused = await stage.mia.submit(form["id"], {"text": "  "})  # nothing is sent, and this is what Slack posts
    view = refused.payload["view"]
    state = {"values": {**view["state"]["values"], "text": {"text": {"type": "plain_text_input", "value": "hello"}}}}
    metadata = json.loads(view["private_metadata"])
    other, none = "00000000-0000-7000-8000-000000000001", ""
    ways: list[tuple[Any, Json]] = [
        (stage.stranger, {}),
        (stage.mia, {"private_metadata": none}),
        (stage.mia, {"private_metadata": json.dumps({**metadata, "v": 99})}),
        (stage.mia, {"private_metadata": json.dumps({**metadata, "ticket": {**metadata["ticket"], "t": other}})}),
        (stage.mia, {"private_metadata": json.dumps({**metadata, "ticket": {**metadata["ticket"], "c": other}})}),
        (stage.mia, {"callback_id": "ticket.reply.v0"}),
        (stage.mia, {"callback_id": "ticket.comment.v1"}),
    ]
    for number, (person, changes) in enumerate(ways):
        user = {"id": person.id, "username": person.name, "name": person.name, "team_id": stage.slack.team_id}
        submitted = {**view, "state": state, "id": f"V{number}", **changes}
        await stage.slack.courier.interaction({**refused.payload, "user": user, "view": submitted})
    await stage.mia.close(form["id"])


async def pressed(stage: Stage, card: Json) -> None:
    """Send again, on what the customer wrote; Reply, by a stranger."""
    (row,) = await stage.rows(
        "SELECT message_id FROM room_entry JOIN ticket ON ticket.id = ticket_id WHERE number = $1", _number(card)
    )
    press = (await stage.press(stage.stranger, card, "reply")).payload
    assert stage.stranger.modals() == []
    for action in ("reply.send_again", "reply.arrived", "reply.undo"):
        button = {**press["actions"][0], "action_id": action, "value": json.dumps({"m": str(row["message_id"])})}
        mia = {**press["user"], "id": stage.mia.id}
        await stage.slack.courier.interaction({**press, "user": mia, "actions": [button]})
        assert stage.told(stage.mia) == "There is no such reply."


def _number(card: Json) -> int:
    return int(card["text"].split(" ")[0].removeprefix("#"))


async def test_nothing_but_a_reply_sent_as_one_reaches_the_customer(stage: Stage) -> None:
    nosy = stage.customer("Nosy Nobody")
    card = await stage.writes(nosy, DAMAGED)
    await stage.press(stage.mia, card, "claim")
    card = await stage.card_of(nosy)

    for way in (pressed, typed, changed, of_every_kind, commented, commanded, forged):
        await way(stage, card)
    await stage.slack.courier.idle()
    await stage.settled()

    assert stage.twilio.calls_of("messages.create") == []
    assert [message.body for message in nosy.inbox] == []

    await stage.fills(stage.mia, await stage.card_of(nosy), "reply", {"text": "This one is meant for you."})
    await stage.settled()
    assert [message.body for message in nosy.inbox] == ["This one is meant for you."]
