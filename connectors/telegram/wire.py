"""Telegram's wire format: the bytes of an update to values, and what proves that Telegram sent it.

Pure: no clock, no network. It believes nothing: any bytes become values or a named failure.
Source: core.telegram.org/bots/api
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from connectors.contract import Fetched, FetchedEvent
from connectors.telegram.content import content, files, phone
from connectors.telegram.reading import integer, mapping, text
from core.errors import BadSignature, Unreadable
from core.messages import Edited, Inbound, Moved, Pressed, RawRequest, Reachability, Received

CHANNEL = "telegram"
# Asked for by name, in a webhook as in polling: what is not here is not sent to us.
UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

_NAME_LENGTH = 200
_EXTRA_NAME, _EXTRA_VALUE = 64, 1000
_LAST_DATE = 2**33  # in the year 2242: no instant that Telegram means
_MOST_ID = 2**63
_START = "/start"
_GROUPS = frozenset({"group", "supergroup"})


def admit(request: RawRequest, *, bot: str, secret: str) -> str:
    """The key under which this update is stored once. Raises BadSignature."""
    given = request.headers.get("x-telegram-bot-api-secret-token", "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
        raise BadSignature("The secret token is not ours: set the webhook again with the one from the settings.")
    return key_of(request.body, bot=bot)


def key_of(body: bytes, *, bot: str) -> str:
    """Of the update; of the bytes where they are none."""
    try:
        update_id = integer(_decoded(body), "update_id")
    except Unreadable:
        update_id = None
    return f"{bot}:{update_id}" if update_id is not None else "unreadable:" + sha256(body).hexdigest()


def _decoded(body: bytes) -> Mapping[str, Any]:
    """Raises Unreadable."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The update is not JSON.") from error
    if not isinstance(update, dict):
        raise Unreadable("The update is not a JSON object.")
    return update


def parse(body: bytes, *, bot: str) -> tuple[Received, ...]:
    """What the update says; empty for what we do not act on. Raises Unreadable, and nothing else, on any bytes."""
    update = _decoded(body)
    if integer(update, "update_id") is None:
        raise Unreadable("The update has no number (update_id).")
    for name, read in (
        ("message", _message),
        ("edited_message", _edited),
        ("callback_query", _pressed),
        ("my_chat_member", _reachability),
    ):
        if name in update:
            said = update[name]
            if not isinstance(said, dict):
                raise Unreadable(f"The update's {name} is not an object.")
            return read(said, bot)
    return ()


def fetched(updates: Sequence[object], cursor: str | None, *, bot: str, url: str) -> Fetched:
    """Updates that we asked for, in the form in which they would have been posted."""
    events = []
    for update in updates:
        body = json.dumps(update, separators=(",", ":")).encode()
        events.append(FetchedEvent(key_of(body, bot=bot), url, body))
        if isinstance(update, dict) and (number := integer(update, "update_id")) is not None:
            cursor = str(number + 1)
    return Fetched(events, cursor)


def message_key(bot: str, chat: int | str, message_id: int) -> str:
    """Of a message, ours or the customer's: Telegram counts messages in each chat from one."""
    return f"{bot}:{chat}:{message_id}"


def message_id(key: str, *, chat: str) -> int | None:
    """The number of the message in `chat` that has this key; None for one of another chat."""
    _, _, rest = key.partition(":")
    in_chat, _, number = rest.rpartition(":")
    return int(number) if in_chat == chat and number.isascii() and number.isdigit() and len(number) < 20 else None


def _message(said: Mapping[str, Any], bot: str) -> tuple[Received, ...]:
    chat = _chat(said)
    if (moved := _moved(said, chat, bot)) is not None:
        return (moved,)
    if not _by_a_person(said, chat):
        return ()
    words, attached = content(said), files(said)
    if not words and not attached:
        return ()  # a service message, or something that has no words: the inbox keeps it
    private = chat.get("type") == "private"
    return (
        Inbound(
            key=_key(said, chat, bot),
            channel=CHANNEL,
            account=bot,
            sender=str(_id(chat, "chat")),
            sender_name=_chat_name(chat),
            text=words,
            sent_at=_instant(said, "date"),
            replies_to=_replies_to(said, chat, bot),
            extra=_extra(said),
            files=attached,
            phone=phone(said) if private else None,
            language=(text(mapping(said, "from"), "language_code")[:_EXTRA_NAME] or None) if private else None,
            start=_start(words) if private else None,
            group=_is_group(chat),
            author=_author(said, chat),
            author_name=_author_name(said, chat),
        ),
    )


def _edited(said: Mapping[str, Any], bot: str) -> tuple[Received, ...]:
    chat = _chat(said)
    if not _by_a_person(said, chat) or "location" in said:
        return ()  # a shared live position moves every few seconds: those are no words that anybody changed
    return (
        Edited(
            key=_key(said, chat, bot),
            channel=CHANNEL,
            account=bot,
            sender=str(_id(chat, "chat")),
            sender_name=_chat_name(chat),
            text=content(said),
            edited_at=_instant(said, "edit_date"),
            group=_is_group(chat),
            author=_author(said, chat),
            author_name=_author_name(said, chat),
        ),
    )


