"""What the page is told of phones: who has one, and what stands on each. One shape for both channels.

A customer's `number` is what the page calls them by: the phone number on WhatsApp, `tg` and the id on Telegram.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import quote

from emulators import telegram, twilio
from emulators.telegram import BotAccount
from emulators.twilio import Account
from emulators.twilio.media import Media
from emulators.twilio.messages import Message

Json = dict[str, Any]
# What a fact's value depends on, compared part by part: the same object, or an equal one.
Parts = tuple[object, ...]
Fact = tuple[str, Parts, Callable[[], Any]]

TELEGRAM = "tg"
# What a browser may show within the page; anything else it may only keep.
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


def phone_owner(customer: twilio.Customer | telegram.Customer) -> Json:
    if isinstance(customer, twilio.Customer):
        known = {"number": customer.number, "address": customer.address, "name": customer.name}
        return known | {"channel": "whatsapp", "blocks": False}
    key = f"{TELEGRAM}{customer.id}"
    return {"number": key, "address": key, "name": customer.name, "channel": "telegram", "blocks": customer.blocks}


def on_whatsapp(account: Account, taken: dict[str, bool]) -> Iterator[Fact]:
    """`taken` says of a SID whether the desk's webhook took the message; it has none before there is an answer."""
    for customer in account.customers:
        yield f"customer/{customer.number}", (customer.name,), partial(phone_owner, customer)
    for message in list(account.messages.values()):
        was_taken = taken.get(message.sid)
        parts = (message.status, message.error_code, was_taken)
        yield f"phone/{message.sid}", parts, partial(_whatsapp, message, account.media.of(message.sid), was_taken)


def _whatsapp(message: Message, media: list[Media], taken: bool | None) -> Json:
    inbound = message.direction == "inbound"
    files = [
        _file(each.file.name, each.file.content_type, each.file.length, f"wa/{message.sid}-{each.sid}")
        for each in media
    ]
    return {
        "sid": message.sid,
        "customer": message.sender if inbound else message.to,
        "from_customer": inbound,
        "body": message.body,
        "media": len(message.media),
        "files": files,
        "buttons": [list(button) for button in message.buttons],
        "status": message.status,
        "error": message.error_message,
        "taken": taken if inbound else None,
        "edited": False,
        "at": message.created_at.timestamp(),
    }


def on_telegram(bot: BotAccount) -> Iterator[Fact]:
    for customer in bot.customers:
        key = f"{TELEGRAM}{customer.id}"
        yield f"customer/{key}", (customer.name, customer.blocks), partial(phone_owner, customer)
        for message in list(customer.chat.messages.values()):
            number = message["message_id"]
            # Edits change the message in place.
            words = (message.get("text"), message.get("caption"), str(message.get("reply_markup")))
            parts = (*words, customer.has_left(number), number <= customer.looked)
            yield f"phone/{key}-{number}", parts, partial(_telegram, customer, message)


def _telegram(customer: telegram.Customer, message: Json) -> Json:
    shown = customer.seen(message)
    key, file = f"{TELEGRAM}{customer.id}", shown.file
    files = [] if file is None else [_file(file.name, file.content_type, file.size, f"tg/{quote(file.file_id)}")]
    return {
        "sid": f"{key}-{shown.message_id}",
        "customer": key,
        "from_customer": shown.mine,
        "body": shown.text or {"location": "📍 A place", "contact": "👤 A contact"}.get(shown.kind, ""),
        "media": len(files),
        "files": files,
        "buttons": [list(button) for button in shown.buttons],
        "status": "read" if shown.message_id <= customer.looked else "delivered",
        "error": None,
        "taken": (customer.has_left(shown.message_id) or None) if shown.mine else None,
        "edited": shown.edited,
        "editable": shown.mine and bool(shown.text),  # a caption too
        "message_id": shown.message_id,
        "at": shown.at.timestamp(),
    }


def _file(name: str | None, content_type: str, size: int, path: str) -> Json:
    return {
        "name": name or "",
        "type": content_type,
        "size": size,
        "url": f"/file/{path}",
        "picture": content_type in PICTURES,
    }
