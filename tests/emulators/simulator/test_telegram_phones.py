"""A customer on Telegram at the page: what they do comes to the desk as Telegram's updates, what comes is shown."""

import asyncio
import base64
import json
from typing import Any

import pytest

from emulators.telegram import drawn
from emulators.waiting import until
from tests.emulators.simulator.conftest import Scene


@pytest.fixture
def mia(scene: Scene) -> str:
    """What the page calls her."""
    return f"tg{scene.mia.id}"


async def updates(scene: Scene) -> list[dict[str, Any]]:
    """What the desk has been sent by Telegram."""
    await scene.bot.settle()
    return [json.loads(body) for path, _, body in scene.desk.requests if path == "/telegram"]


async def shown(scene: Scene) -> list[dict[str, Any]]:
    """What stands on Mia's phone."""
    return [value for key, value in (await scene.facts()).items() if key.startswith(f"phone/tg{scene.mia.id}-")]


async def bot_says(scene: Scene, text: str, **more: Any) -> None:
    """As the desk would, through the Bot API."""
    await scene.bot.api.execute("sendMessage", {"chat_id": scene.mia.id, "text": text} | more)


async def test_words_and_their_edit_are_two_updates_with_the_secret(scene: Scene, mia: str) -> None:
    await scene.do("write", number=mia, text="/start")
    number = (await shown(scene))[0]["message_id"]
    await scene.do("rewrite", number=mia, message_id=number, text="hello")
    first, second = await updates(scene)
    assert (first["message"]["text"], second["edited_message"]["text"]) == ("/start", "hello")
    assert scene.desk.requests[0][1]["x-telegram-bot-api-secret-token"] == "s3cret"
    (message,) = await shown(scene)
    assert (message["body"], message["edited"], message["taken"]) == ("hello", True, True)


@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
async def test_a_picture_is_sent_and_can_be_seen_on_the_page(scene: Scene, mia: str, channel: str) -> None:
    number = mia if channel == "telegram" else scene.carl.number
    picture = drawn("mine")
    sent = {"name": "a.jpg", "type": "image/jpeg", "content": base64.b64encode(picture).decode(), "text": "look"}
    assert (await scene.do("attach", number=number, **sent)).json()["ok"]
    facts = [value for key, value in (await scene.facts()).items() if key.startswith("phone/")]
    (message,) = facts
    assert (message["body"], message["files"][0]["picture"]) == ("look", True)
    answer = await scene.page.get(message["files"][0]["url"])
    assert (answer.content, answer.headers["content-type"]) == (picture, "image/jpeg")


async def test_what_is_no_picture_is_kept_and_never_shown(scene: Scene, mia: str) -> None:
    page = {"name": "a.html", "type": "text/html", "content": base64.b64encode(b"<script>").decode()}
    await scene.do("attach", number=mia, **page)
    await scene.do("attach", number=mia, sample="document")
    for message in await shown(scene):
        answer = await scene.page.get(message["files"][0]["url"])
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"] == "attachment"
    assert (await scene.page.get("/file/tg/nothing")).status_code == 404


async def test_what_is_no_base64_is_refused(scene: Scene, mia: str) -> None:
    assert (await scene.do("attach", number=mia, name="a", type="image/png", content="<>")).status_code == 400


async def test_a_press_comes_to_the_desk_and_its_answer_to_the_page(scene: Scene, mia: str) -> None:
    await scene.do("write", number=mia, text="hi")
    await bot_says(scene, "Better?", reply_markup={"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]})
    asked = (await shown(scene))[-1]
    assert asked["buttons"] == [["Yes", "y"]]
    tapped = {"number": mia, "message_id": asked["message_id"], "button": "Yes"}
    waiting = asyncio.create_task(scene.do("tap", **tapped))
    (press,) = await until(lambda: [*scene.bot.cloud.presses], "the press")
    await scene.bot.api.execute("answerCallbackQuery", {"callback_query_id": press, "text": "Thank you"})
    assert (await waiting).json() == {"answer": "Thank you"}
    assert (await updates(scene))[-1]["callback_query"]["data"] == "y"
    assert (await scene.do("tap", **tapped, patience=0.05)).json() == {"answer": None}


async def test_a_quick_reply_on_whatsapp_is_a_message(scene: Scene) -> None:
    template = scene.account.template("asked", "Better?", buttons=[("Yes", "y")])
    await scene.carl.write("hi")
    sent = {"To": [scene.carl.address], "From": [scene.account.sender], "ContentSid": [template.sid]}
    await scene.account.courier.carry(scene.account.accept(sent), scene.account.callbacks.take())
    (asked,) = [value for key, value in (await scene.facts()).items() if key.startswith("phone/") and value["buttons"]]
    assert asked["buttons"] == [["Yes", "y"]]
    await scene.do("tap", number=scene.carl.number, sid=asked["sid"], button="Yes")
    assert b"ButtonPayload=y" in scene.desk.requests[-1][2]


async def test_who_has_blocked_the_bot_cannot_write_to_it(scene: Scene, mia: str) -> None:
    assert (await scene.do("block", number=mia, blocks=True)).json()["blocks"] is True
    refused = await scene.do("write", number=mia, text="hi")
    assert (refused.status_code, "blocked" in refused.json()["message"]) == (409, True)
    await scene.do("block", number=mia, blocks=False)
    assert [update["my_chat_member"]["new_chat_member"]["status"] for update in await updates(scene)] == [
        "kicked", "member",
    ]  # fmt: skip


async def test_what_came_is_new_until_the_phone_is_looked_at(scene: Scene, mia: str) -> None:
    await scene.do("write", number=mia, text="hi")
    await bot_says(scene, "hello")
    assert (await shown(scene))[-1]["status"] == "delivered"
    assert (await scene.do("read", number=mia)).json() == {"read": 1}
    assert (await shown(scene))[-1]["status"] == "read"


async def test_a_new_customer_can_be_on_either_channel(scene: Scene) -> None:
    added = (await scene.do("customer", name="Dora", channel="telegram")).json()
    assert (added["channel"], added["number"]) == ("telegram", f"tg{scene.bot.customers[-1].id}")
    assert (await scene.do("write", number="tg404", text="x")).status_code == 400
