"""Where a server brings what it took: a mailbox on disk, another server, or a function."""

import asyncio
import itertools
import os
import smtplib
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import aiosmtplib

# Sender of the envelope ("" for none), recipient, and the mail as it lies in a mailbox.
Deliver: TypeAlias = Callable[[str, str, bytes], Awaitable[None]]

_NUMBERS = itertools.count()


class RefusedForGood(Exception):
    """Whoever it was brought to will never take it."""


def into_maildir(folder: Path) -> Deliver:
    """The Maildir `folder`, made where it is not there: what is in its `new` is there whole."""

    def write(mail: bytes) -> None:
        for part in ("tmp", "new", "cur"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns()}.{os.getpid()}_{next(_NUMBERS)}.emulator"
        written = folder / "tmp" / name
        written.write_bytes(mail)
        written.rename(folder / "new" / name)

    async def deliver(_sender: str, _recipient: str, mail: bytes) -> None:
        await asyncio.to_thread(write, mail)

    return deliver


def by_lmtp(host: str, port: int) -> Deliver:
    """A mailbox server that takes mail by LMTP, such as Dovecot."""

    def send(sender: str, recipient: str, mail: bytes) -> None:
        with smtplib.LMTP(host, port) as server:
            server.sendmail(sender, [recipient], mail)

    async def deliver(sender: str, recipient: str, mail: bytes) -> None:
        await asyncio.to_thread(send, sender, recipient, mail)

    return deliver


def _give_up(answer: aiosmtplib.SMTPResponseException) -> None:
    if answer.code >= 500:
        raise RefusedForGood(f"{answer.code} {answer.message}")


def by_smtp(host: str, port: int) -> Deliver:
    """Another mail server."""

    async def deliver(sender: str, recipient: str, mail: bytes) -> None:
        async with aiosmtplib.SMTP(hostname=host, port=port, start_tls=False, local_hostname="mx.emulator") as server:
            try:
                await server.sendmail(sender, [recipient], mail)
            except aiosmtplib.SMTPRecipientsRefused as error:
                _give_up(error.recipients[0])
                raise
            except aiosmtplib.SMTPResponseException as error:
                _give_up(error)
                raise

    return deliver
