"""E-mail: mails are fetched from mailboxes by IMAP or handed over by SMTP, read, judged, and sent by SMTP.

Pure is all that reads: `reader.py` `read` is the way in, and no bytes make it raise. `reading/` turns bytes into a
`Mail` (`mail.py`), `quoting/` splits its text, `judging/` says what may be done with it, `incoming.py` what it means
for the desk. `mailbox/` fetches, `listening/` takes what another server forwards, `sending/` writes and sends,
`connector.py` joins them.
"""

from connectors.email.config import EmailConfig, ImapServer, Mailbox, SmtpServer
from connectors.email.mail import Address, Attachment, Mail
from connectors.email.reader import read

__all__ = ["Address", "Attachment", "EmailConfig", "ImapServer", "Mail", "Mailbox", "SmtpServer", "read"]
