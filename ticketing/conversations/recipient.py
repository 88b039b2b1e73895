"""Whom we could write to first: addresses on channels where a customer need not have written before."""

import re

import phonenumbers

from core.errors import Refused
from ticketing.conversations.first_message import Recipient

_LONGEST = 254  # characters of a mail's address, says RFC 5321
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class AddressRefused(Refused):
    """Not an address that this channel knows, or not a channel on which we can begin."""


def recipient(channel: str, address: str, name: str | None = None) -> Recipient:
    """The address in the form that the channel knows it by. Raises AddressRefused."""
    if channel == "email":
        return Recipient(channel, mail_address(address).lower(), name, subject="")
    if channel != "whatsapp":
        raise AddressRefused(f"On {channel or 'that channel'} the customer has to write first.")
    return Recipient(channel, _number(address), name)


def mail_address(text: str) -> str:
    """As mail servers know it. Raises AddressRefused."""
    local, _, domain = text.strip().rpartition("@")
    try:
        ascii_domain = domain.lower().rstrip(".").encode("idna").decode("ascii") if len(domain) < _LONGEST else ""
    except UnicodeError:
        ascii_domain = ""
    address = f"{local}@{ascii_domain}"
    fits = len(local) <= 64 and len(address) <= _LONGEST
    if not (fits and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(ascii_domain)):
        raise AddressRefused(f"“{text.strip()[:60]}” is no e-mail address: write it like eve@example.com.")
    return address


def _number(text: str) -> str:
    try:
        number = phonenumbers.parse(text.strip()[:40], None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise AddressRefused(f"“{text[:40]}” is no phone number: write it like +4915112345678.")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
