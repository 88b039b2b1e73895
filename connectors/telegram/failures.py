"""Telegram's refusals in words for whoever wrote the message: what happened, why, and what to do now.

Telegram names an error in English only; the words are those of its open server (tdlib/telegram-bot-api), in any case.
"""

from dataclasses import dataclass

_DETAIL_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Failure:
    """`resendable`: the same message may pass later, once what the words name is done."""

    words: str
    resendable: bool = False


ACCOUNT = (
    "Telegram refused our bot, so nothing was sent: an admin must check TELEGRAM_BOT_TOKEN with BotFather. "
    "Then send it again."
)
BLOCKED = "The customer blocked our bot: nothing can be sent until they unblock it. Use another channel."
NO_CHAT = "Telegram knows no such chat: the customer must write to our bot first. Use another channel."
TOO_LARGE = "The file is larger than Telegram takes from a bot (50 MB): send a link to it, or a smaller one."

# Part of Telegram's words, in lower case -> nobody is there any more.
_GONE = {
    "bot was blocked": BLOCKED,
    "user is deactivated": "The customer deleted their Telegram account: use another channel.",
    "bot was kicked": "Our bot was removed from this group: somebody in it must add it again.",
    "not a member": "Our bot is not in this group (any more): somebody in it must add it again.",
    "group chat was deleted": "The group was deleted: use another channel.",
    "can't initiate conversation": NO_CHAT,
    "chat not found": NO_CHAT,
    "peer_id_invalid": NO_CHAT,
    "user not found": NO_CHAT,
}
_NO_RIGHT = Failure(
    "Our bot may not write in this group: an admin of the group must allow it. Then send it again.", resendable=True
)
_REFUSED = {
    "message is too long": Failure("The message is longer than Telegram takes: shorten it, or send it in parts."),
    "caption is too long": Failure("The text is longer than Telegram takes with a file: send it by itself."),
    "text is empty": Failure("The message is empty: write something first."),
    "not enough rights": _NO_RIGHT,
    "have no rights": _NO_RIGHT,
    "chat_write_forbidden": _NO_RIGHT,
    "topic_closed": Failure("The topic of this group is closed: somebody in it must open it again.", resendable=True),
    "file is too big": Failure(TOO_LARGE),
    "wrong file": Failure("Telegram could not read the file: send it in another format."),
    "button_data_invalid": Failure("A button under the message carries too much: use a shorter one."),
}


def gone(said: str) -> str | None:
    """In words, where the refusal means that the customer cannot be reached there."""
    return next((words for part, words in _GONE.items() if part in said.lower()), None)


def refused(said: str) -> Failure:
    """Of a message that Telegram refuses; `said` is what Telegram said, used where we know no better."""
    for part, failure in _REFUSED.items():
        if part in said.lower():
            return failure
    detail = said.strip()[:_DETAIL_LENGTH].rstrip(".") or "it named no reason"
    return Failure(
        f"Telegram did not take the message ({detail}): write it differently, or use another channel.", resendable=True
    )
