"""Mails to tickets: five hundred from people who have never written, three in ten an answer to an earlier one.

One worker process; a mail is done when its ticket is committed. Slack is off: its cards come later, behind all mails.
The ratios are to what this machine does at most: reading a mail and nothing else, storing it and nothing else.
`python -m bench.mails` measures this part alone.
"""

import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import asyncpg
import uvloop
from rich.console import Console
from rich.table import Table

from app.inbox import open_gate
from bench.databases import environment, fresh, of_copy
from bench.mail_bag import DESK, Written, bag
from bench.million.generate import generate
from bench.million.kept import kept
from bench.processes import HOME, process
from connectors.email.incoming import parse
from connectors.email.judging.ours import Ours
from emulators.waiting import until
from storage.embedded import EmbeddedEngine
from storage.engine import plain_dsn
from tests.connectors.email.dovecot import Dovecot, program

MAILS, ROUNDS, WARM = 500, 3, 60
AGAIN = 100
STORED = 100_000  # tickets of the large desk
_AUTHSERV, _SECRET = "mx.shop.example", "bench-key-of-some-length"
_PATIENCE = 300.0  # seconds
_LEFT = """
    SELECT (SELECT count(*) FROM inbox WHERE outcome IS NULL) + (SELECT count(*) FROM message WHERE NOT triaged)
"""


@dataclass(frozen=True, slots=True)
class Mails:
    """A second, the middle one of three rounds. `again`: tickets that mails opened which had been delivered before."""

    read: float
    stored: float
    without_ai: float
    with_ai: float
    on_large: float
    from_mailbox: float | None  # None: no Dovecot is here
    again: int


async def measure(base: str) -> Mails:
    """`base` is the DSN of any database of the cluster."""
    dsn = await fresh(base)
    plain = await without_ai(dsn)
    async with _desk(dsn, ai=False) as connection:
        again = await _again(dsn, connection)
    async with _desk(dsn := await fresh(base), ai=True) as connection:
        with_ai = await _rate(dsn, connection, "on", exact=False)
    dsn = await of_copy(base, await kept(base, "desk", STORED, generate))
    async with _desk(dsn, ai=False) as connection:
        on_large = await _rate(dsn, connection, "large", exact=True)
    return Mails(
        read=_read(bag(MAILS, name="read")),
        stored=await _stored(await fresh(base)),
        without_ai=plain,
        with_ai=with_ai,
        on_large=on_large,
        from_mailbox=await _from_mailbox(await fresh(base)) if program() else None,
        again=again,
    )


async def without_ai(dsn: str) -> float:
    """Mails a second on an empty desk."""
    async with _desk(dsn, ai=False) as connection:
        return await _rate(dsn, connection, "off", exact=True)


def _settings(dsn: str) -> dict[str, str]:
    return environment(dsn) | {
        "EMAIL_ADDRESS": DESK,
        "EMAIL_IMAP_URL": "-",
        "EMAIL_SMTP_URL": "-",
        "EMAIL_AUTHSERV_ID": _AUTHSERV,
        "SECRET_KEY": _SECRET,
        "BURST_SECONDS": "0",
        "LOG_LEVEL": "error",
        "TWILIO_ACCOUNT_SID": "",
    }


@asynccontextmanager
async def _desk(dsn: str, *, ai: bool, **settings: str) -> AsyncIterator[asyncpg.Connection]:
    """One worker, which has filed mails already."""
    connection = await asyncpg.connect(plain_dsn(dsn))
    try:
        await connection.execute("UPDATE switch SET is_on = $1 WHERE name = 'ai'", ai)
        async with process("worker", ["app", "worker"], _settings(dsn) | settings):
            await _give(dsn, bag(WARM, name="warm"))
            await _done(connection)
            yield connection
    finally:
        await connection.close()


async def _rate(dsn: str, connection: asyncpg.Connection, name: str, *, exact: bool) -> float:
    """Mails a second. `exact`: each mail that answers none has to be a ticket, and no other."""
    rates = []
    for number in range(ROUNDS):
        mails = bag(MAILS, name=f"{name}{number}")
        before = await _tickets(connection)
        began = time.perf_counter()
        await _give(dsn, mails)
        await _done(connection)
        rates.append(MAILS / (time.perf_counter() - began))
        opened, wanted = await _tickets(connection) - before, sum(each.answers is None for each in mails)
        if exact and opened != wanted:
            raise RuntimeError(f"{opened} tickets were opened for {wanted} threads: a rate of that is no measure")
    return statistics.median(rates)


async def _again(dsn: str, connection: asyncpg.Connection) -> int:
    """Delivered before, and again: as they were, and by another way, so that their bytes differ."""
    mails = bag(MAILS, name="off0")[:AGAIN]
    before = await _tickets(connection)
    other = [Written(b"Received: from backup.example by mx2.shop.example\r\n" + each.raw, None) for each in mails]
    await _give(dsn, [*mails, *other])
    await _done(connection)
    return await _tickets(connection) - before


