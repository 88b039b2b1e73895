"""Twilio's message templates as values, with WhatsApp's word on each. Believes nothing of their shape."""

import json
import re
from collections.abc import Mapping
from typing import Any

from connectors.contract import ChannelTemplate

_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_MOST_BODY, _MOST_NAME = 4096, 512  # characters; WhatsApp takes 1,024 and 512
# Twilio's word for what WhatsApp said. What is not here was never submitted, or cannot be sent for another reason.
_STATUS = {
    "approved": "approved",
    "received": "pending",
    "pending": "pending",
    "in_appeal": "pending",
    "rejected": "rejected",
    "paused": "paused",
    "disabled": "paused",
}


def template_of(shown: Any) -> ChannelTemplate | None:
    """One of `ContentAndApprovals`, as the SDK shows it; None for one without an id."""
    if not isinstance(shown.sid, str) or not shown.sid:
        return None
    types, approval = _mapping(shown.types), _mapping(shown.approval_requests)
    body = _body(types)
    # Variables stand in addresses of pictures and buttons, too: all of them have to be filled in.
    names = [*_PLACEHOLDER.findall(body), *_PLACEHOLDER.findall(json.dumps(types, ensure_ascii=False))]
    return ChannelTemplate(
        id=shown.sid,
        name=_text(shown.friendly_name)[:_MOST_NAME] or shown.sid,
        language=_text(shown.language)[:_MOST_NAME] or "en",
        body=body,
        variables=tuple(dict.fromkeys(names)),
        status=_STATUS.get(_text(approval.get("status")).lower(), "unsubmitted"),
        category=_text(approval.get("category")).lower()[:_MOST_NAME] or None,
        why=_text(approval.get("rejection_reason"))[:_MOST_BODY] or None,
    )


def _body(types: Mapping[str, Any]) -> str:
    """What the customer will read, of the first type that has words; "" for none."""
    for content in types.values():
        for name in ("body", "title"):
            if words := _text(_mapping(content).get(name)):
                return words[:_MOST_BODY]
    return ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
