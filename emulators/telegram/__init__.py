"""Telegram's Bot API on localhost, for tests and the demo.

`BotAccount` is one bot: its token, webhook, files, chats and the phones of its customers. `running(bot)` serves it, and
the real python-telegram-bot talks to it. `bot.customer(name="Mia")` is a person with the app.
Start reading at `account.py`; `cloud.py` is what Telegram knows, `api.py` the wire.

It keeps everything in memory, knows what a desk needs of the Bot API (no inline mode, payments, channels or topics),
HTML as the only parse mode, and shares no code with what it tests.
"""

from emulators.telegram.account import BotAccount
from emulators.telegram.chats import PhoneMessage
from emulators.telegram.cloud import Press
from emulators.telegram.customer import Attachment, Blocked, Customer, Written
from emulators.telegram.faults import Fault
from emulators.telegram.files import StoredFile
from emulators.telegram.group import Group
from emulators.telegram.pictures import drawn
from emulators.telegram.recording import Call
from emulators.telegram.serving import running
from emulators.telegram.updates import Update
from emulators.telegram.webhook import Attempt, Delivery

__all__ = [
    "Attachment",
    "Attempt",
    "Blocked",
    "BotAccount",
    "Call",
    "Customer",
    "Delivery",
    "Fault",
    "Group",
    "PhoneMessage",
    "Press",
    "StoredFile",
    "Update",
    "Written",
    "drawn",
    "running",
]
