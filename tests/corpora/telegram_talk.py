"""Everything that the desk and its customers can do on Telegram, done once: through our connector, and by the SDK."""

from collections.abc import AsyncIterator, Callable

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaDocument, InputMediaPhoto
from telegram.error import TelegramError

from connectors.telegram import TelegramConfig, TelegramConnector
from connectors.telegram.connector import PollingTelegram
from core.ids import new_id
from core.messages import Button, Outbound, OutboundFile, Pressed, RawRequest
from emulators.telegram import Attachment, BotAccount, Customer, drawn

_DESK = "https://desk.example.com"
_FILES = {
    "image/jpeg": drawn("hello"),
    "application/pdf": b"%PDF-1.7",
    "video/mp4": b"video",
    "audio/mpeg": b"audio",
    "audio/ogg": b"voice",
    "image/gif": b"gif",
}


async def through_our_connector(account: BotAccount) -> list[str]:
    """Set up, listen, answer, send every kind of file, fetch one. Returns updates that the connector cannot read."""
    connector = PollingTelegram(TelegramConfig(account.token, _DESK, polling=True, api_url=account.url))
    mia = account.customer(name="Mia Klein", username="mia", language="de")
    try:
        await connector.set_webhook()
        await connector.webhook_state()
        await connector.whoami()
        cursor = (await connector.fetch_events(None)).cursor  # deletes the webhook, which is in the way
        mia.start("order-42")
        await _send(connector, account, mia)
        do_everything(account, mia)
        unread = []
        fetched = await connector.fetch_events(cursor)
        for event in fetched.events:
            said = connector.parse(RawRequest(event.url, {}, event.body))
            unread += [] if said else [event.body.decode()[:300]]
            for each in said:
                if isinstance(each, Pressed):
                    await connector.acknowledge_press(each, "Thank you")
        mia.write("one more")
        await connector.fetch_events(fetched.cursor)
        await _fetch(connector, mia)
        return unread
    finally:
        await connector.close()


async def _send(connector: TelegramConnector, account: BotAccount, mia: Customer) -> None:
    def outbound(text: str, file: OutboundFile | None = None, *, buttons: tuple[Button, ...] = ()) -> Outbound:
        answered = f"{account.id}:{mia.id}:1"
        return Outbound(new_id(), str(account.id), str(mia.id), text, file, buttons, replies_to=answered)

    for text in ("Your *refund* is on its way: https://desk.example.com/a_b", "Grüße & mehr+🙂\n<b>", "x" * 4096):
        await connector.send(outbound(text))
    asked = await connector.send(outbound("Better?", buttons=(Button("Yes", "yes"), Button("No", "no" * 32))))
    mia.press(int(asked.provider_id.rpartition(":")[2]), "Yes")
    for content_type, content in _FILES.items():
        file = OutboundFile("file", content_type, len(content), f"{_DESK}/files/1", _reading(content))
        await connector.send(outbound("", file))
        await connector.send(outbound("With *words*", file, buttons=(Button("Thanks", "thx"),)))


def _reading(content: bytes) -> Callable[[], AsyncIterator[bytes]]:
    async def pieces() -> AsyncIterator[bytes]:
        yield content

    return pieces


async def _fetch(connector: TelegramConnector, mia: Customer) -> None:
    written = mia.document(b"a,b", "list.csv", content_type="text/csv")
    async with connector.fetch(written.update.content["document"]["file_id"], most=1000) as file:
        assert b"".join([chunk async for chunk in file.chunks]) == b"a,b"


def do_everything(account: BotAccount, mia: Customer) -> None:
    first = mia.write("hi 🙂")
    mia.write_html("<b>bold</b> and <code>code</code>", reply_to=first.message_id)
    mia.edit(first.message_id, "hi there")
    mia.photo(caption="broken")
    mia.photo(b"no picture at all")
    mia.document(size=16 * 2**20, name="log.txt", content_type="text/plain")
    mia.voice()
    mia.audio()
    mia.video(caption="look")
    mia.animation()
    mia.video_note()
    mia.sticker()
    mia.album([drawn("a"), Attachment("video", size=100, name="b.mp4", content_type="video/mp4")], caption="both")
    mia.location(52.52, 13.405)
    mia.contact("+4915112345678")
    mia.contact("+4915100000000", own=False, name="Somebody")
    mia.anything(dice={"emoji": "🎲", "value": 4})
    group = account.group("Family")
    group.member(mia).write("hi all")
    group.migrate(mia)
    mia.block()
    mia.unblock()


async def by_the_sdk(account: BotAccount) -> None:
    """What our connector has no use for yet, and what is refused."""
    mia = account.customer(name="Ben")
    mia.start()
    buttons = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])
    async with Bot(account.token, base_url=account.base_url, base_file_url=account.base_file_url) as bot:
        asked = await bot.send_message(mia.id, "<b>Better</b>?", parse_mode="HTML", reply_markup=buttons)
        await bot.edit_message_text("Better now? 🙂", mia.id, asked.message_id)
        await bot.edit_message_reply_markup(mia.id, asked.message_id, reply_markup=buttons)
        await bot.send_media_group(mia.id, [InputMediaPhoto(drawn("a"), caption="a"), InputMediaPhoto(drawn("b"))])
        await bot.send_media_group(mia.id, [InputMediaDocument(b"a"), InputMediaDocument(b"b")])
        await bot.send_chat_action(mia.id, "typing")
        await bot.get_chat(mia.id)
        await bot.set_my_commands([("start", "Begin")])
        await bot.get_my_commands()
        await bot.delete_message(mia.id, asked.message_id)
        account.faults.add("sendMessage", "too_many_requests")
        account.faults.add("sendMessage", "migrated")
        for chat in (mia.id, mia.id, 404, account.customer(name="Never").id):
            try:
                await bot.send_message(chat, "hello")
            except TelegramError:
                continue
            raise AssertionError("this should have been refused")
