"""A shop in memory, whole enough to be worth rules: customers, orders, variants of products, gift cards."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Variant:
    """One product in one make: `mug` in blue is another variant than `mug` in red."""

    sku: str
    product: str
    price: Decimal
    in_stock: int = 10
    final_sale: bool = False


@dataclass(frozen=True, slots=True)
class Buyer:
    id: str
    emails: tuple[str, ...]
    phones: tuple[str, ...] = ()
    gift_card: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Order:
    number: str
    buyer: str
    status: str  # pending | shipped | delivered | cancelled
    items: tuple[str, ...]  # their SKUs
    paid_with: str  # card | paypal | gift_card
    ordered_at: datetime
    delivered_at: datetime | None = None
    country: str = "US"
    items_changed: bool = False
    address_changed: bool = False
    exchanged: bool = False


@dataclass
class Store:
    """What happened stands in `deeds`, by idempotency key: the same key twice is one deed."""

    variants: dict[str, Variant]
    buyers: dict[str, Buyer]
    orders: dict[str, Order]
    deeds: dict[str, tuple[str, str, Decimal]] = field(default_factory=dict)  # key: what, order, amount

    def total(self, order: Order) -> Decimal:
        return sum((self.variants[sku].price for sku in order.items), Decimal(0))

    def do(self, key: str, what: str, order: Order, amount: Decimal = Decimal(0), **changes: object) -> None:
        """Once for each key."""
        if key not in self.deeds:
            self.deeds[key] = (what, order.number, amount)
            self.orders[order.number] = replace(order, **changes)  # type: ignore[arg-type]

    def buyers_of(self, emails: tuple[str, ...], phones: tuple[str, ...]) -> list[Buyer]:
        """Whoever these proven addresses belong to."""
        return [each for each in self.buyers.values() if {*emails, *phones} & {*each.emails, *each.phones}]
