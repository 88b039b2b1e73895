"""Returns: what may come back, until when, and whether the customer has to send it at all."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from examples.shop.problems import Refused, Unknown
from examples.shop.values import Line, Money, Order, Policy, Quantity, Reason, Return

# What is the shop's own fault is not worth a parcel when it is cheap.
_OUR_FAULT = {Reason.DAMAGED, Reason.WRONG_ITEM, Reason.NOT_AS_DESCRIBED}


class Returns:
    """Every return there is, and the rules for the next. Nothing here waits, so two calls never interleave."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._returns: dict[str, Return] = {}
        self._of_order: dict[str, list[Return]] = defaultdict(list)

    def create(self, order: Order, lines: Sequence[Quantity], reason: Reason, note: str, *, now: datetime) -> Return:
        """Raises Refused: not delivered, too late, or more than was ordered and has not come back yet."""
        self._check_window(order, now)
        wanted = _counted(lines)
        self._check_quantities(order, wanted)
        prices = {line.sku: line.price.amount for line in order.lines}
        worth = Money(amount=sum(prices[sku] * count for sku, count in wanted.items()), currency=order.currency)
        number = len(self._returns) + 1
        needed = self._label_needed(worth, reason)
        made = Return(
            id=f"rt_{number:06}",
            order=order.number,
            lines=tuple(Quantity(sku=sku, quantity=count) for sku, count in wanted.items()),
            reason=reason,
            note=note,
            worth=worth,
            label_needed=needed,
            label=f"RET{number:09}" if needed else None,
            created_at=now,
        )
        self._returns[made.id] = made
        self._of_order[order.number].append(made)
        return made

    def one(self, return_id: str) -> Return:
        """Raises Unknown."""
        if (found := self._returns.get(return_id)) is None:
            raise Unknown("return_unknown", "The shop has no such return.")
        return found

    def of(self, order: Order) -> Sequence[Return]:
        """Oldest first."""
        return tuple(self._of_order.get(order.number, ()))

    def all(self) -> Sequence[Return]:
        """Oldest first."""
        return tuple(self._returns.values())

    def until(self, order: Order) -> datetime | None:
        """The last instant at which a return is taken; None while nobody knows when it is delivered."""
        if order.delivered_at is None or order.cancelled_at is not None:
            return None
        return order.delivered_at + timedelta(days=self._policy.return_window_days)

    def _check_window(self, order: Order, now: datetime) -> None:
        until = self.until(order)
        if until is None or order.delivered_at is None or order.delivered_at > now:
            raise Refused("not_delivered", "The order has not been delivered, so nothing of it can come back.")
        if now > until:
            raise Refused(
                "window_over",
                f"Returns of this order were taken until {until:%d %B %Y}, {self._policy.return_window_days} days "
                "after its delivery. A colleague can decide otherwise.",
            )

    def _check_quantities(self, order: Order, wanted: Counter[str]) -> None:
        left = _counted(order.lines)
        left.subtract(_counted(line for each in self.of(order) for line in each.lines))
        for sku, count in wanted.items():
            if sku not in left:
                raise Refused("not_in_order", f"There is no {sku} in this order.")
            if count > left[sku]:
                raise Refused("more_than_ordered", f"Of {sku}, {left[sku]} can still come back, not {count}.")

    def _label_needed(self, worth: Money, reason: Reason) -> bool:
        keep = self._policy.keep_below
        return not (reason in _OUR_FAULT and worth.currency == keep.currency and worth.amount < keep.amount)


def _counted(lines: Iterable[Quantity | Line]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for line in lines:
        counted[line.sku] += line.quantity
    return counted
