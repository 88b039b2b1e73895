"""The bot writes: what customers get to see, and what Telegram does not take."""

from datetime import timedelta

import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaDocument, InputMediaPhoto, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter

from emulators.telegram import BotAccount, Customer, drawn
from tests.emulators.telegram.conftest import Clock


def buttons(*labelled: tuple[str, str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=data)] for label, data in labelled])


@pytest.fixture(autouse=True)
def started(mia: Customer) -> None:
    mia.start()


class TestText:
    async def test_arrives_with_its_entities_buttons_and_what_it_answers(
        self, mia: Customer, sdk: telegram.Bot
    ) -> None:
        question = mia.write("Where is it?")
        sent = await sdk.send_message(
            mia.id, "On its <b>way</b> &amp; soon there", parse_mode="HTML", reply_markup=buttons(("Thanks", "thx")),
            reply_parameters=ReplyParameters(question.message_id),
        )  # fmt: skip
        got = await mia.next_message()
        assert (got.message_id, got.text, got.mine) == (sent.message_id, "On its way & soon there", False)
        assert got.entities == ({"type": "bold", "offset": 7, "length": 3},)
        assert got.buttons == (("Thanks", "thx"),)
        assert got.reply_to == question.message_id
        assert sent.reply_to_message is not None
        assert sent.reply_to_message.text == "Where is it?"

    @pytest.mark.parametrize(
        ("text", "parse_mode", "why"),
        [
            ("", None, "message text is empty"),
            (" \n ", None, "message text is empty"),
            ("<b></b>", "HTML", "message text is empty"),
            ("x" * 4097, None, "message is too long"),
            ("🙂" * 2049, None, "message is too long"),
            ("<b>", "HTML", "can't parse entities: can't find end tag"),
        ],
        ids=["empty", "blank", "empty tags", "long", "long in emoji", "open tag"],
    )
    async def test_is_refused(
        self, mia: Customer, sdk: telegram.Bot, text: str, parse_mode: str | None, why: str
    ) -> None:
        with pytest.raises(BadRequest, match=f"(?i){why}"):
            await sdk.send_message(mia.id, text, parse_mode=parse_mode)
        assert mia.inbox == ()

    async def test_may_be_longer_while_it_is_marked_up(self, mia: Customer, sdk: telegram.Bot) -> None:
        await sdk.send_message(mia.id, "&amp;" * 4096, parse_mode="HTML")
        assert mia.inbox[0].text == "&" * 4096

    async def test_an_answer_to_nothing_is_refused_unless_it_may_go_without(
        self, mia: Customer, sdk: telegram.Bot
    ) -> None:
        with pytest.raises(BadRequest, match=r"(?i)message to be replied not found"):
            await sdk.send_message(mia.id, "hi", reply_parameters=ReplyParameters(404))
        await sdk.send_message(mia.id, "hi", reply_parameters=ReplyParameters(404, allow_sending_without_reply=True))
        assert mia.inbox[0].reply_to is None

    @pytest.mark.parametrize(
        ("markup", "why"),
        [
            (buttons(("ü", "ü" * 33)), "BUTTON_DATA_INVALID"),
            (buttons(*[("x", "x")] * 101), "reply markup is too long"),
            (buttons((" ", "x")), "can't parse inline keyboard button"),
            (InlineKeyboardMarkup([[InlineKeyboardButton("x")]]), "text buttons are unallowed"),
        ],
    )
    async def test_buttons_have_limits(
        self, mia: Customer, sdk: telegram.Bot, markup: InlineKeyboardMarkup, why: str
    ) -> None:
        with pytest.raises(BadRequest, match=f"(?i){why}"):
            await sdk.send_message(mia.id, "hi", reply_markup=markup)