async def _from_mailbox(dsn: str) -> float:
    """From the moment that the first mail lies in a real mailbox, which the clock process follows."""
    with Dovecot() as dovecot:
        box = dovecot.mailbox()
        settings = {"EMAIL_IMAP_URL": box.url(), "EMAIL_AUTHSERV_ID": _AUTHSERV}
        async with (
            _desk(dsn, ai=False, **settings) as connection,
            process("clock", ["app", "clock"], _settings(dsn) | settings),
        ):
            first, rates = len(bag(WARM)), []
            await _read_first(connection)
            box.deliver(*(each.raw for each in bag(WARM, name="mailbox")))
            await _arrived(connection, 2 * first)
            for number in range(ROUNDS):
                mails = [each.raw for each in bag(MAILS, name=f"mailbox{number}")]
                began = time.perf_counter()
                box.deliver(*mails)
                await _arrived(connection, 2 * first + (number + 1) * MAILS)
                rates.append(MAILS / (time.perf_counter() - began))
    return statistics.median(rates)


async def _read_first(connection: asyncpg.Connection) -> None:
    """Until the clock has looked into the mailbox, which is empty: what comes from now on is new."""

    async def looked() -> bool:
        return bool(await connection.fetchval("SELECT count(*) FROM feed WHERE channel = 'email'"))

    await until(looked, "the clock to open the mailbox", patience=_PATIENCE)


async def _arrived(connection: asyncpg.Connection, number: int) -> None:
    async def all_here() -> bool:
        return bool(await connection.fetchval("SELECT count(*) >= $1 FROM inbox", number))

    await until(all_here, "the mails to be read", patience=_PATIENCE, pause=0.02)
    await _done(connection)


async def _give(dsn: str, mails: Sequence[Written]) -> None:
    """As a feed does: one after another, each stored before the next."""
    gate = await open_gate(dsn)
    try:
        for each in mails:
            key, url = sha256(each.raw).hexdigest(), f"imap://{DESK}/INBOX"
            await gate.accept(channel="email", key=key, url=url, body=each.raw, now=datetime.now(UTC))
    finally:
        await gate.close()


async def _done(connection: asyncpg.Connection) -> None:
    """Every mail is filed and understood. What follows from it is taken out of the way of the next round."""

    async def none_left() -> bool:
        return not await connection.fetchval(_LEFT)

    await until(none_left, "the mails to be filed", patience=_PATIENCE, pause=0.02)
    await connection.execute("DELETE FROM pgqueuer WHERE status = 'queued'")


async def _tickets(connection: asyncpg.Connection) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM ticket"))


def _read(mails: Sequence[Written]) -> float:
    ours = Ours(frozenset({DESK}), authserv_id=_AUTHSERV)
    return statistics.median(_read_once(mails, ours) for _ in range(ROUNDS))


def _read_once(mails: Sequence[Written], ours: Ours) -> float:
    began = time.perf_counter()
    for each in mails:
        parse(f"imap://{DESK}/INBOX", each.raw, ours, secrets=(_SECRET.encode(),))
    return len(mails) / (time.perf_counter() - began)


async def _stored(dsn: str) -> float:
    """With nobody there who files them."""
    rates = []
    for number in range(ROUNDS):
        mails = bag(MAILS, name=f"stored{number}")
        began = time.perf_counter()
        await _give(dsn, mails)
        rates.append(MAILS / (time.perf_counter() - began))
    return statistics.median(rates)


def rows(found: Mails) -> list[tuple[str, str, str]]:
    mailbox = "no Dovecot" if found.from_mailbox is None else f"{found.from_mailbox:,.0f}"
    return [
        ("mails read, and nothing else, /s", f"{found.read:,.0f}", ""),
        ("mails stored, and nothing else, /s", f"{found.stored:,.0f}", ""),
        (f"{MAILS} mails to tickets without AI, /s", f"{found.without_ai:,.0f}", "at least 165"),
        ("… of those only read", f"{found.without_ai / found.read:.0%}", ""),
        (f"… beside {STORED:,} tickets, /s", f"{found.on_large:,.0f}", "as beside none"),
        ("… out of a real mailbox (IMAP), /s", mailbox, ""),
        (f"{MAILS} mails to tickets with the offline AI, /s", f"{found.with_ai:,.0f}", ""),
        (f"tickets of {AGAIN} mails that are delivered again", f"{found.again}", "0"),
    ]


async def main() -> None:
    engine = EmbeddedEngine(HOME / "var" / "bench")
    try:
        table = Table("What", "Measured", "Wanted")
        for row in rows(await measure(await engine.start())):
            table.add_row(*row)
        Console().print(table)
    finally:
        await engine.stop()


if __name__ == "__main__":
    uvloop.run(main())
