"""The town's mail: what a customer's program sends to the desk, and what it does with what the desk sends them.

A mail server brings each mail to the port of the desk until it is told yes, as mail servers do. Connections end in the
middle of a mail, or after its last line and before the answer; then it comes again. Sometimes it comes twice at once.
"""

import asyncio
import contextlib
import random
import re
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from chaos.town import Citizen, Habit, Told
from connectors.email.quoting.marks import REPLY_ABOVE
from emulators.chance import Chance
from emulators.mail import Enclosed, KeptMail, MailCustomer, MailServer
from emulators.mail.mails import TakenMail

DESK = "support@shop.example"
AUTHSERV = "mx.shop.example"
_AGAIN = (0.2, 0.7)  # seconds after which a mail that was not taken is brought again
_TIMEOUT = 20.0  # seconds for one answer
_SUBJECT = 30  # letters
_LINKS = re.compile(r"(?:\n\n[^\n]{1,40}: https?://\S+/answers/\S+)+$")
WAYS = ("cut before the dot", "answer lost", "twice at once")


class NotTaken(Exception):
    """The desk said later, or the connection ended: nobody knows whether it has the mail."""


@dataclass(slots=True)
class Post:
    """`port` is the desk's. `server` is everybody else's mail server, and takes what the desk sends."""

    server: MailServer
    port: int
    seed: int
    faults: Chance = field(default_factory=lambda: Chance(WAYS))
    refused: list[str] = field(default_factory=list)  # what the desk said no to, for good
    _people: dict[str, MailCustomer] = field(default_factory=dict)
    _dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self.server.bring(DESK, self._to_the_desk)

    async def send(self, citizen: Citizen, told: Told) -> None:
        """Returns once the desk has taken it."""
        person = self._person(citizen)
        files = [Enclosed("photo.png", "image/png", told.photo)] if told.photo else []
        answers = _newest_of(person.mails, told.thread)
        if answers is None:
            kept = await person.write(DESK, " ".join(told.text.split())[:_SUBJECT].strip(), told.text, files=files)
        else:
            kept = await person.reply(answers, told.text, files=files)
        again = (self._to_the_desk(person.address, DESK, kept.raw) for _ in range(told.copies - 1))
        await asyncio.gather(*again)
        if kept.arrived:
            told.acknowledged_at = time.time()

    def sent(self) -> Mapping[tuple[str, str], list[str]]:
        """What the desk has sent: (address, text) -> what became of each copy."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for taken in self.server.mails:
            if _is_ours(taken):
                for each in taken.recipients:
                    found[each, _words(taken)].append("failed" if self.server.bounces(each) else "sent")
        return found

    def automatic(self) -> list[tuple[str, str]]:
        """What mailboxes have answered by themselves: (address, text)."""
        return [
            (str(taken.message["From"]).rpartition("<")[2].rstrip(">"), taken.text().strip())
            for taken in self.server.mails
            if taken.message.get("Auto-Submitted")
            and not _is_ours(taken)
            and taken.message.get_content_maintype() == "text"
        ]

    def _person(self, citizen: Citizen) -> MailCustomer:
        if citizen.address not in self._people:
            person = self.server.customer(citizen.address, name=citizen.name)
            self._people[citizen.address] = person
            self.server.bring(citizen.address, partial(self._received, citizen, person))
            if citizen.habit is Habit.AWAY:
                person.away = f"I am away until Monday. {citizen.address}"
            elif citizen.habit is Habit.GONE:
                person.leave()
        return self._people[citizen.address]

    async def _received(self, citizen: Citizen, person: MailCustomer, sender: str, to: str, content: bytes) -> None:
        await person.receive(sender, to, content)
        newest = person.inbox[-1]
        if citizen.habit is not Habit.ANSWERS or citizen.answers or newest.automatic:
            return
        threads = list(dict.fromkeys(each.thread for each in person.mails))
        thread = threads.index(newest.thread)
        answer = Told(f"thanks! {citizen.address}", None, "", thread=thread, begun_at=time.time())
        citizen.answers.append(answer)
        kept = await person.reply(newest, answer.text)
        if kept.arrived:
            answer.acknowledged_at = time.time()

    async def _to_the_desk(self, sender: str, recipient: str, mail: bytes) -> None:
        while True:
            way = self.faults.draw()
            try:
                if way == "twice at once":
                    await asyncio.gather(*(self._bring(sender, recipient, mail, None) for _ in range(2)))
                else:
                    await self._bring(sender, recipient, mail, way)
            except (NotTaken, OSError, asyncio.IncompleteReadError, TimeoutError):
                await asyncio.sleep(self._dice.uniform(*_AGAIN))
            else:
                return

    async def _bring(self, sender: str, recipient: str, mail: bytes, way: str | None) -> None:
        """One attempt. Raises NotTaken, and what connections raise."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            talk = _Talk(reader, writer)
            await talk.hear("220")
            for said, wanted in (
                ("EHLO mx.emulator", "250"),
                (f"MAIL FROM:<{sender}>", "250"),
                (f"RCPT TO:<{recipient}>", "250"),
                ("DATA", "354"),
            ):
                await talk.say(said, wanted)
            lines = re.sub(rb"(?m)^\.", b"..", mail)
            if way == "cut before the dot":
                writer.write(lines[: len(lines) // 2])
                await writer.drain()
                raise NotTaken(way)
            writer.write(lines if lines.endswith(b"\r\n") else lines + b"\r\n")
            writer.write(b".\r\n")
            await writer.drain()
            if way == "answer lost":
                raise NotTaken(way)
            await talk.hear("250")
        except _SaidNo as no:
            self.refused.append(f"{no} to {sender}")
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


class _SaidNo(Exception):
    """For good."""


@dataclass(frozen=True, slots=True)
class _Talk:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, line: str, wanted: str) -> None:
        self.writer.write(f"{line}\r\n".encode())
        await self.writer.drain()
        await self.hear(wanted)

    async def hear(self, wanted: str) -> None:
        while True:
            line = (await asyncio.wait_for(self.reader.readuntil(b"\n"), _TIMEOUT)).decode("utf-8", "replace").strip()
            if line[3:4] != "-":
                break
        if line.startswith("5"):
            raise _SaidNo(line)
        if not line.startswith(wanted):
            raise NotTaken(line)


def _newest_of(mails: list[KeptMail], thread: int) -> KeptMail | None:
    """What somebody answers who goes on with their thread, counted from 0: its newest mail, theirs or ours."""
    threads = list(dict.fromkeys(each.thread for each in mails))
    return [each for each in mails if each.thread == threads[thread]][-1] if thread < len(threads) else None


def _is_ours(taken: TakenMail) -> bool:
    return taken.domain == DESK.rpartition("@")[2]


def _words(taken: TakenMail) -> str:
    """As they were written, without what the desk puts around them."""
    text = taken.text().replace("\r\n", "\n").removeprefix(REPLY_ABOVE).strip("\n")
    return _LINKS.sub("", text)
