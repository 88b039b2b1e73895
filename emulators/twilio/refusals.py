"""Twilio's refusals: codes, HTTP statuses and the JSON they arrive in. Decides nothing.

Source: twilio.com/docs/api/errors
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    code: int
    status: int
    message: str
    retry_after: int | None = None  # seconds

    def answer(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


class Refused(Exception):
    """A request Twilio answers with an error."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


AUTHENTICATE = Refusal(20003, 401, "Authenticate")
METHOD_NOT_ALLOWED = Refusal(20004, 405, "Method not allowed")
TOO_MANY_REQUESTS = Refusal(20429, 429, "Too Many Requests", retry_after=1)
NO_RECIPIENT = Refusal(21604, 400, "A 'To' phone number is required.")
NO_SENDER = Refusal(21603, 400, "A 'From' phone number is required.")
NO_CONTENT = Refusal(21602, 400, "Message body is required.")
TOO_LONG = Refusal(21617, 400, "The concatenated message body exceeds the 1600 character limit")
OPTED_OUT = Refusal(21610, 400, "Attempt to send to unsubscribed recipient")
UNKNOWN_SENDER = Refusal(63007, 400, "Twilio could not find a Channel with the specified From address")
OTHER_CHANNEL = Refusal(21910, 400, "Invalid From and To pair. From and To should be of the same channel")
UNKNOWN_SERVICE = Refusal(21701, 400, "The Messaging Service does not exist")
BAD_CONTENT_SID = Refusal(21655, 400, "The ContentSid parameter is invalid")
BAD_CONTENT_VARIABLES = Refusal(21656, 400, "The ContentVariables parameter is invalid")
VARIABLE_TOO_LONG = Refusal(21658, 400, "A content variable exceeds the 1600 character limit")
BAD_MEDIA_URL = Refusal(21620, 400, "Invalid media URL(s)")
BAD_CALLBACK = Refusal(21609, 400, "Invalid StatusCallback URL")
BAD_SENDER_REQUEST = Refusal(63100, 400, "Invalid request: a webhook must be given")
INVALID_RECIPIENT = Refusal(63024, 400, "Invalid message recipient")


def not_found(path: str) -> Refusal:
    return Refusal(20404, 404, f"The requested resource {path} was not found")


def bad_recipient(number: str) -> Refusal:
    return Refusal(21211, 400, f"Invalid 'To' Phone Number: {number}")


# What a message says about itself once it has failed; the words are for people, the code is what programs read.
FAILURES = {
    30003: "Unreachable destination handset",
    30008: "Unknown error",
    63003: "Channel could not find To address",
    63016: "Failed to send freeform message because you are outside the allowed window",
    63018: "Rate limit exceeded for Channel",
    63019: "Media failed to download",
    63021: "Channel invalid content error",
    63024: "Invalid message recipient",
}


def failure_message(code: int) -> str:
    return FAILURES.get(code, "Unknown error")
