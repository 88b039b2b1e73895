"""Messages, and pages of them, validate against a schema that we wrote from Twilio's documentation."""

from typing import Any

import aiohttp
import pytest
from jsonschema import Draft202012Validator
from twilio.rest import Client

from emulators.twilio import Account
from tests.emulators.twilio.conftest import SERVICE

MIA = "whatsapp:+49151000111"


def sid(prefix: str) -> dict[str, Any]:
    return {"type": ["string", "null"], "pattern": f"^{prefix}[0-9a-f]{{32}}$"}


def whole(properties: dict[str, Any]) -> dict[str, Any]:
    """All of these, and nothing else."""
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


TEXT: dict[str, Any] = {"type": ["string", "null"]}
COUNT: dict[str, Any] = {"type": "string", "pattern": "^[0-9]+$"}
DATE = {"type": ["string", "null"], "pattern": r"^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000$"}
STATUSES = ["accepted", "scheduled", "queued", "sending", "sent", "delivered", "read", "undelivered", "failed"]
MESSAGE = whole(
    {
        "account_sid": sid("AC"),
        "api_version": {"const": "2010-04-01"},
        "body": TEXT,
        "date_created": DATE,
        "date_sent": DATE,
        "date_updated": DATE,
        "direction": {"enum": ["inbound", "outbound-api", "outbound-call", "outbound-reply"]},
        "error_code": {"type": ["integer", "null"]},
        "error_message": TEXT,
        "from": TEXT,
        "messaging_service_sid": sid("MG"),
        "num_media": COUNT,
        "num_segments": COUNT,
        "price": TEXT,
        "price_unit": TEXT,
        "sid": sid("(SM|MM)"),
        "status": {"enum": [*STATUSES, "received", "receiving", "canceled", "partially_delivered"]},
        "subresource_uris": {"type": "object"},
        "to": TEXT,
        "uri": TEXT,
    }
)
PAGE = whole(
    {
        **dict.fromkeys(("first_page_uri", "next_page_uri", "previous_page_uri", "uri"), TEXT),
        **{name: {"type": "integer"} for name in ("page", "page_size", "start", "end")},
        "messages": {"type": "array", "items": MESSAGE},
    }
)


def valid(schema: dict[str, Any], value: Any) -> bool:
    errors = [error.message for error in Draft202012Validator(schema).iter_errors(value)]
    assert errors == []
    return True


@pytest.mark.parametrize("values", [{}, {"messaging_service_sid": SERVICE}], ids=["by number", "by service"])
async def test_what_create_answers_is_a_message(account: Account, sdk: Client, values: dict[str, str]) -> None:
    await account.customer(MIA).write("hi")
    sender = {} if values else {"from_": account.sender}
    await sdk.messages.create_async(to=MIA, body="hello", **sender, **values)
    assert valid(MESSAGE, account.calls[-1].answer)


async def test_a_list_is_a_page_of_messages_in_and_out_failed_ones_too(account: Account, sdk: Client) -> None:
    await account.customer(MIA).write("hi", media=[("https://media.example/1", "image/png")])
    account.undeliverable("+49151000222")
    await account.customer("+49151000222").write("hi")
    for to in (MIA, "whatsapp:+49151000222"):
        await sdk.messages.create_async(to=to, from_=account.sender, body="hello")
    await account.settle()
    auth = aiohttp.encode_basic_auth(account.account_sid, account.auth_token)
    url = f"{account.url}/2010-04-01/Accounts/{account.account_sid}/Messages.json?PageSize=3"
    async with aiohttp.ClientSession(headers={"Authorization": auth}) as session, session.get(url) as answer:
        page = await answer.json()
    assert valid(PAGE, page)
    assert [message["status"] for message in page["messages"]] == ["undelivered", "delivered", "received"]
