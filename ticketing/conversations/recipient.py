"""Whom we could write to first: addresses on channels where a customer need not have written before."""

import phonenumbers

from core.errors import Refused
from ticketing.conversations.first_message import Recipient


class AddressRefused(Refused):
    """Not an address that this channel knows, or not a channel on which we can begin."""


def recipient(channel: str, address: str, name: str | None = None) -> Recipient:
    """The address in the form that the channel knows it by. Raises AddressRefused."""
    if channel != "whatsapp":
        raise AddressRefused(f"On {channel or 'that channel'} the customer has to write first.")
    return Recipient(channel, _number(address), name)


def _number(text: str) -> str:
    try:
        number = phonenumbers.parse(text.strip()[:40], None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise AddressRefused(f"“{text[:40]}” is no phone number: write it like +4915112345678.")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
