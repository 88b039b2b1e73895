"""Updates as Telegram writes them."""

import json
from typing import Any

from core.messages import RawRequest

BASE = "https://desk.example.com"
URL = f"{BASE}/hooks/telegram"
BOT, TOKEN = "7000000001", "7000000001:AAE-test_token"
SECRET = "a-Secret_9"
MIA = {"id": 4711, "is_bot": False, "first_name": "Mia", "last_name": "Möller", "language_code": "de"}
CHAT = {"id": 4711, "type": "private", "first_name": "Mia", "last_name": "Möller", "username": "mia"}
GROUP = {"id": -100200, "type": "supergroup", "title": "Order 78932"}


def message(**fields: Any) -> dict[str, Any]:
    """A customer's message; `fields` are added, or replace what is there."""
    return {"message_id": 12, "from": MIA, "chat": CHAT, "date": 1_790_000_000, **fields}


def update(kind: str = "message", *, number: int = 90_001, **fields: Any) -> dict[str, Any]:
    return {"update_id": number, kind: message(**fields) if kind in ("message", "edited_message") else fields}


def posted(content: object, *, secret: str = SECRET) -> RawRequest:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return RawRequest(URL, {"x-telegram-bot-api-secret-token": secret}, body)
