"""The shop's API as its actions use it: one request, its refusals in words, and whose an order is."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from threadline import Answer, Context, url_path

_KEY = "Idempotency-Key"


@dataclass(frozen=True)
class Owner:
    """A customer of the shop, by the addresses that the shop has verified. Others prove nothing."""

    emails: tuple[str, ...]
    phones: tuple[str, ...]


async def ask(
    context: Context,
    method: str,
    path: str,
    *,
    query: Mapping[str, str | int] | None = None,
    json: object = None,
    headers: Mapping[str, str] | None = None,
) -> Any:
    """What the shop answers. Raises NotFound, Refused, Unavailable, OutcomeUnknown, in the shop's own words.

    Sent with a key, a 409 may be said of a try before that the shop still works on.
    """
    login = {"Authorization": f"Bearer {context.setting('shop_token')}"}
    url = context.setting("shop_url").rstrip("/") + path
    answer = await context.http.request(method, url, query=query, json=json, headers={**login, **(headers or {})})
    return answer.checked(_words(answer), keyed=_KEY in (headers or {})).json()


def once(context: Context) -> dict[str, str]:
    """However often this call is tried, the shop does it once."""
    return {_KEY: context.idempotency_key}


def money(told: Mapping[str, Any]) -> Decimal:
    """{"amount": 8900, "currency": "USD"} is 89.00."""
    return units(told["amount"])


def units(minor: int) -> Decimal:
    """8900 is 89.00, as people write it."""
    return Decimal(minor).scaleb(-2)


async def owner(context: Context, customer_id: str) -> Owner:
    told = await ask(context, "GET", url_path("customers", customer_id))
    emails = tuple(each["address"].lower() for each in told["emails"] if each["verified"])
    return Owner(emails, tuple(each["number"] for each in told["phones"] if each["verified"]))


def verified_owner(context: Context, whose: Owner) -> bool:
    """Whether the customer of the ticket has proven to have one of these addresses."""
    customer = context.customer
    return customer is not None and not (
        {*whose.emails, *whose.phones}.isdisjoint({*customer.emails, *customer.phones})
    )


def _words(answer: Answer) -> str:
    """What the shop says about a refusal, which is made for people."""
    if "problem+json" in answer.headers.get("content-type", ""):
        told = answer.json()
        return str(told.get("detail", ""))[:300] if isinstance(told, dict) else ""
    return "The shop did not do it."
