"""What the shop knows when it opens, out of a file that people read and change (`seed.yaml`)."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from ruamel.yaml import YAML

from examples.shop.gateway import Gateway
from examples.shop.returns import Returns
from examples.shop.stock import Stock
from examples.shop.values import (
    Amount,
    Charge,
    Currency,
    Customer,
    Destination,
    Line,
    Money,
    Order,
    Policy,
    Product,
    Quantity,
)

HERE = Path(__file__).parent / "seed.yaml"
_SOON = re.compile(r"in (\d{1,4}) (hour|day)s?")
_AGO = re.compile(r"(\d{1,4}) (hour|day)s? ago")


def _from_opening(value: Any) -> timedelta:
    """ "9 days ago" or "in 2 days", as time after the opening. Raises ValueError for any other words."""
    if found := _AGO.fullmatch(str(value)):
        return -timedelta(**{f"{found[2]}s": int(found[1])})
    if found := _SOON.fullmatch(str(value)):
        return timedelta(**{f"{found[2]}s": int(found[1])})
    raise ValueError(f"{value!r} is not a time: write '9 days ago', '4 hours ago' or 'in 2 days'")


Moment = Annotated[timedelta, BeforeValidator(_from_opening)]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Policy(_Written):
    return_window_days: int
    keep_below: Amount
    refund_working_days: int


class _Product(_Written):
    sku: str
    name: str
    price: Amount
    in_stock: int
    restocked: Moment | None = None


class _Paid(_Written):
    method: Any
    brand: str
    last4: Annotated[str, Field(pattern=r"^\d{4}$")]


class _Refunded(_Written):
    at: Moment
    reason: str


class _Order(_Written):
    number: Annotated[str, Field(pattern=r"^[A-Z0-9-]{1,20}$")]
    customer: str
    lines: Annotated[list[Quantity], Field(min_length=1)]
    paid: _Paid
    ordered: Moment
    carrier: str | None = None
    shipped: Moment | None = None
    delivered: Moment | None = None
    cancelled: Moment | None = None
    refunded: _Refunded | None = None


class Seed(_Written):
    """The file, read and checked. Times are still told from the opening."""

    name: str
    currency: Currency
    policy: _Policy
    products: list[_Product]
    customers: list[Customer]
    orders: list[_Order]


class Books:
    """Everything the shop knows, as it is when it opens at `now`."""

    def __init__(self, seed: Seed, *, now: datetime) -> None:
        self._now, self._currency = now, seed.currency
        self.name = seed.name
        self.policy = Policy(**{**seed.policy.model_dump(), "keep_below": self._money(seed.policy.keep_below)})
        self.gateway = Gateway(refund_working_days=self.policy.refund_working_days)
        self.returns = Returns(self.policy)
        self.stock = Stock([self._product(each) for each in seed.products])
        self.customers = {each.id: each for each in seed.customers}
        self.orders: dict[str, Order] = {}
        for written in sorted(seed.orders, key=lambda each: each.ordered):
            self._place(written)

    def orders_of(self, customer: str) -> Sequence[Order]:
        """Oldest first."""
        return [each for each in self.orders.values() if each.customer == customer]

    def _place(self, written: _Order) -> None:
        if written.customer not in self.customers:
            raise ValueError(f"order {written.number} is of customer {written.customer}, whom the file does not list")
        ordered_at = self._now + written.ordered
        order = Order(
            number=written.number,
            customer=written.customer,
            charge=f"ch_{written.number}",
            lines=tuple(self._line(each) for each in written.lines),
            ordered_at=ordered_at,
            carrier=written.carrier,
            tracking=f"TRK{written.number}" if written.carrier else None,
            shipped_at=self._at(written.shipped),
            delivered_at=self._at(written.delivered),
            cancelled_at=self._at(written.cancelled),
        )
        self.orders[order.number] = order
        self.gateway.add(
            Charge(
                id=order.charge,
                order=order.number,
                taken=order.total,
                charged_at=ordered_at,
                **written.paid.model_dump(),
            )
        )
        if (back := written.refunded) is not None:
            when = self._now + back.at
            self.gateway.refund(order.charge, order.total, Destination.ORIGINAL, back.reason, now=when)

    def _line(self, written: Quantity) -> Line:
        product = self.stock.product(written.sku)
        return Line(sku=product.sku, name=product.name, quantity=written.quantity, price=product.price)

    def _product(self, written: _Product) -> Product:
        return Product(
            sku=written.sku,
            name=written.name,
            price=self._money(written.price),
            in_stock=written.in_stock,
            restocked_at=self._at(written.restocked),
        )

    def _money(self, amount: int) -> Money:
        return Money(amount=amount, currency=self._currency)

    def _at(self, moment: timedelta | None) -> datetime | None:
        return None if moment is None else self._now + moment


def read(path: Path = HERE) -> Seed:
    """Raises OSError, ValueError (pydantic's names the place)."""
    return Seed.model_validate(YAML(typ="safe").load(path))
