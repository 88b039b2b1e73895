"""What a mail server writes to a sender whose mail it took and then could not deliver (RFC 3464)."""

from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from emulators.mail.mails import TakenMail

_HOST = "mx.emulator"


def bounce(mail: TakenMail, recipient: str, status: str, words: str) -> TakenMail:
    """To the sender of the envelope, from nobody. `status` is "5.1.1" or the like; 4.… says that it is still tried."""
    action = "failed" if status.startswith("5") else "delayed"
    report = MIMEMultipart("report")
    report.set_param("report-type", "delivery-status")
    report["From"] = f"Mail Delivery System <mailer-daemon@{_HOST}>"
    report["To"] = mail.sender
    report["Subject"] = "Undelivered Mail Returned to Sender" if action == "failed" else "Delayed Mail"
    report["Date"] = format_datetime(mail.at)
    report["Message-ID"] = make_msgid(domain=_HOST)
    report["Auto-Submitted"] = "auto-replied"
    report.attach(MIMEText(f"Your message could not be delivered to {recipient}:\n\n{words}\n"))
    report.attach(_status(recipient, action, status, words))
    report.attach(_headers(mail.message))
    return TakenMail("", (mail.sender,), report.as_bytes(policy=SMTP), helo=_HOST)


def _status(recipient: str, action: str, status: str, words: str) -> Message:
    part = MIMEBase("message", "delivery-status")
    server, about = Message(), Message()
    server["Reporting-MTA"] = f"dns; {_HOST}"
    about["Final-Recipient"] = f"rfc822; {recipient}"
    about["Action"] = action
    about["Status"] = status
    about["Diagnostic-Code"] = f"smtp; 550 {status} {words}"
    part.set_payload([server, about])
    return part


def _headers(message: EmailMessage) -> Message:
    kept = "".join(f"{name}: {value}\n" for name, value in message.items() if "\n" not in str(value))
    part = MIMEText(kept)
    part.set_type("text/rfc822-headers")
    return part
