"""A mail as it is kept: what is known of it, beside the bytes that it came as."""

from dataclasses import dataclass
from datetime import datetime

from core.messages import Party
from ticketing.attachments.attachment import ShownFile


@dataclass(frozen=True, slots=True)
class KeptMail:
    """Its bytes are the event `event` of the inbox. All but `at`, `verified` and `proof` is its sender's word."""

    event: str
    at: datetime  # received
    subject: str
    sender: Party
    to: tuple[Party, ...]  # those of its recipients who are not us
    cc: tuple[Party, ...]
    verified: bool
    proof: str  # "": nobody checks it
    automatic: str | None
    words: str  # all of them, as text
    files: tuple[ShownFile, ...]
