"""The buttons of a reply that did not arrive, or may not have: what a person can do about it."""

from uuid import UUID

from bot.intents import Action
from bot.refs import message_value
from bot.views.parts import button, confirm
from bot.wire import Json
from core.messages import Delivery

_TWICE = "Nobody knows whether it arrived. If it did, the customer gets it twice."


def remedies(message_id: UUID, delivery: Delivery, *, resendable: bool) -> list[Json]:
    """Empty where nothing here helps: then the words say what does."""
    value = message_value(message_id)
    if delivery is Delivery.UNKNOWN:
        sure = confirm("Send it again?", _TWICE, "Send again")
        return [
            button("It arrived", Action.ARRIVED, value),
            button("Send again", Action.SEND_AGAIN, value, confirm=sure),
        ]
    if delivery is Delivery.FAILED and resendable:
        return [button("Send again", Action.SEND_AGAIN, value)]
    return []
