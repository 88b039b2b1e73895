"""What the API says about an order at an instant: its state, what is paid and refunded, where the parcel is.

Nothing here is kept: it follows from the order, its charge and the time. What is planned for later is not told as done.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel

from examples.shop.gateway import Gateway
from examples.shop.returns import Returns
from examples.shop.values import Charge, Line, Money, Order, Refund, Return


class OrderStatus(StrEnum):
    PLACED = "placed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class RefundStatus(StrEnum):
    PENDING = "pending"
    SETTLED = "settled"


class ChargeTold(Charge):
    """`refunded` and `refundable` are minor units in the currency of what was taken; together they are all of it."""

    refunded: int
    refundable: int


class RefundTold(Refund):
    status: RefundStatus


class OrderTold(BaseModel):
    number: str
    customer: str
    status: OrderStatus
    lines: Sequence[Line]
    total: Money
    ordered_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    return_window_ends_at: datetime | None  # null until it is delivered
    payment: ChargeTold


class ParcelEvent(BaseModel):
    at: datetime
    what: str


class Shipment(BaseModel):
    order: str
    carrier: str
    tracking: str
    delivered: bool
    expected_at: datetime | None  # null: delivered, or the carrier cannot say
    events: Sequence[ParcelEvent]  # oldest first


def told_charge(charge: Charge, gateway: Gateway) -> ChargeTold:
    gone = gateway.refunded(charge.id)
    return ChargeTold(**dict(charge), refunded=gone, refundable=charge.taken.amount - gone)


def told_refund(refund: Refund, *, now: datetime) -> RefundTold:
    settled = refund.settles_at <= now
    return RefundTold(**dict(refund), status=RefundStatus.SETTLED if settled else RefundStatus.PENDING)


def told_order(order: Order, gateway: Gateway, returns: Returns, *, now: datetime) -> OrderTold:
    delivered = _past(order.delivered_at, now)
    return OrderTold(
        number=order.number,
        customer=order.customer,
        status=status(order, now=now),
        lines=order.lines,
        total=order.total,
        ordered_at=order.ordered_at,
        shipped_at=_past(order.shipped_at, now),
        delivered_at=delivered,
        cancelled_at=_past(order.cancelled_at, now),
        return_window_ends_at=returns.until(order) if delivered else None,
        payment=told_charge(gateway.charge(order.charge), gateway),
    )


def status(order: Order, *, now: datetime) -> OrderStatus:
    if _past(order.cancelled_at, now):
        return OrderStatus.CANCELLED
    if _past(order.delivered_at, now):
        return OrderStatus.DELIVERED
    return OrderStatus.SHIPPED if _past(order.shipped_at, now) else OrderStatus.PLACED


def shipment(order: Order, *, now: datetime) -> Shipment | None:
    """The parcel of an order; None until it is handed over."""
    handed_over = _past(order.shipped_at, now)
    if handed_over is None or order.carrier is None or order.tracking is None:
        return None
    events = [ParcelEvent(at=handed_over, what=f"Handed over to {order.carrier}")]
    if order.delivered_at is not None:
        halfway = handed_over + (order.delivered_at - handed_over) / 2
        events += [
            ParcelEvent(at=halfway, what="Arrived at the depot near its destination"),
            ParcelEvent(at=order.delivered_at, what="Delivered"),
        ]
    delivered = _past(order.delivered_at, now) is not None
    return Shipment(
        order=order.number,
        carrier=order.carrier,
        tracking=order.tracking,
        delivered=delivered,
        expected_at=None if delivered else order.delivered_at,
        events=[each for each in events if each.at <= now],
    )


def way_back(made: Return) -> str:
    """What the customer has to do about a return, in words."""
    return f"Send it with label {made.label}" if made.label_needed else "Keep it: nothing has to be sent"


def _past(instant: datetime | None, now: datetime) -> datetime | None:
    return instant if instant is not None and instant <= now else None
