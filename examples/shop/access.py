"""What endpoints are given: that the caller knows the key, the instant at which it is asked, a part of a list."""

import hmac
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Header, Query, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from examples.shop.clock import sane
from examples.shop.problems import Stranger, Unreadable
from examples.shop.shop import Shop

T = TypeVar("T")

_bearer = HTTPBearer(auto_error=False, description="The API key, as the shop printed it when it started.")


class Page(BaseModel, Generic[T]):
    """Some of a list. `next`: give it as `after` for those that follow; null at the end."""

    items: Sequence[T]
    next: str | None


class Part(BaseModel):
    limit: Annotated[int, Query(ge=1, le=100)] = 20
    after: Annotated[str | None, Query(max_length=40)] = None

    def of(self, items: Sequence[T], key: Callable[[T], str]) -> tuple[Sequence[T], str | None]:
        """These items, and where the next ones begin. Raises Unreadable: `after` is none of them."""
        start = 0
        if self.after is not None:
            start = next((at + 1 for at, item in enumerate(items) if key(item) == self.after), -1)
        if start < 0:
            raise Unreadable("after_unknown", "`after` is not from this list: give the `next` of the page before.")
        chosen = items[start : start + self.limit]
        more = start + self.limit < len(items)
        return chosen, key(chosen[-1]) if more else None


def the_shop(request: Request) -> Shop:
    shop: Shop = request.app.state.shop
    return shop


TheShop = Annotated[Shop, Depends(the_shop)]


def known(shop: TheShop, given: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]) -> None:
    """Raises Stranger."""
    if given is None or not hmac.compare_digest(given.credentials.encode(), shop.key.encode()):
        raise Stranger("key_wrong", "Send `Authorization: Bearer` with the key that the shop printed when it started.")


def instant(shop: TheShop, shop_now: Annotated[datetime | None, Header()] = None) -> datetime:
    """The header's instant, for this call alone, or the clock's. Raises Unreadable."""
    if shop_now is None:
        return shop.clock.now()
    return checked(shop_now)


def checked(given: datetime) -> datetime:
    """In UTC. Raises Unreadable: it names no zone, or is far from any day on which this shop is open."""
    if not sane(given):
        raise Unreadable("instant_unusable", "Give an instant with its zone, within ten years: 2026-11-24T09:00:00Z.")
    return given.astimezone(UTC)


Now = Annotated[datetime, Depends(instant)]
Some = Annotated[Part, Depends()]
