"""What people are shown of a mail beside its words. Values only."""

from dataclasses import dataclass

from core.messages import Party


@dataclass(frozen=True, slots=True)
class ShownMail:
    """Who is named in it is its sender's word."""

    sender: Party
    by_customer: bool  # False: somebody else of the conversation wrote it
    copies: tuple[Party, ...] = ()  # whom else it went to: neither us nor the customer
    doubt: str | None = None  # why it is not proven to be the sender's. None: it is, or nobody checks that here
    automatic: str | None = None  # why no person wrote it
    url: str | None = None  # of the page that shows the whole of it: signed
