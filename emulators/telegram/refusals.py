"""Telegram's refusals: error codes, which are HTTP statuses too, and the words they come in. Decides nothing.

The words are those of the open-source server (tdlib/telegram-bot-api) and of TDLib; programs match them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    code: int
    description: str
    parameters: Mapping[str, int] = field(default_factory=dict)  # retry_after (seconds), migrate_to_chat_id

    def answer(self) -> dict[str, Any]:
        told: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return told | ({"parameters": dict(self.parameters)} if self.parameters else {})


class Refused(Exception):
    """A call Telegram answers with an error."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.description)
        self.refusal = refusal


def bad(description: str) -> Refusal:
    return Refusal(400, f"Bad Request: {description}")


def too_many(retry_after: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


def migrated(chat_id: int) -> Refusal:
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    return Refusal(400, words, {"migrate_to_chat_id": chat_id})


UNAUTHORIZED = Refusal(401, "Unauthorized")
NOT_FOUND = Refusal(404, "Not Found")
TOO_LARGE = Refusal(413, "Request Entity Too Large")
INTERNAL = Refusal(500, "Internal Server Error")
BLOCKED = Refusal(403, "Forbidden: bot was blocked by the user")
DEACTIVATED = Refusal(403, "Forbidden: user is deactivated")
KICKED = Refusal(403, "Forbidden: bot was kicked from the group chat")
NEVER_STARTED = Refusal(403, "Forbidden: bot can't initiate conversation with a user")
CONFLICT_WEBHOOK = Refusal(
    409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
CONFLICT_POLL = Refusal(
    409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
CONFLICT_SET = Refusal(409, "Conflict: terminated by setWebhook request")

CHAT_NOT_FOUND = bad("chat not found")
NO_CHAT_ID = bad("chat_id is empty")
TEXT_EMPTY = bad("message text is empty")
TEXT_TOO_LONG = bad("message is too long")
CAPTION_TOO_LONG = bad("message caption is too long")
REPLY_NOT_FOUND = bad("message to be replied not found")
EDIT_NOT_FOUND = bad("message to edit not found")
NOT_EDITABLE = bad("message can't be edited")
NOT_MODIFIED = bad(
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
DELETE_NOT_FOUND = bad("message to delete not found")
BUTTON_DATA = bad("BUTTON_DATA_INVALID")
MARKUP_TOO_LONG = bad("reply markup is too long")
PRESS_TOO_OLD = bad("query is too old and response timeout expired or query ID is invalid")
NOT_HTTPS = bad("bad webhook: An HTTPS URL must be provided for webhook")
BAD_SECRET = bad("secret token contains illegal symbols")
FILE_TOO_BIG = bad("file is too big")
FILE_GONE = bad("wrong file_id or the file is temporarily unavailable")
NO_FILE = bad("there is no file in the request")
NOT_A_PICTURE = bad("IMAGE_PROCESS_FAILED")
EMPTY_FILE = bad("file must be non-empty")
ALBUM_SIZE = bad("there must be from 2 to 10 media in the group")