class TestFiles:
    async def test_a_picture_a_document_and_an_album_arrive_with_their_bytes(
        self, mia: Customer, sdk: telegram.Bot
    ) -> None:
        picture = drawn("hello")
        await sdk.send_photo(mia.id, picture, caption="A <i>picture</i>", parse_mode="HTML")
        await sdk.send_document(mia.id, b"%PDF-1.7", filename="bill.pdf")
        await sdk.send_media_group(mia.id, [InputMediaPhoto(drawn(text), caption=text) for text in ("a", "b")])
        photo, document, first, second = mia.inbox
        assert (photo.kind, photo.text) == ("photo", "A picture")
        assert photo.file is not None
        assert photo.file.read() == picture
        assert document.file is not None
        assert (document.file.name, document.file.content_type, document.file.read()) == (
            "bill.pdf", "application/pdf", b"%PDF-1.7",
        )  # fmt: skip
        assert first.media_group_id == second.media_group_id
        assert (first.text, second.text) == ("a", "b")

    async def test_a_file_that_telegram_has_can_be_sent_again_by_its_id(self, mia: Customer, sdk: telegram.Bot) -> None:
        sent = await sdk.send_document(mia.id, b"once", filename="a.txt")
        assert sent.document is not None
        await sdk.send_document(mia.id, sent.document.file_id)
        assert [message.file and message.file.read() for message in mia.inbox] == [b"once"] * 2

    async def test_is_refused(self, mia: Customer, sdk: telegram.Bot) -> None:
        with pytest.raises(BadRequest, match=r"(?i)caption is too long"):
            await sdk.send_document(mia.id, b"x", caption="x" * 1025)
        with pytest.raises(BadRequest, match=r"(?i)IMAGE_PROCESS_FAILED"):
            await sdk.send_photo(mia.id, b"no picture")
        with pytest.raises(BadRequest, match=r"(?i)too big for a photo"):
            await sdk.send_photo(mia.id, bytes(10 * 2**20 + 1))
        with pytest.raises(BadRequest, match=r"(?i)must be non-empty"):
            await sdk.send_document(mia.id, b"")
        with pytest.raises(BadRequest, match=r"(?i)wrong file identifier"):
            await sdk.send_document(mia.id, "https://files.example.com/a.pdf")
        with pytest.raises(BadRequest, match=r"(?i)from 2 to 10"):
            await sdk.send_media_group(mia.id, [InputMediaPhoto(drawn("a"))])
        with pytest.raises(BadRequest, match=r"(?i)can't be mixed"):
            await sdk.send_media_group(mia.id, [InputMediaPhoto(drawn("a")), InputMediaDocument(b"b")])
        assert mia.inbox == ()

    async def test_over_50_mb_is_too_large(self, mia: Customer, sdk: telegram.Bot) -> None:
        with pytest.raises(NetworkError, match=r"(?i)too large"):
            await sdk.send_document(mia.id, bytes(50 * 2**20 + 1))


class TestChanging:
    async def test_an_edit_shows_on_the_phone(self, mia: Customer, sdk: telegram.Bot) -> None:
        sent = await sdk.send_message(mia.id, "one", reply_markup=buttons(("Yes", "y")))
        edited = await sdk.edit_message_text("<b>two</b>", mia.id, sent.message_id, parse_mode="HTML")
        assert isinstance(edited, telegram.Message)
        assert edited.edit_date is not None
        (shown,) = mia.inbox
        assert (shown.text, shown.buttons, shown.edited) == ("two", (), True)

    async def test_an_edit_that_changes_nothing_is_refused(self, mia: Customer, sdk: telegram.Bot) -> None:
        sent = await sdk.send_message(mia.id, "one")
        with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
            await sdk.edit_message_text("one", mia.id, sent.message_id)
        with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
            await sdk.edit_message_reply_markup(mia.id, sent.message_id)

    async def test_only_its_own_messages_can_be_edited(self, mia: Customer, sdk: telegram.Bot) -> None:
        with pytest.raises(BadRequest, match=r"(?i)message can't be edited"):
            await sdk.edit_message_text("x", mia.id, mia.write("hi").message_id)
        with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
            await sdk.edit_message_text("x", mia.id, 404)

    async def test_what_is_deleted_is_gone(self, mia: Customer, sdk: telegram.Bot) -> None:
        sent = await sdk.send_message(mia.id, "one")
        await sdk.delete_message(mia.id, sent.message_id)
        assert mia.inbox == ()
        with pytest.raises(BadRequest, match=r"(?i)message to delete not found"):
            await sdk.delete_message(mia.id, sent.message_id)


