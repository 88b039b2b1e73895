"""Message templates as Twilio's Content API keeps them, with WhatsApp's word on each. Knows no transport.

Source: Twilio's published OpenAPI document of content.twilio.com, and twilio.com/docs/content
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

STATUSES = ("unsubmitted", "received", "pending", "approved", "rejected", "paused", "disabled")
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class Unfilled(Exception):
    """A placeholder has neither a value nor a sample."""


@dataclass(slots=True)
class Template:
    """One template. Its status moves on, so it is no frozen value."""

    sid: str  # "HX…"
    account_sid: str
    name: str
    body: str  # with {{1}} or {{name}}
    created_at: datetime
    language: str = "en"
    status: str = "approved"  # one of STATUSES
    category: str = "UTILITY"
    why: str = ""  # it was rejected
    buttons: tuple[tuple[str, str], ...] = ()  # label and payload of each quick reply
    media: tuple[str, ...] = ()  # addresses, with placeholders too
    samples: Mapping[str, str] = field(default_factory=dict)  # by variable

    @property
    def kind(self) -> str:
        return "twilio/media" if self.media else "twilio/quick-reply" if self.buttons else "twilio/text"

    def rendered(self, variables: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
        """Body and media addresses with the variables, or their samples, in place. Raises Unfilled."""
        values = {**self.samples, **variables}

        def fill(text: str) -> str:
            if any(name not in values for name in _PLACEHOLDER.findall(text)):
                raise Unfilled
            return _PLACEHOLDER.sub(lambda found: values[found[1]], text)

        return fill(self.body), tuple(fill(url) for url in self.media)

    def resource(self) -> dict[str, Any]:
        """As `GET /v1/Content/{sid}` answers it."""
        url = f"https://content.twilio.com/v1/Content/{self.sid}"
        links = {"approval_create": f"{url}/ApprovalRequests/whatsapp", "approval_fetch": f"{url}/ApprovalRequests"}
        return self._common() | {"url": url, "links": links}

    def with_approval(self) -> dict[str, Any]:
        """As it stands in `GET /v1/ContentAndApprovals`."""
        return self._common() | {"approval_requests": self._approval()}

    def approval(self) -> dict[str, Any]:
        """As `GET /v1/Content/{sid}/ApprovalRequests` answers it."""
        url = f"https://content.twilio.com/v1/Content/{self.sid}/ApprovalRequests"
        return {"sid": self.sid, "account_sid": self.account_sid, "whatsapp": self._approval(), "url": url}

    def _common(self) -> dict[str, Any]:
        at = self.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        content: dict[str, Any] = {"body": self.body}
        if self.media:
            content["media"] = list(self.media)
        elif self.buttons:
            content["actions"] = [{"type": "QUICK_REPLY", "title": title, "id": id_} for title, id_ in self.buttons]
        return {
            "date_created": at,
            "date_updated": at,
            "sid": self.sid,
            "account_sid": self.account_sid,
            "friendly_name": self.name,
            "language": self.language,
            "variables": dict(self.samples),
            "types": {self.kind: content},
        }

    def _approval(self) -> dict[str, Any]:
        asked = self.status != "unsubmitted"
        return {
            "name": self.name if asked else "",
            "category": self.category if asked else "",
            "content_type": self.kind if asked else "",
            "status": self.status,
            "rejection_reason": self.why,
            "allow_category_change": True,
        }


def checked(template: Template) -> Template:
    """The same. Raises ValueError for a status that Twilio does not have."""
    if template.status not in STATUSES:
        raise ValueError(f"no such status: {template.status!r}; there is {', '.join(STATUSES)}")
    return template


def quick_replies(buttons: Sequence[str | tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Buttons by their labels, or by label and payload; a label alone is its payload, too."""
    return tuple((each, each) if isinstance(each, str) else (each[0], each[1]) for each in buttons)
