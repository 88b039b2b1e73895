"""The page is told everything once, and then exactly what changed."""

import json
from collections.abc import AsyncIterator
from typing import Any

from emulators.simulator.facts import Mirror
from emulators.slack import posting
from tests.emulators.simulator.conftest import Scene


def kinds(changes: dict[str, Any]) -> set[str]:
    """The changed facts without the counters of the wire, which move with everything."""
    return {key.split("/")[0] for key in changes} - {"wire"}


async def test_nothing_is_told_twice(scene: Scene) -> None:
    await scene.carl.write("hello")
    mirror = Mirror(scene.workspace, scene.account)
    assert kinds(mirror.changes()) == {"person", "channel", "customer", "phone"}
    assert mirror.changes() == {}


async def test_a_changed_message_and_a_new_reply_on_it_are_told(scene: Scene) -> None:
    mirror = Mirror(scene.workspace, scene.account)
    root = posting.bot_message(scene.workspace, {"text": "one"})
    scene.channel.add(root)
    mirror.changes()
    posting.change(scene.workspace, scene.channel, root["ts"], {"text": "two"}, by=scene.workspace.bot_user)
    key = f"message/{scene.channel.id}/{root['ts']}"
    assert mirror.changes()[key]["text"] == "two"
    await scene.ana.say(scene.channel, "three", root["ts"])
    assert mirror.changes()[key]["reply_count"] == 1


async def test_what_is_deleted_is_told_as_gone(scene: Scene) -> None:
    said = await scene.ana.say(scene.channel, "oops")
    mirror = Mirror(scene.workspace, scene.account)
    mirror.changes()
    await scene.ana.delete(scene.channel, said.ts)
    assert mirror.changes()[f"message/{scene.channel.id}/{said.ts}"] is None


async def test_a_phone_shows_whether_the_desk_took_the_message(scene: Scene) -> None:
    mirror = Mirror(scene.workspace, scene.account)
    taken = await scene.carl.write("hello")
    assert mirror.changes()[f"phone/{taken.sid}"]["taken"] is True
    scene.account.webhook_url = "http://127.0.0.1:9/#rc=0"
    lost = await scene.carl.write("anybody?")
    assert mirror.changes()[f"phone/{lost.sid}"]["taken"] is False


async def test_marks_of_the_application_are_not_shown(scene: Scene) -> None:
    message = posting.bot_message(scene.workspace, {"text": "x", "metadata": {"event_type": "t", "event_payload": {}}})
    scene.channel.add(message)
    assert "metadata" not in (await scene.facts())[f"message/{scene.channel.id}/{message['ts']}"]


async def test_the_stream_begins_with_everything_and_goes_on_with_changes(scene: Scene) -> None:
    async with scene.page.stream("GET", "/stream", timeout=20) as stream:
        told = _told(stream.aiter_lines())
        first = await anext(told)
        await scene.ana.say(scene.channel, "news")
        second = await anext(told)
    assert first["about"]["workspace"] == scene.workspace.name
    assert f"channel/{scene.channel.id}" in first["facts"]
    assert kinds(second["facts"]) == {"message"}


async def _told(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, Any]]:
    async for line in lines:
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))
