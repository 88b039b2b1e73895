"""What customers do, as python-telegram-bot reads it."""

from datetime import timedelta

import pytest
import telegram
from telegram.error import BadRequest, InvalidToken
from telegram.request import HTTPXRequest

from emulators.telegram import Attachment, Blocked, BotAccount, Customer, drawn
from tests.emulators.telegram.conftest import Clock


async def messages(sdk: telegram.Bot) -> list[telegram.Message]:
    """What has been said since the last time."""
    updates = await sdk.get_updates()
    if updates:
        await sdk.get_updates(offset=updates[-1].update_id + 1)
    return [update.effective_message for update in updates if update.effective_message is not None]


async def fetched(sdk: telegram.Bot, file_id: str) -> bytes:
    return bytes(await (await sdk.get_file(file_id)).download_as_bytearray())


class TestWriting:
    async def test_start_carries_what_the_link_said(self, mia: Customer, sdk: telegram.Bot) -> None:
        mia.start("order-42")
        (message,) = await messages(sdk)
        assert message.text == "/start order-42"
        assert message.from_user is not None
        assert (message.from_user.full_name, message.from_user.language_code) == ("Mia Klein", "de")
        assert message.entities[0].type == "bot_command"

    async def test_an_answer_shows_what_it_answers(self, mia: Customer, sdk: telegram.Bot) -> None:
        mia.start()
        sent = await sdk.send_message(mia.id, "Which one?")
        mia.write("The first", reply_to=sent.message_id)
        message = (await messages(sdk))[-1]
        assert message.reply_to_message is not None
        assert message.reply_to_message.text == "Which one?"

    async def test_files_can_be_fetched(self, mia: Customer, sdk: telegram.Bot) -> None:
        picture = drawn("broken")
        mia.photo(picture, caption="look")
        mia.document(b"a,b", "list.csv", content_type="text/csv")
        mia.voice(b"ogg")
        photo, document, voice = await messages(sdk)
        assert (photo.caption, len(photo.photo)) == ("look", 2)
        assert await fetched(sdk, photo.photo[-1].file_id) == picture
        assert len(await fetched(sdk, photo.photo[0].file_id)) < len(picture)
        assert document.document is not None
        assert (document.document.file_name, document.document.mime_type) == ("list.csv", "text/csv")
        assert await fetched(sdk, document.document.file_id) == b"a,b"
        assert voice.voice is not None
        assert await fetched(sdk, voice.voice.file_id) == b"ogg"

    async def test_an_album_is_one_update_for_each_file(self, mia: Customer, sdk: telegram.Bot) -> None:
        mia.album([drawn("a"), Attachment("video", size=10, content_type="video/mp4"), drawn("c")], caption="three")
        album = await messages(sdk)
        assert len({message.media_group_id for message in album}) == 1
        assert [message.caption for message in album] == ["three", None, None]
        assert album[1].video is not None

    async def test_places_and_numbers(self, mia: Customer, sdk: telegram.Bot) -> None:
        mia.location(52.52, 13.405)
        mia.contact("+4915112345678")
        mia.contact("+4930123456", own=False, name="The shop")
        place, own, other = await messages(sdk)
        assert place.location is not None
        assert own.contact is not None
        assert other.contact is not None
        assert (place.location.latitude, own.contact.user_id, other.contact.user_id) == (52.52, mia.id, None)
        assert own.contact.phone_number == "4915112345678"

    async def test_an_edit_is_an_update_of_its_own(self, mia: Customer, sdk: telegram.Bot) -> None:
        written, pictured = mia.write("blue"), mia.photo(caption="this")
        mia.edit(written.message_id, "red")
        mia.edit(pictured.message_id, "that")
        *first, text, caption = await sdk.get_updates()
        assert [update.message and update.message.text for update in first] == ["blue", None]
        assert text.edited_message is not None
        assert caption.edited_message is not None
        assert (text.edited_message.message_id, text.edited_message.text) == (written.message_id, "red")
        assert text.edited_message.edit_date is not None
        assert caption.edited_message.caption == "that"
        assert [message.text for message in mia.screen] == ["red", "that"]

    async def test_in_a_group(self, bot: BotAccount, mia: Customer, sdk: telegram.Bot) -> None:
        group = bot.group("Family")
        old = group.id
        group.member(mia).write("hi all")
        new = group.migrate(mia)
        said, gone, begun = await messages(sdk)
        assert (said.chat.id, said.chat.type, said.chat.title) == (old, "group", "Family")
        assert (gone.chat.id, gone.migrate_to_chat_id) == (old, new)
        assert (begun.chat.id, begun.migrate_from_chat_id) == (new, old)


