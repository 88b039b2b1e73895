"""Receiving mail by IMAP. `feed.py` is the way in: a Feed for each folder of each mailbox.

`position.py` (how far a folder was read) and `notes.py` (what stands for a mail that is not taken) are pure;
`session.py` is the only I/O, blocking, in a thread of the feed's own (`thread.py`); `look.py` decides what one look
takes. Nothing in the mailbox is changed: mails are neither marked as read nor moved.
"""

from connectors.email.config import EmailConfig
from connectors.email.mailbox.feed import MailboxFeed

__all__ = ["MailboxFeed", "mailbox_feeds"]


def mailbox_feeds(config: EmailConfig) -> tuple[MailboxFeed, ...]:
    """One for each folder of each mailbox that is read by IMAP. Opens nothing yet; `close` each."""
    return tuple(
        MailboxFeed(mailbox.address, mailbox.imap, folder, largest=config.largest)
        for mailbox in config.mailboxes
        if mailbox.imap is not None
        for folder in mailbox.imap.folders
    )
