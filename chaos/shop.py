"""The demo shop of a storm of returns: everybody's order, and what goes wrong with calls by chance."""

import random
from collections import Counter
from collections.abc import Collection, Sequence

from chaos.town import Channel, Citizen
from examples.shop.faults import Fault, Faults, Kind
from examples.shop.seed import Seed
from examples.shop.shop import Shop

KEY = "emulated-shop-key"
SMALL, LARGE = 1800, 15_000  # minor units; policy pays back the first by itself
_LARGE_EVERY = 5  # orders
_SLOW, _BUSY = 0.5, 1  # seconds


class RandomFaults(Faults):
    """What was not asked for comes by chance, too, while there is trouble."""

    def __init__(self) -> None:
        super().__init__()
        self.happened: Counter[str] = Counter()
        self._dice = random.Random()
        self._share = 0.0
        self._kinds: Sequence[Kind] = ()

    def at_random(self, seed: int, share: float, *, only: Collection[str] | None = None) -> None:
        self._dice, self._share = random.Random(seed), share
        self._kinds = [each for each in Kind if only is None or each in only]

    def calm(self) -> None:
        self._share = 0.0

    def take(self, operation: str) -> Fault | None:
        asked = super().take(operation)
        if asked is not None or self._dice.random() >= self._share:
            return asked
        kind = self._dice.choice(self._kinds)
        self.happened[f"{operation} {kind}"] += 1
        return Fault(kind=kind, operation=operation, delay_seconds=_SLOW, retry_after_seconds=_BUSY)


class TroubledShop(Shop):
    """It knows everybody in town by their telephone number, and what they have ordered."""

    def __init__(self, citizens: Sequence[Citizen]) -> None:
        super().__init__(key=KEY, seed=_seed(citizens))
        self.faults: RandomFaults = RandomFaults()


def price(order: str) -> int:
    """Of this order, in minor units."""
    return LARGE if int(order) // 2 % _LARGE_EVERY == 0 else SMALL


def _seed(citizens: Sequence[Citizen]) -> Seed:
    return Seed.model_validate(
        {
            "name": "Kiln & Kettle",
            "currency": "USD",
            "policy": {"return_window_days": 30, "keep_below": 10000, "refund_working_days": 3},
            "products": [
                {"sku": "MUG-OAT", "name": "Stoneware mug, oat", "price": SMALL, "in_stock": 42},
                {"sku": "KETTLE-GN", "name": "Gooseneck kettle", "price": LARGE, "in_stock": 5},
            ],
            "customers": [_customer(each) for each in citizens],
            "orders": [_order(each) for each in citizens],
        }
    )


def _customer(citizen: Citizen) -> dict[str, object]:
    """Only WhatsApp vouches for a number; who writes by another way proves to be nobody here."""
    phones = [{"number": citizen.address, "verified": True}] if citizen.channel is Channel.WHATSAPP else []
    return {"id": f"cus_{citizen.order}", "name": citizen.name, "tier": "standard", "emails": [], "phones": phones}


def _order(citizen: Citizen) -> dict[str, object]:
    sku = "KETTLE-GN" if price(citizen.order) == LARGE else "MUG-OAT"
    return {
        "number": citizen.order,
        "customer": f"cus_{citizen.order}",
        "lines": [{"sku": sku, "quantity": 1}],
        "paid": {"method": "card", "brand": "Visa", "last4": "4242"},
        "ordered": "9 days ago",
        "shipped": "8 days ago",
        "delivered": "6 days ago",
        "carrier": "Parcel Post",
    }
