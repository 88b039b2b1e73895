"""The payment gateway: charges, and refunds of them. Never more goes back than was taken, and only where it came from
or to a gift card.

Nothing here waits, so two calls never interleave: what a refund checks still holds when it is booked.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from examples.shop.clock import working_days_later
from examples.shop.problems import Refused, Unknown
from examples.shop.values import Charge, Destination, Money, Refund, in_words


class Gateway:
    def __init__(self, *, refund_working_days: int) -> None:
        self._working_days = refund_working_days
        self._charges: dict[str, Charge] = {}
        self._refunds: dict[str, Refund] = {}
        self._of_charge: dict[str, list[Refund]] = defaultdict(list)

    def add(self, charge: Charge) -> None:
        self._charges[charge.id] = charge

    def charge(self, charge_id: str) -> Charge:
        """Raises Unknown."""
        if (found := self._charges.get(charge_id)) is None:
            raise Unknown("charge_unknown", "The gateway has no such charge. An order names the one it was paid with.")
        return found

    def refund(self, charge_id: str, given: Money, to: Destination, reason: str, *, now: datetime) -> Refund:
        """Book a refund of one charge.

        Raises Unknown (no such charge), Refused (another currency, or more than is left of it).
        """
        charge = self.charge(charge_id)
        self._check(charge, given)
        number = len(self._refunds) + 1
        at_once = to is Destination.GIFT_CARD
        refund = Refund(
            id=f"re_{number:06}",
            charge=charge.id,
            order=charge.order,
            given=given,
            to=to,
            gift_card=f"•••• {4000 + number % 6000}" if at_once else None,
            reason=reason,
            created_at=now,
            settles_at=now if at_once else working_days_later(now, self._working_days),
        )
        self._refunds[refund.id] = refund
        self._of_charge[charge.id].append(refund)
        return refund

    def refunded(self, charge_id: str) -> int:
        """Minor units that went back, or are on their way."""
        return sum(each.given.amount for each in self._of_charge.get(charge_id, ()))

    def one(self, refund_id: str) -> Refund:
        """Raises Unknown."""
        if (found := self._refunds.get(refund_id)) is None:
            raise Unknown("refund_unknown", "The gateway has no such refund.")
        return found

    def of(self, charge_id: str) -> Sequence[Refund]:
        """Oldest first. Raises Unknown for a charge that is not there."""
        return tuple(self._of_charge.get(self.charge(charge_id).id, ()))

    def all(self) -> Sequence[Refund]:
        """Oldest first."""
        return tuple(self._refunds.values())

    def _check(self, charge: Charge, given: Money) -> None:
        if given.currency != charge.taken.currency:
            raise Refused(
                "currency_mismatch",
                f"The charge was taken in {charge.taken.currency}, so it cannot go back in {given.currency}. "
                "Ask again in its own currency.",
            )
        left = charge.taken.amount - self.refunded(charge.id)
        if given.amount > left:
            raise Refused(
                "refund_exceeds_charge",
                f"{given} cannot go back: of {charge.taken} that were taken, {in_words(left, given.currency)} "
                "are left. Ask for no more than that.",
            )
