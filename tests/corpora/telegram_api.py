"""What python-telegram-bot sends, and what the emulator answers and posts, against the Bot API as JSON Schema."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    ReplyParameters,
    Update,
)
from telegram.error import TelegramError

from emulators.telegram import Attachment, BotAccount, Call, Customer, drawn, running
from tests.corpora.findings import Finding

_WEBHOOK = "https://desk.example.com/hooks/telegram"


async def check(folder: Path) -> tuple[Finding, Finding, Finding]:
    """Use every method and do everything a customer can; then hold calls, answers and updates against the schema."""
    schema, api = [
        json.loads(await asyncio.to_thread((folder / name).read_text)) for name in ("schema.json", "api.json")
    ]
    sent = Finding("Telegram: what the SDK sends for us")
    answered, told = Finding("Telegram: the emulator's answers"), Finding("Telegram: the emulator's updates")
    account = BotAccount(limits=False)
    async with running(account):
        await _talk(account)
    strict = _strict(schema["definitions"])
    for call in account.calls:
        if call.operation == "download":
            continue
        sent.checked += 1
        form = schema["methods"][call.operation]
        sent.failures += _problems(call.operation, schema["definitions"], form, _typed(call, form))
        answered.checked += 1
        result = _result(api["methods"][call.operation]["returns"])
        answered.failures += _problems(call.operation, strict, _envelope(result, ok=call.status == 200), call.answer)
    for call in account.calls_of("getUpdates"):
        for update in (call.answer or {}).get("result", []):
            told.checked += 1
            told.failures += _problems("Update", strict, {"$ref": "#/definitions/Update"}, update)
            told.failures += _strange(Update.de_json(update, None))
    return sent, answered, told


async def _talk(account: BotAccount) -> None:
    bot = Bot(account.token, base_url=account.base_url, base_file_url=account.base_file_url)
    async with bot:
        await bot.set_webhook(
            _WEBHOOK, secret_token="s3cret", max_connections=40, allowed_updates=["message"], drop_pending_updates=True
        )
        await bot.get_webhook_info()
        await bot.delete_webhook()
        await bot.get_updates(offset=0, timeout=0, allowed_updates=[])
        mia = account.customer(name="Mia Klein", username="mia", language="de")
        mia.start("order-42")
        await _write_back(bot, account, mia)
        _do_everything(account, mia)
        for update in await bot.get_updates(limit=100):
            if (query := update.callback_query) is not None:
                await bot.answer_callback_query(query.id, text="Thanks")
        await _be_refused(bot, account, mia)


async def _write_back(bot: Bot, account: BotAccount, mia: Customer) -> None:
    buttons = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])
    asked = await bot.send_message(
        mia.id, "<b>Better</b> &amp; <a href='https://desk.example.com'>now</a>?", parse_mode="HTML",
        reply_markup=buttons, reply_parameters=ReplyParameters(1, allow_sending_without_reply=True),
    )  # fmt: skip
    mia.press(asked.message_id, "Yes")
    await bot.edit_message_text("Better now? 🙂", mia.id, asked.message_id)
    await bot.edit_message_reply_markup(mia.id, asked.message_id, reply_markup=buttons)
    await bot.send_photo(mia.id, drawn("hello"), caption="A <i>picture</i>", parse_mode="HTML")
    await bot.send_document(mia.id, b"%PDF-1.7", filename="bill.pdf", caption="Your bill")
    await bot.send_video(mia.id, b"video", filename="clip.mp4", duration=3, width=640, height=360)
    await bot.send_audio(mia.id, b"audio", filename="song.mp3", duration=3)
    await bot.send_voice(mia.id, b"voice", duration=3)
    await bot.send_media_group(mia.id, [InputMediaPhoto(drawn("a"), caption="a"), InputMediaPhoto(drawn("b"))])
    await bot.send_media_group(mia.id, [InputMediaDocument(b"a", filename="a"), InputMediaDocument(b"b", filename="b")])
    await bot.send_chat_action(mia.id, "typing")
    await bot.get_chat(mia.id)
    await bot.set_my_commands([("start", "Begin")])
    await bot.get_my_commands()
    await bot.delete_message(mia.id, asked.message_id)
    photo = account.customer(name="Ben").photo().update.content["photo"]
    await (await bot.get_file(photo[-1]["file_id"])).download_as_bytearray()


def _do_everything(account: BotAccount, mia: Customer) -> None:
    first = mia.write("hi 🙂")
    mia.write_html("<b>bold</b> and <code>code</code>", reply_to=first.message_id)
    mia.edit(first.message_id, "hi there")
    mia.photo(caption="broken")
    mia.photo(b"no picture at all")
    mia.document(size=16 * 2**20, name="log.txt", content_type="text/plain")
    mia.voice()
    mia.audio()
    mia.video(caption="look")
    mia.sticker()
    mia.album([drawn("a"), Attachment("video", size=100, name="b.mp4", content_type="video/mp4")], caption="both")
    mia.location(52.52, 13.405)
    mia.contact("+4915112345678")
    mia.contact("+4915100000000", own=False, name="Somebody")
    group = account.group("Family")
    group.member(mia).write("hi all")
    group.migrate(mia)
    mia.block()
    mia.unblock()


async def _be_refused(bot: Bot, account: BotAccount, mia: Customer) -> None:
    account.faults.add("sendMessage", "too_many_requests")
    account.faults.add("sendMessage", "migrated")
    for chat in (mia.id, mia.id, 404, account.customer(name="Never").id):
        try:
            await bot.send_message(chat, "hello")
        except TelegramError:
            continue
        raise AssertionError("this should have been refused")


def _result(returns: list[str]) -> Any:
    """`["Array of Message"]`, `["Message", "Boolean"]`… as a schema."""
    plain = {"Boolean": "boolean", "Integer": "integer", "String": "string"}

    def one(name: str) -> Any:
        if name.startswith("Array of "):
            return {"type": "array", "items": one(name.removeprefix("Array of "))}
        return {"type": plain[name]} if name in plain else {"$ref": f"#/definitions/{name}"}

    return {"anyOf": [one(name) for name in returns]}


def _envelope(result: Any, *, ok: bool) -> Any:
    told = {"error_code": {"type": "integer"}, "parameters": {"$ref": "#/definitions/ResponseParameters"}}
    properties = {"ok": {"const": ok}, "description": {"type": "string"}} | ({"result": result} if ok else told)
    required = ["ok", "result"] if ok else ["ok", "error_code", "description"]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _problems(name: str, definitions: Any, schema: Any, value: Any) -> list[str]:
    return [
        f"{name}: {'.'.join(str(part) for part in error.absolute_path)} {error.message[:300]}"
        for error in Draft7Validator({**schema, "definitions": definitions}).iter_errors(value)
    ]


def _strict(definitions: Any) -> Any:
    """The same, where no object may have a field that it does not name."""
    return {
        name: {**each, "additionalProperties": False} if "properties" in each else each
        for name, each in definitions.items()
    }


def _strange(update: Update) -> list[str]:
    """Fields that python-telegram-bot knows nothing to do with."""
    parts = (update, update.effective_message, update.effective_user, update.effective_chat, update.callback_query)
    return [f"Update: {type(part).__name__} has {[*part.api_kwargs]}" for part in parts if part and part.api_kwargs]


def _typed(call: Call, form: Any) -> dict[str, Any]:
    """A form's text as the types that the schema names: forms carry text only."""
    read: dict[str, Callable[[str], Any]] = {
        "integer": int,
        "number": float,
        "boolean": lambda text: text == "true",
        "array": json.loads,
        "object": json.loads,
    }

    def value(name: str, given: Any) -> Any:
        if not isinstance(given, str) or name not in form["properties"]:
            return given
        kinds = _kinds(form["properties"][name])
        if "string" in kinds and not ("integer" in kinds and given.lstrip("-").isdecimal()):
            return given
        return next((read[kind](given) for kind in kinds if kind in read), given)

    attached = {name for name in call.params if f"attach://{name}" in str(call.params.get("media", ""))}
    return {name: value(name, given) for name, given in call.params.items() if name not in attached}


def _kinds(schema: Any) -> list[str]:
    if "anyOf" in schema:
        return [kind for each in schema["anyOf"] for kind in _kinds(each)]
    if "$ref" in schema:
        return ["object"]
    kind = schema.get("type", "string")
    return kind if isinstance(kind, list) else [kind]
