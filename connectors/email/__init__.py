"""Reading e-mail: bytes to values, what the person wrote apart from what is quoted, and what kind of mail it is.

Pure: no clock, no network, no database. `reader.py` `read` is the way in, and no bytes make it raise. `reading/` turns
bytes into a `Mail` (`mail.py`), `quoting/` splits its text, `judging/` says what may be done with it. Only `mailbox/`
talks with others: it fetches mails by IMAP, as `config.py` says. `registry.py` does not name this channel yet.
"""

from connectors.email.config import EmailConfig, ImapServer, Mailbox, SmtpServer
from connectors.email.mail import Address, Attachment, Mail
from connectors.email.reader import read

__all__ = ["Address", "Attachment", "EmailConfig", "ImapServer", "Mail", "Mailbox", "SmtpServer", "read"]
