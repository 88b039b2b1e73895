"""Anthropic's refusals: HTTP statuses, types, and the JSON they arrive in. Decides nothing.

Source: platform.claude.com/docs/en/api/errors
"""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "overloaded_error": 529,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    type: str
    message: str
    retry_after: float | None = None  # seconds, sent as a header

    @property
    def status(self) -> int:
        return _STATUS[self.type]

    def body(self, request_id: str) -> Json:
        return {
            "type": "error",
            "error": {"type": self.type, "message": self.message},
            "request_id": request_id,
        }


class Refused(Exception):
    """A request that Anthropic answers with an error."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


def invalid(message: str) -> Refused:
    return Refused(Refusal("invalid_request_error", message))


BAD_KEY = Refusal("authentication_error", "invalid x-api-key")
NO_VERSION = Refusal("invalid_request_error", "anthropic-version: header is required")
TOO_LARGE = Refusal("request_too_large", "Request exceeds the maximum size")
OVERLOADED = Refusal("overloaded_error", "Overloaded")
BROKEN = Refusal("api_error", "Internal server error")
NOT_FOUND = Refusal("not_found_error", "Not found")
NOT_ALLOWED = Refusal("invalid_request_error", "Method Not Allowed")
LIMITED = "This request would exceed the rate limit for your organization."
