"""What the shop knows, as values. Money is whole minor units (cents) with its currency; instants are aware, in UTC."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Currency = Literal["EUR", "GBP", "USD"]  # all of them have a hundred minor units
# Far above any order of this shop: what is beyond it is a slip of the pen.
Amount = Annotated[int, Field(strict=True, gt=0, le=100_000_000, description="Minor units: 8900 is 89.00.")]


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Money(Value):
    amount: Amount
    currency: Currency

    def __str__(self) -> str:
        return in_words(self.amount, self.currency)


def in_words(amount: int, currency: str) -> str:
    """8900, "USD" -> "89.00 USD". `amount` is minor units."""
    return f"{amount // 100:,}.{amount % 100:02} {currency}"


class Email(Value):
    address: str
    verified: bool


class Phone(Value):
    number: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$", description="E.164, such as +14155550123.")]
    verified: bool


class Customer(Value):
    id: str
    name: str
    tier: Literal["standard", "plus", "vip"]
    emails: Sequence[Email] = ()
    phones: Sequence[Phone] = ()


class Product(Value):
    sku: str
    name: str
    price: Money
    in_stock: Annotated[int, Field(ge=0)]
    restocked_at: datetime | None = None  # when more are expected


class Line(Value):
    sku: str
    name: str
    quantity: Annotated[int, Field(ge=1)]
    price: Money  # of one, as it was when the order was placed


class Order(Value):
    """An order and the instants of its life. One that is still to come is a plan, and may never happen."""

    number: str
    customer: str
    charge: str
    lines: Sequence[Line]
    ordered_at: datetime
    carrier: str | None = None
    tracking: str | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None

    @property
    def total(self) -> Money:
        return Money(amount=sum(each.price.amount * each.quantity for each in self.lines), currency=self.currency)

    @property
    def currency(self) -> Currency:
        return self.lines[0].price.currency


class Charge(Value):
    """What was taken from a customer once. It never grows."""

    id: str
    order: str
    taken: Money
    method: Literal["card", "paypal"]
    brand: str
    last4: str
    charged_at: datetime


class Destination(StrEnum):
    ORIGINAL = "original"  # the card or account that was charged, and no other
    GIFT_CARD = "gift_card"


class Refund(Value):
    """Money on its way back. It is pending until `settles_at`, and settled from then on."""

    id: str
    charge: str
    order: str
    given: Money
    to: Destination
    gift_card: str | None = None  # the number of the card made for it, all but its last four hidden
    reason: str
    created_at: datetime
    settles_at: datetime


class Reason(StrEnum):
    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"
    NOT_AS_DESCRIBED = "not_as_described"
    CHANGED_MIND = "changed_mind"
    OTHER = "other"


class Quantity(Value):
    sku: Annotated[str, Field(min_length=1, max_length=40)]
    quantity: Annotated[int, Field(strict=True, ge=1, le=1000)]


class Return(Value):
    id: str
    order: str
    lines: Sequence[Quantity]
    reason: Reason
    note: str
    worth: Money
    label_needed: bool  # whether the customer has to send the goods
    label: str | None  # the tracking number of the way back
    created_at: datetime


class Policy(Value):
    """What the shop promises its customers."""

    return_window_days: Annotated[int, Field(ge=0)]  # from delivery
    keep_below: Money  # damaged or wrong goods that are worth less need not come back
    refund_working_days: Annotated[int, Field(ge=0)]  # until a card's refund has arrived