class TestWhoCanBeWrittenTo:
    async def test_nobody_who_has_not_pressed_start(self, bot: BotAccount, sdk: telegram.Bot) -> None:
        with pytest.raises(Forbidden, match="can't initiate conversation with a user"):
            await sdk.send_message(bot.customer().id, "hi")

    async def test_nobody_who_does_not_exist(self, sdk: telegram.Bot) -> None:
        for chat in (404, "@nobody"):
            with pytest.raises(BadRequest, match=r"(?i)chat not found"):
                await sdk.send_message(chat, "hi")

    async def test_nobody_who_blocks_the_bot_or_has_left_telegram(self, mia: Customer, sdk: telegram.Bot) -> None:
        mia.block()
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await sdk.send_message(mia.id, "hi")
        mia.unblock()
        await sdk.send_message(mia.id, "hi")
        mia.leave_telegram()
        with pytest.raises(Forbidden, match="user is deactivated"):
            await sdk.send_message(mia.id, "hi")

    async def test_a_group_that_became_a_supergroup_has_another_id(
        self, bot: BotAccount, mia: Customer, sdk: telegram.Bot
    ) -> None:
        group = bot.group("Family")
        old = group.id
        await sdk.send_message(old, "hi")
        new = group.migrate(mia)
        with pytest.raises(ChatMigrated) as moved:
            await sdk.send_message(old, "hi")
        assert moved.value.new_chat_id == new == group.id
        await sdk.send_message(new, "hi again")
        assert group.messages[-1]["text"] == "hi again"
        group.kick()
        with pytest.raises(Forbidden, match="kicked"):
            await sdk.send_message(new, "hi")


class TestLimits:
    async def test_a_chat_takes_a_short_burst_and_then_one_a_second(
        self, mia: Customer, sdk: telegram.Bot, clock: Clock
    ) -> None:
        for number in range(5):
            await sdk.send_message(mia.id, str(number))
        with pytest.raises(RetryAfter) as slower:
            await sdk.send_message(mia.id, "too soon")
        assert slower.value._retry_after == timedelta(seconds=1)
        clock.passes(timedelta(seconds=1))
        await sdk.send_message(mia.id, "in time")
        assert [message.text for message in mia.inbox] == ["0", "1", "2", "3", "4", "in time"]

    async def test_all_chats_together_take_30_at_once(self, bot: BotAccount, sdk: telegram.Bot) -> None:
        people = [bot.customer() for _ in range(31)]
        for person in people:
            person.start()
        for person in people[:30]:
            await sdk.send_message(person.id, "hi")
        with pytest.raises(RetryAfter):
            await sdk.send_message(people[30].id, "hi")

    async def test_can_be_left_out(self, bot: BotAccount, mia: Customer, sdk: telegram.Bot) -> None:
        bot.setup.limits = False
        for number in range(40):
            await sdk.send_message(mia.id, str(number))
        assert len(mia.inbox) == 40


class TestTheDoor:
    async def test_knows_its_token(self, bot: BotAccount) -> None:
        stranger = telegram.Bot("1:wrong", base_url=bot.base_url)
        with pytest.raises(InvalidToken):
            await stranger.initialize()
        await stranger._request[0].shutdown()
        await stranger._request[1].shutdown()

    async def test_knows_no_method_that_is_none(self, sdk: telegram.Bot) -> None:
        with pytest.raises(InvalidToken, match="does not exist"):  # what the SDK makes of any 404
            await sdk.do_api_request("sendTelepathy")

    async def test_takes_json_and_any_case_too(self, bot: BotAccount, mia: Customer) -> None:
        import aiohttp

        async with aiohttp.ClientSession(trust_env=False) as session:
            url = f"{bot.base_url}{bot.token}/SENDMESSAGE"
            async with session.post(url, json={"chat_id": mia.id, "text": "hi"}) as answer:
                assert (await answer.json())["result"]["text"] == "hi"
            async with session.post(url, json={"chat_id": mia.id, "reply_markup": "{", "text": "hi"}) as answer:
                assert answer.status == 400
        assert [call.operation for call in bot.calls] == ["sendMessage"] * 2

    async def test_says_who_the_bot_is_and_what_it_knows(
        self, bot: BotAccount, mia: Customer, sdk: telegram.Bot
    ) -> None:
        me = await sdk.get_me()
        assert (me.id, me.username) == (bot.id, "threadline_bot")
        assert (await sdk.get_chat(mia.id)).first_name == "Mia"
        assert await sdk.send_chat_action(mia.id, "typing")
        await sdk.set_my_commands([("start", "Begin")])
        assert (await sdk.get_my_commands())[0].command == "start"
        assert bot.token not in str([call.as_json() for call in bot.calls])