class TestPressing:
    @pytest.fixture
    async def asked(self, mia: Customer, sdk: telegram.Bot) -> telegram.Message:
        mia.start()
        yes = telegram.InlineKeyboardButton("Yes, please", callback_data="yes")
        sent = await sdk.send_message(mia.id, "Better?", reply_markup=telegram.InlineKeyboardMarkup([[yes]]))
        await messages(sdk)
        return sent

    @pytest.mark.parametrize("button", ["Yes, please", "yes"])
    async def test_is_answered_once(
        self, mia: Customer, sdk: telegram.Bot, asked: telegram.Message, button: str
    ) -> None:
        press = mia.press(asked.message_id, button)
        (update,) = await sdk.get_updates()
        query = update.callback_query
        assert query is not None
        assert (query.data, query.from_user.id) == ("yes", mia.id)
        assert query.message is not None
        assert query.message.message_id == asked.message_id
        await query.answer("Thank you")
        assert await press.answer() == "Thank you"

    async def test_cannot_be_answered_when_it_is_too_old_or_unknown(
        self, bot: BotAccount, mia: Customer, sdk: telegram.Bot, asked: telegram.Message, clock: Clock
    ) -> None:
        press = mia.press(asked.message_id, "yes")
        clock.passes(timedelta(seconds=61))
        for query in (press.id, "404"):
            with pytest.raises(BadRequest, match=r"(?i)query is too old"):
                await sdk.answer_callback_query(query)
        with pytest.raises(TimeoutError):
            await press.answer(0.01)

    async def test_needs_a_button(self, mia: Customer, asked: telegram.Message) -> None:
        with pytest.raises(ValueError, match="no button"):
            mia.press(asked.message_id, "No")


class TestBlocking:
    async def test_tells_the_bot_both_ways(self, mia: Customer, sdk: telegram.Bot) -> None:
        mia.start()
        await messages(sdk)
        mia.block()
        with pytest.raises(Blocked):
            mia.write("hi")
        mia.unblock()
        blocked, unblocked = await sdk.get_updates()
        assert blocked.my_chat_member is not None
        assert unblocked.my_chat_member is not None
        assert blocked.my_chat_member.new_chat_member.status == "kicked"
        assert unblocked.my_chat_member.new_chat_member.status == "member"


class TestFetching:
    async def test_files_over_20_mb_cannot_be(self, mia: Customer, sdk: telegram.Bot) -> None:
        mia.document(size=20 * 2**20 + 1)
        (message,) = await messages(sdk)
        assert message.document is not None
        assert message.document.file_size == 20 * 2**20 + 1
        with pytest.raises(BadRequest, match=r"(?i)file is too big"):
            await sdk.get_file(message.document.file_id)

    async def test_a_made_up_file_has_its_size_and_the_same_bytes_each_time(
        self, mia: Customer, sdk: telegram.Bot
    ) -> None:
        mia.document(size=200_001)
        (message,) = await messages(sdk)
        assert message.document is not None
        once, again = [await fetched(sdk, message.document.file_id) for _ in range(2)]
        assert len(once) == 200_001
        assert once == again

    async def test_a_link_is_good_for_an_hour(self, mia: Customer, sdk: telegram.Bot, clock: Clock) -> None:
        mia.document(b"x", "a.txt")
        (message,) = await messages(sdk)
        assert message.document is not None
        link = await sdk.get_file(message.document.file_id)
        clock.passes(timedelta(minutes=59))
        assert bytes(await link.download_as_bytearray()) == b"x"
        clock.passes(timedelta(minutes=2))
        with pytest.raises(InvalidToken):  # what the SDK makes of any 404
            await link.download_as_bytearray()
        assert await fetched(sdk, message.document.file_id) == b"x"

    async def test_a_file_that_is_gone_is_refused(self, bot: BotAccount, mia: Customer, sdk: telegram.Bot) -> None:
        mia.document(b"x", "a.txt")
        (message,) = await messages(sdk)
        assert message.document is not None
        bot.forget_file(message.document.file_id)
        with pytest.raises(BadRequest, match=r"(?i)wrong file_id or the file is temporarily unavailable"):
            await sdk.get_file(message.document.file_id)

    async def test_a_link_is_no_use_with_another_token(self, bot: BotAccount, mia: Customer, sdk: telegram.Bot) -> None:
        file_id = mia.document(b"x", "a.txt").update.content["document"]["file_id"]
        path = (await sdk.get_file(file_id)).file_path
        assert path is not None
        async with HTTPXRequest(httpx_kwargs={"verify": False, "trust_env": False}) as request:
            with pytest.raises(InvalidToken):
                await request.retrieve(path.replace(bot.token, "1:wrong"))
