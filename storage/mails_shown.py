"""Mails as doors show them, out of a row that has the columns of `MAIL`."""

from datetime import datetime

from core.messages import Party
from storage.database import Row
from ticketing.attachments.links import Links
from ticketing.mails.shown import ShownMail

# Of `mail`, which may be none, and the `conversation` that it is of. `mail_author`: the message's `author_address`.
MAIL = """mail.message_id AS mail_message,
        mail.sender AS mail_sender, mail.sender_name AS mail_sender_name, mail.verified AS mail_verified,
        mail.proof AS mail_proof, mail.automatic AS mail_automatic,
        mail.recipients || mail.copies AS mail_others, lower(conversation.address) AS mail_customer"""


def shown_mail(row: Row, links: Links | None, now: datetime) -> ShownMail | None:
    """Without `links`, nothing leads to the whole of it."""
    if row.mail_sender is None:
        return None
    sender = Party(row.mail_sender, row.mail_sender_name)
    known = {sender.address.lower(), row.mail_customer}
    others = {address.lower(): Party(address, name) for address, name in row.mail_others}
    return ShownMail(
        sender,
        by_customer=row.mail_author is None,
        copies=tuple(party for address, party in others.items() if address not in known),
        doubt=None if row.mail_verified else row.mail_proof or None,
        automatic=row.mail_automatic,
        url=links.mail_for_people(row.mail_message, now=now) if links is not None else None,
    )
