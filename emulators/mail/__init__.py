"""A mail server on localhost, for tests and the demo: SMTP in, and delivery to mailboxes.

`MailServer` is the provider: who may log in, which recipients it refuses, what it took, and where it brings that
(`routes.py`: a Maildir, LMTP, another server, a function); so bounces come back too. `running(server)` serves it.
`server.customer(…)` is somebody with a mailbox there (`people.py`), whose program writes as `writing.py` says.
Start reading at `server.py`; `session.py` is the wire, with the faults of `faults.py`.

It keeps everything in memory, and stands on aiosmtpd; mailboxes are a real Dovecot's, where they are needed.
"""

from emulators.mail.faults import MailFault
from emulators.mail.mails import TakenMail
from emulators.mail.people import KeptMail, MailCustomer
from emulators.mail.routes import Deliver, by_lmtp, by_smtp, into_maildir
from emulators.mail.server import MailServer
from emulators.mail.serving import running
from emulators.mail.writing import Enclosed, Mailer

__all__ = [
    "Deliver",
    "Enclosed",
    "KeptMail",
    "MailCustomer",
    "MailFault",
    "MailServer",
    "Mailer",
    "TakenMail",
    "by_lmtp",
    "by_smtp",
    "into_maildir",
    "running",
]
