"""Twilio's WhatsApp API on localhost, for tests and the demo.

`Account` is one Twilio account: its credentials, senders, messages and the phones of its customers. `running(account)`
serves it, and the real `twilio` SDK talks to it. `account.customer("+49…")` is the person with the phone.
Start reading at `account.py`; `api.py` is the wire.

It keeps everything in memory, knows WhatsApp only (no SMS, no voice), and shares no code with what it
tests.
"""

from emulators.twilio.account import Account
from emulators.twilio.callbacks import Script
from emulators.twilio.customer import Customer, PhoneMessage, Written
from emulators.twilio.delivery import Attempt, Delivery, Overrides
from emulators.twilio.faults import Fault
from emulators.twilio.media import Download, File, Media
from emulators.twilio.recording import Call
from emulators.twilio.senders import Sender
from emulators.twilio.serving import running
from emulators.twilio.signing import signature, signed_form
from emulators.twilio.templates import Template

__all__ = [
    "Account",
    "Attempt",
    "Call",
    "Customer",
    "Delivery",
    "Download",
    "Fault",
    "File",
    "Media",
    "Overrides",
    "PhoneMessage",
    "Script",
    "Sender",
    "Template",
    "Written",
    "running",
    "signature",
    "signed_form",
]