def _pressed(said: Mapping[str, Any], bot: str) -> tuple[Received, ...]:
    under, press = mapping(said, "message"), text(said, "id")
    if not under or "data" not in said:
        return ()  # under a message that was sent through us by somebody else, or of a game: we make neither
    if not press:
        raise Unreadable("The press has no id.")
    chat = _chat(under)
    pressed = Pressed(
        key=press,
        channel=CHANNEL,
        account=bot,
        sender=str(_id(chat, "chat")),
        sender_name=_chat_name(chat),
        data=text(said, "data"),
        message_key=_key(under, chat, bot),
    )
    return (pressed,)


def _reachability(said: Mapping[str, Any], bot: str) -> tuple[Received, ...]:
    chat = _chat(said)
    status = text(mapping(said, "new_chat_member"), "status")
    if chat.get("type") == "channel" or not status:
        return ()
    gone = status in ("kicked", "left") or (
        status == "restricted" and mapping(said, "new_chat_member").get("is_member") is False
    )
    return (Reachability(CHANNEL, bot, str(_id(chat, "chat")), reachable=not gone),)


def _moved(said: Mapping[str, Any], chat: Mapping[str, Any], bot: str) -> Moved | None:
    """A group that became a supergroup has another id. Said twice, once in either chat, in any order."""
    here = _id(chat, "chat")
    if (there := integer(said, "migrate_to_chat_id")) is not None:
        return Moved(CHANNEL, bot, str(here), to=str(there))
    if (before := integer(said, "migrate_from_chat_id")) is not None:
        return Moved(CHANNEL, bot, str(before), to=str(here))
    return None


def _chat(said: Mapping[str, Any]) -> Mapping[str, Any]:
    chat = mapping(said, "chat")
    _id(chat, "chat")
    return chat


def _id(said: Mapping[str, Any], what: str) -> int:
    number = integer(said, "message_id" if what == "message" else "id")
    if number is None or abs(number) >= _MOST_ID:
        raise Unreadable(f"The {what} has no id.")
    return number


def _key(said: Mapping[str, Any], chat: Mapping[str, Any], bot: str) -> str:
    return message_key(bot, _id(chat, "chat"), _id(said, "message"))


def _by_a_person(said: Mapping[str, Any], chat: Mapping[str, Any]) -> bool:
    """Not by a bot, nor by a channel. An admin who writes as their group is a person."""
    if chat.get("type") == "channel":
        return False
    if behalf := mapping(said, "sender_chat"):
        return integer(behalf, "id") == integer(chat, "id")
    author = mapping(said, "from")
    return bool(author) and author.get("is_bot") is not True


def _chat_name(chat: Mapping[str, Any]) -> str | None:
    """Of the person, or of the group."""
    return (text(chat, "title") or _person(chat))[:_NAME_LENGTH].strip() or None


def _is_group(chat: Mapping[str, Any]) -> bool:
    return text(chat, "type") in _GROUPS


def _author(said: Mapping[str, Any], chat: Mapping[str, Any]) -> str | None:
    """Who of a group wrote it; None of an admin who writes as the group."""
    if not _is_group(chat) or mapping(said, "sender_chat"):
        return None
    number = integer(mapping(said, "from"), "id")
    return str(number) if number is not None else None


def _author_name(said: Mapping[str, Any], chat: Mapping[str, Any]) -> str | None:
    """Of an admin who writes as the group, the title that they have there, if any."""
    if not _is_group(chat):
        return None
    name = text(said, "author_signature") if mapping(said, "sender_chat") else _person(mapping(said, "from"))
    return " ".join(name.split())[:_NAME_LENGTH].strip() or None


def _person(said: Mapping[str, Any]) -> str:
    names = (text(said, "first_name").strip(), text(said, "last_name").strip())
    return " ".join(name for name in names if name) or text(said, "username").strip()


def _instant(said: Mapping[str, Any], name: str) -> datetime | None:
    seconds = integer(said, name)
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None and 0 < seconds < _LAST_DATE else None


def _replies_to(said: Mapping[str, Any], chat: Mapping[str, Any], bot: str) -> str | None:
    answered = mapping(said, "reply_to_message")
    number = integer(answered, "message_id")
    if number is None or "forum_topic_created" in answered:  # all of a topic's messages "answer" its beginning
        return None
    return message_key(bot, _id(chat, "chat"), number)


def _start(words: str) -> str | None:
    command, _, payload = words.partition(" ")
    return payload.strip()[:_EXTRA_NAME] if command == _START else None


def _extra(said: Mapping[str, Any]) -> dict[str, str]:
    """What we do not model yet, within bounds."""
    origin = mapping(said, "forward_origin")
    known = {
        "username": text(mapping(said, "from"), "username"),
        "forwarded_from": _origin(origin) if origin else "",
        "quote": text(mapping(said, "quote"), "text"),
        "media_group_id": text(said, "media_group_id"),
        "message_thread_id": str(integer(said, "message_thread_id") or ""),
        "via_bot": text(mapping(said, "via_bot"), "username"),
    }
    return {name: value[:_EXTRA_VALUE] for name, value in known.items() if value}


def _origin(origin: Mapping[str, Any]) -> str:
    """Who first wrote what is forwarded, as far as Telegram says."""
    chat = mapping(origin, "sender_chat") or mapping(origin, "chat")
    named = _person(mapping(origin, "sender_user")) or text(origin, "sender_user_name") or text(chat, "title")
    return named or "somebody"
