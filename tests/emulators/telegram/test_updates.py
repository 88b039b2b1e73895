"""What customers do reaches the bot: by getUpdates or by webhook, never both, in order within a chat."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import telegram
from telegram.error import BadRequest, Conflict

from emulators.telegram import BotAccount, Customer
from emulators.waiting import until
from tests.emulators.telegram.conftest import Clock
from tests.emulators.telegram.receiver import Answer, Receiver

SECRET = "s3cret-Token_1"


class TestGetUpdates:
    async def test_updates_come_again_until_an_offset_behind_them_confirms_them(
        self, mia: Customer, sdk: telegram.Bot
    ) -> None:
        written = [mia.write(text) for text in ("one", "two", "three")]
        first = await sdk.get_updates(limit=2)
        assert [update.message and update.message.text for update in first] == ["one", "two"]
        again = await sdk.get_updates(offset=first[0].update_id + 1)
        assert [update.message and update.message.text for update in again] == ["two", "three"]
        assert written[0].update.taken.is_set()
        assert not written[1].update.taken.is_set()
        assert await sdk.get_updates(offset=again[-1].update_id + 1) == ()

    async def test_a_negative_offset_keeps_the_newest_only(self, mia: Customer, sdk: telegram.Bot) -> None:
        for text in ("one", "two", "three"):
            mia.write(text)
        newest = await sdk.get_updates(offset=-1)
        assert [update.message and update.message.text for update in newest] == ["three"]
        assert await sdk.get_updates() == newest

    async def test_a_long_poll_ends_with_the_first_update(self, mia: Customer, sdk: telegram.Bot) -> None:
        asked = asyncio.create_task(sdk.get_updates(timeout=30))
        await asyncio.sleep(0.05)
        mia.write("at last")
        (update,) = await asyncio.wait_for(asked, 20)
        assert update.message is not None
        assert update.message.text == "at last"

    async def test_a_second_poll_ends_the_first(
        self, bot: BotAccount, mia: Customer, sdk: telegram.Bot, other_sdk: telegram.Bot
    ) -> None:
        first = asyncio.create_task(sdk.get_updates(timeout=30))
        await until(lambda: bot.cloud.polling.waits, "the first poll")
        second = asyncio.create_task(other_sdk.get_updates(timeout=30))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        mia.write("hi")
        assert len(await second) == 1

    async def test_is_refused_while_a_webhook_is_set_and_ended_when_one_is(
        self, bot: BotAccount, sdk: telegram.Bot, receiver: Receiver
    ) -> None:
        waiting = asyncio.create_task(sdk.get_updates(timeout=30))
        await until(lambda: bot.cloud.polling.waits, "the poll")
        await sdk.set_webhook(receiver.url)
        with pytest.raises(Conflict, match="terminated by setWebhook"):
            await waiting
        with pytest.raises(Conflict, match="webhook is active"):
            await sdk.get_updates()
        await sdk.delete_webhook()
        assert await sdk.get_updates() == ()

    async def test_only_what_was_asked_for_is_kept(self, mia: Customer, sdk: telegram.Bot) -> None:
        await sdk.get_updates(allowed_updates=["edited_message"])
        written = mia.write("unheard")
        mia.edit(written.message_id, "heard")
        (update,) = await sdk.get_updates()
        assert update.edited_message is not None
        assert written.update.taken.is_set()

    async def test_what_nobody_takes_for_a_day_is_gone(self, mia: Customer, sdk: telegram.Bot, clock: Clock) -> None:
        mia.write("old")
        clock.passes(timedelta(hours=24, seconds=1))
        mia.write("new")
        assert [update.message and update.message.text for update in await sdk.get_updates()] == ["new"]


class TestSetWebhook:
    async def test_is_known_afterwards_and_gone_when_deleted(self, sdk: telegram.Bot, receiver: Receiver) -> None:
        await sdk.set_webhook(receiver.url, max_connections=7, allowed_updates=["message"], secret_token=SECRET)
        info = await sdk.get_webhook_info()
        assert (info.url, info.max_connections, info.allowed_updates) == (receiver.url, 7, ("message",))
        await sdk.delete_webhook()
        assert not (await sdk.get_webhook_info()).url

    async def test_wants_https_unless_the_desk_is_on_this_machine(self, sdk: telegram.Bot) -> None:
        with pytest.raises(BadRequest, match=r"(?i)HTTPS URL must be provided"):
            await sdk.set_webhook("http://desk.example.com/hooks/telegram")
        assert await sdk.set_webhook("https://desk.example.com/hooks/telegram")

    async def test_refuses_a_secret_with_other_characters(self, sdk: telegram.Bot, receiver: Receiver) -> None:
        with pytest.raises(BadRequest, match=r"(?i)secret token"):
            await sdk.set_webhook(receiver.url, secret_token="not allowed!")

    async def test_drops_what_is_pending_if_told_to(self, mia: Customer, sdk: telegram.Bot, receiver: Receiver) -> None:
        written = mia.write("old")
        await sdk.set_webhook(receiver.url, drop_pending_updates=True)
        assert written.update.taken.is_set()
        assert receiver.posted == []


class TestWebhook:
    @pytest.fixture(autouse=True)
    async def listening(self, sdk: telegram.Bot, receiver: Receiver) -> None:
        await sdk.set_webhook(receiver.url, secret_token=SECRET)

    async def test_posts_json_with_the_secret(self, bot: BotAccount, mia: Customer, receiver: Receiver) -> None:
        written = mia.write("hi 🙂")
        await written.delivered()
        assert receiver.headers[0]["x-telegram-bot-api-secret-token"] == SECRET
        assert receiver.headers[0]["content-type"] == "application/json"
        assert receiver.posted[0]["update_id"] == written.update_id
        assert receiver.texts == ["hi 🙂"]
        await bot.settle()
        assert bot.deliveries[0].ok

    async def test_what_was_pending_before_is_posted_too(
        self, mia: Customer, sdk: telegram.Bot, receiver: Receiver
    ) -> None:
        await sdk.delete_webhook()
        written = mia.write("earlier")
        await sdk.set_webhook(receiver.url)
        await written.delivered()
        assert receiver.texts == ["earlier"]

    @pytest.mark.parametrize("answer", [Answer(500), Answer(404), Answer(302), Answer(0)], ids=str)
    async def test_anything_but_a_2xx_is_repeated_and_told_in_getWebhookInfo(
        self, bot: BotAccount, mia: Customer, sdk: telegram.Bot, receiver: Receiver, answer: Answer
    ) -> None:
        receiver.answers += [answer, answer, Answer(204)]
        await mia.write("hi").delivered()
        assert receiver.texts == ["hi"] * 3
        await bot.settle()
        assert [attempt.status for attempt in bot.deliveries[0].attempts] == [answer.status or None] * 2 + [204]
        info = await sdk.get_webhook_info()
        assert info.last_error_message == (
            "Connection reset by peer"
            if not answer.status
            else f"Wrong response from the webhook: {bot.deliveries[0].attempts[0].failure}".split(": ", 1)[1]
        )
        assert info.last_error_date is not None

    async def test_one_chat_waits_for_its_refused_update_while_others_go_on(
        self, bot: BotAccount, mia: Customer, receiver: Receiver
    ) -> None:
        bot.setup.retry_pause = 0.05
        receiver.answers += [Answer(500)] * 2
        poison, after = mia.write("poison"), mia.write("after")
        await until(lambda: len(receiver.posted) == 2, "the first retry")
        other = bot.customer(name="Ben").write("beside")
        await other.delivered()
        assert not after.update.taken.is_set()
        await after.delivered()
        assert poison.update.taken.is_set()
        assert receiver.texts == ["poison", "poison", "beside", "poison", "after"]

    async def test_chats_go_beside_one_another_up_to_max_connections(
        self, bot: BotAccount, sdk: telegram.Bot, receiver: Receiver
    ) -> None:
        await sdk.set_webhook(receiver.url, max_connections=2)
        receiver.hold.clear()
        for _ in range(4):
            bot.customer().write("hi")
        await until(lambda: receiver.waiting == 2, "two at once")
        await asyncio.sleep(0.05)
        receiver.hold.set()
        await bot.settle()
        assert (len(receiver.posted), receiver.most_at_once) == (4, 2)

    async def test_waits_as_long_as_Retry_After_says(self, bot: BotAccount, mia: Customer, receiver: Receiver) -> None:
        bot.setup.retry_pause = 0.001
        receiver.answers.append(Answer(503, retry_after="200"))
        await mia.write("hi").delivered()
        await bot.settle()
        assert bot.deliveries[0].attempts[0].retry_after == 200
        assert bot.deliveries[0].latency >= 0.2

    async def test_a_method_in_the_answer_is_carried_out_as_a_call(
        self, bot: BotAccount, mia: Customer, receiver: Receiver
    ) -> None:
        receiver.answers.append(Answer(body=b'{"method": "sendMessage", "chat_id": %d, "text": "hello"}' % mia.id))
        mia.write("hi")
        assert (await mia.next_message()).text == "hello"

    @pytest.mark.parametrize("body", [b'{"method": "deleteWebhook"}', b'{"method": "getMe"}', b"[1]", b"nonsense"])
    async def test_other_answers_do_nothing(
        self, bot: BotAccount, mia: Customer, receiver: Receiver, body: bytes
    ) -> None:
        receiver.answers.append(Answer(body=body))
        calls = len(bot.calls)
        await mia.write("hi").delivered()
        await bot.settle()
        assert len(bot.calls) == calls

    async def test_410_for_23_hours_removes_the_webhook(
        self, bot: BotAccount, mia: Customer, receiver: Receiver, clock: Clock
    ) -> None:
        bot.setup.retry_pause = 0.01
        receiver.answers += [Answer(410)] * 1000
        written = mia.write("hi")
        await until(lambda: len(receiver.posted) >= 2, "a retry")
        clock.passes(timedelta(hours=23, seconds=1))
        await until(lambda: not bot.webhook.url, "the end of the webhook")
        await bot.settle()
        assert written.update in bot.pending

    async def test_an_update_is_given_up_after_a_day(
        self, bot: BotAccount, mia: Customer, receiver: Receiver, clock: Clock
    ) -> None:
        bot.setup.retry_pause = 0.01
        receiver.answers += [Answer(500)] * 1000
        written = mia.write("hi")
        await until(lambda: len(receiver.posted) >= 2, "a retry")
        clock.passes(timedelta(hours=24, seconds=1))
        await written.delivered()
        await bot.settle()
        assert not bot.deliveries[0].ok


class TestTrouble:
    """`delivery_faults`: what the network does with what is posted."""

    @pytest.fixture(autouse=True)
    async def listening(self, sdk: telegram.Bot, receiver: Receiver) -> None:
        await sdk.set_webhook(receiver.url)

    async def posted(self, bot: BotAccount, mia: Customer, receiver: Receiver, kind: str) -> list[dict[str, Any]]:
        bot.delivery_faults.next(kind, longest=0.05)
        mia.write("hi")
        await bot.settle()
        assert bot.delivery_faults.happened[kind] == 1
        return receiver.posted

    @pytest.mark.parametrize(("kind", "times"), [("duplicate", 2), ("answer_lost", 2), ("delayed", 1)])
    async def test_comes_as_often_as_the_menu_says(
        self, bot: BotAccount, mia: Customer, receiver: Receiver, kind: str, times: int
    ) -> None:
        posted = await self.posted(bot, mia, receiver, kind)
        assert len(posted) == times
        assert all(each == posted[0] for each in posted)

    async def test_fields_that_nobody_has_announced_hurt_no_reader(
        self, bot: BotAccount, mia: Customer, receiver: Receiver
    ) -> None:
        (posted,) = await self.posted(bot, mia, receiver, "unknown_fields")
        assert "unannounced_flag" in posted["message"]
        update = telegram.Update.de_json(posted, None)
        assert update.message is not None
        assert update.message.text == "hi"

    async def test_by_a_seed(self, bot: BotAccount, mia: Customer, receiver: Receiver) -> None:
        bot.delivery_faults.at_random(7, 1.0, only={"duplicate"})
        mia.write("one")
        mia.write("two")
        await bot.settle()
        assert receiver.texts == ["one", "one", "two", "two"]
        assert mia.inbox == ()
