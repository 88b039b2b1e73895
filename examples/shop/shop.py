"""The whole shop in memory: what it knows, its clock, its ledger, and what is scripted to go wrong."""

import secrets
from datetime import datetime

from examples.shop.clock import ShopClock
from examples.shop.faults import Faults
from examples.shop.idempotency import IdempotencyKeys
from examples.shop.ledger import Ledger
from examples.shop.problems import Unknown
from examples.shop.seed import Books, Seed, read
from examples.shop.values import Customer, Order


class Shop:
    """`key`: what callers of the API have to know; None makes one up. `now`: aware; None: the machine's time."""

    def __init__(self, *, key: str | None = None, seed: Seed | None = None, now: datetime | None = None) -> None:
        self.key = key or secrets.token_urlsafe(24)
        self.clock = ShopClock(now)
        self.ledger = Ledger()
        self.faults = Faults()
        self._seed = seed or read()
        self.open()

    def open(self) -> None:
        """As at the first opening, at the clock's present. The ledger goes on: what was called was called."""
        self.books = Books(self._seed, now=self.clock.now())
        self.keys = IdempotencyKeys()
        self.faults.clear()

    def customer(self, customer_id: str) -> Customer:
        """Raises Unknown."""
        if (found := self.books.customers.get(customer_id)) is None:
            raise Unknown("customer_unknown", "The shop has no such customer.")
        return found

    def order(self, number: str) -> Order:
        """`number` as customers write it: 78932 or #78932. Raises Unknown."""
        if (found := self.books.orders.get(number.strip().removeprefix("#").upper())) is None:
            raise Unknown("order_unknown", f"The shop has no order {number[:40]!r}. Ask the customer to look again.")
        return found
