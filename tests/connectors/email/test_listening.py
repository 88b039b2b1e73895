"""Mail that comes in by SMTP, through real sockets: what is taken is stored, and nobody breaks the door."""

import asyncio
import smtplib
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import FetchedEvent
from connectors.email import read
from connectors.email.config import Listener
from connectors.email.judging.authenticity import Proof, authenticity
from connectors.email.judging.ours import Ours
from connectors.email.judging.reply_address import name_of, reply_address
from connectors.email.judging.thread import Hint, candidates
from connectors.email.listening import Door, listen
from connectors.email.listening.event import event, is_doubtful, without_stuffing
from connectors.email.listening.memory import Memory
from emulators.waiting import until
from tests.connectors.email.certificates import certificate
from tests.connectors.email.letters import letter
from tests.connectors.email.outgoing import CONVERSATION, SECRET

DESK, SALES, CUSTOMER = "Support@shop.example", "sales@shop.example", "dana@customer.example"
ALIAS = "help@old-shop.example"
OURS = Ours(frozenset((DESK, SALES, ALIAS)), authserv_id="mx.shop.example")
PROVEN = "mx.shop.example; dmarc=pass header.from=customer.example"
HELLO = (b"EHLO mx.customer.example\r\n",)
ENVELOPE = (b"MAIL FROM:<dana@customer.example>\r\n", b"RCPT TO:<support@shop.example>\r\n", b"DATA\r\n")


class Stores:
    """Keeps events, by key. `trouble` is raised in place of it."""

    def __init__(self) -> None:
        self.events: dict[str, FetchedEvent] = {}
        self.trouble: Exception | None = None
        self.held_up: asyncio.Event | None = None
        self.asked = 0

    async def accept(self, event: FetchedEvent) -> None:
        self.asked += 1
        if self.held_up is not None:
            await self.held_up.wait()
        if self.trouble is not None:
            raise self.trouble
        self.events[event.key] = event

    @property
    def one(self) -> FetchedEvent:
        (event,) = self.events.values()
        return event


@pytest.fixture
def stores() -> Stores:
    return Stores()


@asynccontextmanager
async def opened(stores: Stores, **changes: Any) -> AsyncIterator[Door]:
    said: dict[str, Any] = {"host": "127.0.0.1", "port": 0, "name": "desk.shop.example", "largest": 200_000, **changes}
    door = await listen(Listener(**said), OURS, (DESK, SALES), stores.accept)
    try:
        yield door
    finally:
        await door.close()


class Client:
    """A client that says exactly what it is told."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def answer(self) -> str:
        """The next whole answer; "" when the connection has ended."""
        while True:
            line = (await asyncio.wait_for(self.reader.readline(), 10)).decode()
            if line[3:4] != "-":
                return line.rstrip()

    async def say(self, *lines: bytes) -> str:
        """The answer to the last of the lines; each waits for the one before."""
        said = ""
        for line in lines:
            self.writer.write(line)
            said = await self.answer()
        return said

    async def begin(self) -> None:
        """Up to where the lines of a mail follow."""
        assert (await self.say(*HELLO, *ENVELOPE)).startswith("354")


@asynccontextmanager
async def client(door: Door) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port, limit=2**20)
    with closing(writer):
        found = Client(reader, writer)
        yield found


@asynccontextmanager
async def greeted(door: Door) -> AsyncIterator[Client]:
    async with client(door) as found:
        assert (await found.answer()).startswith("220 desk.shop.example")
        yield found


async def send(door: Door, mail: bytes, *to: str, sender: str = CUSTOMER) -> dict[str, tuple[int, bytes]]:
    """By the standard library's client: who was refused."""

    def talk() -> dict[str, tuple[int, bytes]]:
        with smtplib.SMTP("127.0.0.1", door.port, timeout=10) as smtp:
            return smtp.sendmail(sender, to or (DESK,), mail)

    return await asyncio.to_thread(talk)


class TestTaken:
    async def test_a_mail_is_stored_byte_for_byte_below_its_envelope(self, stores: Stores) -> None:
        mail = letter("Hello\n.\n..x\n\nnul: \0 high: ü " + "x" * 5000 + "\n")
        async with opened(stores) as door:
            await send(door, mail)
        trace, _, content = stores.one.body.partition(b"From: Dana")
        assert b"From: Dana" + content == mail
        assert trace.startswith(
            b"Return-Path: <dana@customer.example>\r\nDelivered-To: support@shop.example\r\n".lower()[:0]
        )
        assert f"Delivered-To: {DESK}\r\n".encode() in trace
        assert stores.one.url == f"smtp://{DESK}/"

    async def test_one_mail_to_several_of_our_addresses_is_one_event_that_names_them_all(self, stores: Stores) -> None:
        signed = reply_address("support@shop.example", name_of(CONVERSATION), secret=SECRET)
        async with opened(stores) as door:
            refused = await send(door, letter(), signed, SALES, "other@shop.example", "support@elsewhere.example")
        assert set(refused) == {"other@shop.example", "support@elsewhere.example"}
        assert {code for code, _ in refused.values()} == {550}
        mail = read(stores.one.body)
        assert mail.headers.raws("delivered-to") == (signed, SALES)
        assert candidates(mail, secrets=[SECRET])[0].hint is Hint.ADDRESS

    async def test_mail_to_an_alias_is_for_the_first_mailbox_unless_another_is_named_beside_it(
        self, stores: Stores
    ) -> None:
        async with opened(stores) as door:
            await send(door, letter(), ALIAS)
            await send(door, letter(), ALIAS, SALES)
        assert [event.url for event in stores.events.values()] == [f"smtp://{DESK}/", f"smtp://{SALES}/"]

    async def test_the_same_mail_again_is_the_same_event(self, stores: Stores) -> None:
        async with opened(stores) as door:
            await send(door, letter())
            await send(door, letter())
            await send(door, letter("Another one."))
        assert (stores.asked, len(stores.events)) == (3, 2)

    @pytest.mark.parametrize("address", ["shop+eu@shop.example", "shop+eu+t.x.y@shop.example"])
    async def test_a_mailbox_may_have_a_plus_of_its_own(self, stores: Stores, address: str) -> None:
        accounts = ("shop@shop.example", "shop+eu@shop.example")
        door = await listen(Listener("127.0.0.1", "x", port=0), Ours(frozenset(accounts)), accounts, stores.accept)
        await send(door, letter(), address)
        await door.close()
        assert stores.one.url == "smtp://shop+eu@shop.example/"

    @pytest.mark.parametrize("length", [0, 1, 2, 3, 65_533, 65_535, 65_536, 65_537, 131_072, 150_001])
    async def test_the_end_is_found_wherever_it_falls(self, stores: Stores, length: int) -> None:
        mail = b"x" * (length - 2) + b"\r\n" if length > 1 else b""
        async with opened(stores) as door, greeted(door) as smtp:
            await smtp.begin()
            for byte in range(0, len(mail), 10_000):
                smtp.writer.write(mail[byte : byte + 10_000])
                await smtp.writer.drain()
            for byte in b".\r\n":
                smtp.writer.write(bytes((byte,)))
                await asyncio.sleep(0)
            smtp.writer.write(b"NOOP\r\n")
            assert [(await smtp.answer())[:3] for _ in range(2)] == ["250", "250"]
        assert stores.one.body.endswith(b"Authentication-Results: mx.shop.example; none\r\n" + mail)

    async def test_several_mails_come_on_one_connection_and_commands_may_run_ahead(self, stores: Stores) -> None:
        mail = letter("Hello\n").replace(b"\r\n.", b"\r\n..")
        async with opened(stores) as door, greeted(door) as smtp:
            await smtp.say(*HELLO)
            for number in range(3):
                smtp.writer.write(b"".join(ENVELOPE))
                assert [(await smtp.answer())[:3] for _ in ENVELOPE] == ["250", "250", "354"]
                smtp.writer.write(mail + b"%d\r\n.\r\nRSET\r\n" % number)
                assert [(await smtp.answer())[:3] for _ in range(2)] == ["250", "250"]
        assert len(stores.events) == 3

    async def test_an_empty_sender_is_kept_as_one(self, stores: Stores) -> None:
        async with opened(stores) as door:
            await send(door, letter(), sender="")
        assert stores.one.body.startswith(b"Return-Path: <>\r\n")

    async def test_the_connection_may_be_encrypted(self, stores: Stores, tmp_path: Path) -> None:
        trusted, _ = certificate(tmp_path)

        def talk(port: int) -> None:
            with smtplib.SMTP("127.0.0.1", port, timeout=10) as smtp:
                smtp.starttls(context=ssl.create_default_context(cafile=str(trusted)))
                smtp.sendmail(CUSTOMER, DESK, letter())
                assert not smtp.has_extn("auth")

        key = str(tmp_path / "server.key")
        async with opened(stores, certificate=str(trusted), key=key) as door:
            await asyncio.to_thread(talk, door.port)
        assert len(stores.events) == 1


class TestProof:
    """Who hands a mail over can have written every line of it."""

    async def test_a_stranger_cannot_say_that_he_was_checked(self, stores: Stores) -> None:
        async with opened(stores) as door:
            await send(door, letter(Authentication_Results=PROVEN))
        assert authenticity(read(stores.one.body), OURS).proof is Proof.UNVERIFIED

    async def test_a_relay_of_ours_can(self, stores: Stores) -> None:
        async with opened(stores, relays=("10.0.0.0/8", "127.0.0.0/8")) as door:
            await send(door, letter(Authentication_Results=PROVEN))
        assert authenticity(read(stores.one.body), OURS).proof is Proof.VERIFIED

    def test_no_envelope_adds_lines_of_its_own(self) -> None:
        hostile = "a\r\nAuthentication-Results: mx.shop.example; dmarc=pass\r\n@x> <b\0"
        made = event(b"\r\n", account=DESK, sender=hostile, recipients=[hostile], authserv_id="mx\r\nx: y")
        assert made.body.count(b"\r\n") == 4


class TestNotTaken:
    async def test_it_says_yes_only_once_the_mail_is_stored(self, stores: Stores) -> None:
        stores.held_up = asyncio.Event()
        async with opened(stores) as door, greeted(door) as smtp:
            await smtp.begin()
            answer = asyncio.create_task(smtp.say(letter() + b"\r\n.\r\n"))
            await until(lambda: stores.asked, "the question whether it can be stored")
            assert not answer.done()
            stores.held_up.set()
            assert (await answer).startswith("250")
        assert len(stores.events) == 1

    async def test_what_cannot_be_stored_now_comes_again(self, stores: Stores) -> None:
        stores.trouble = RuntimeError("the database is away: password=hush")
        async with opened(stores) as door:
            with pytest.raises(smtplib.SMTPDataError) as caught:
                await send(door, letter())
            assert caught.value.smtp_code == 451
            assert b"hush" not in caught.value.smtp_error
            stores.trouble = None
            await send(door, letter())
        assert len(stores.events) == 1

    async def test_what_takes_too_long_to_store_comes_again(self, stores: Stores) -> None:
        stores.held_up = asyncio.Event()
        async with opened(stores, storing=0.05) as door:
            with pytest.raises(smtplib.SMTPDataError, match="451"):
                await send(door, letter())

    @pytest.mark.parametrize("size", [200_001, 300_000, 1_000_000])
    async def test_a_mail_over_the_limit_is_refused_whether_it_says_so_or_not(self, stores: Stores, size: int) -> None:
        async with opened(stores) as door:
            with pytest.raises(smtplib.SMTPSenderRefused, match="552"):
                await send(door, b"x" * size)
            async with greeted(door) as smtp:
                await smtp.begin()
                smtp.writer.write(b"x" * size + b"\r\n.\r\n")
                assert (await smtp.answer()).startswith("552")
        assert stores.asked == 0

    async def test_one_at_the_limit_is_taken(self, stores: Stores) -> None:
        async with opened(stores) as door, greeted(door) as smtp:
            await smtp.begin()
            assert (await smtp.say(b"x" * 199_998 + b"\r\n.\r\n")).startswith("250")

    async def test_after_a_refusal_the_next_mail_is_taken(self, stores: Stores) -> None:
        async with opened(stores) as door, greeted(door) as smtp:
            await smtp.begin()
            assert (await smtp.say((b"x" * 99 + b"\r\n") * 2500 + b".\r\n")).startswith("552")
            assert (await smtp.say(*ENVELOPE)).startswith("354")
            assert (await smtp.say(letter() + b"\r\n.\r\n")).startswith("250")
        assert len(stores.events) == 1

    async def test_commands_out_of_order_and_nonsense_are_refused(self, stores: Stores) -> None:
        async with opened(stores) as door, greeted(door) as smtp:
            for line, code in (
                (b"MAIL FROM:<a@b.example>\r\n", "503"),
                (b"EHLO x\r\n", "250"),
                (b"DATA\r\n", "503"),
                (b"RCPT TO:<support@shop.example>\r\n", "503"),
                (b"AUTH PLAIN AGEAYg==\r\n", "500"),
                (b"VRFY support\r\n", "500"),
                (b"MAIL FROM:<a@b.example> SIZE=99999999\r\n", "552"),
                (b"MAIL FROM:<" + b"a" * 3000 + b"@b.example>\r\n", "500"),
                (b"\xff\xfe\0\r\n", "500"),
                (b"\r\n", "500"),
            ):
                assert (await smtp.say(line))[:3] == code, line
        assert stores.asked == 0


class TestSmuggling:
    """A mail hidden in another: some server on the way would have seen two."""

    HIDDEN = b"MAIL FROM:<boss@shop.example>\r\nRCPT TO:<support@shop.example>\r\nDATA\r\nSubject: x\r\n\r\nhidden"

    @pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\n.\r"])
    async def test_a_line_with_a_lone_dot_that_does_not_end_as_it_should_is_refused(
        self, stores: Stores, end: bytes
    ) -> None:
        async with opened(stores) as door, greeted(door) as smtp:
            await smtp.begin()
            assert (await smtp.say(letter() + end + self.HIDDEN + b"\r\n.\r\n")).startswith("554")
            assert (await smtp.say(b"NOOP\r\n")).startswith("250")
        assert stores.asked == 0

    async def test_bare_line_ends_elsewhere_stay_as_they_are(self, stores: Stores) -> None:
        async with opened(stores) as door, greeted(door) as smtp:
            await smtp.begin()
            assert (await smtp.say(b"Subject: x\r\n\r\na\nb\rc\r\n\r\n.\r\n")).startswith("250")
        assert stores.one.body.endswith(b"\r\n\r\na\nb\rc\r\n\r\n")

    async def test_what_follows_starttls_unencrypted_is_not_heard(self, stores: Stores, tmp_path: Path) -> None:
        trusted, _ = certificate(tmp_path)
        key = str(tmp_path / "server.key")
        async with opened(stores, certificate=str(trusted), key=key) as door, greeted(door) as smtp:
            await smtp.say(*HELLO)
            smtp.writer.write(b"STARTTLS\r\n" + b"".join(ENVELOPE))
            assert (await smtp.answer()).startswith("220")
            context = ssl.create_default_context(cafile=str(trusted))
            await smtp.writer.start_tls(context, server_hostname="127.0.0.1")
            assert (await smtp.say(b"RCPT TO:<support@shop.example>\r\n")).startswith("503")

    def test_a_dot_is_put_before_a_dot_and_taken_away_again(self) -> None:
        assert without_stuffing(b"..\r\n...x\r\n. \r\na.\r\n") == b".\r\n..x\r\n \r\na.\r\n"
        assert not is_doubtful(b"..\r\na.\nb\r\n")
        assert is_doubtful(b".\nb\r\n")


class TestAttacks:
    async def test_a_line_without_end_ends_the_connection(self, stores: Stores) -> None:
        async with opened(stores) as door, greeted(door) as smtp:
            await smtp.begin()

            async def flood() -> None:
                while True:
                    smtp.writer.write(b"x" * 50_000)
                    await smtp.writer.drain()

            with pytest.raises(OSError, match=r"."):
                await asyncio.wait_for(flood(), 10)
        assert stores.asked == 0

    async def test_a_command_without_end_is_thrown_away(self, stores: Stores) -> None:
        async with opened(stores) as door, greeted(door) as smtp:
            smtp.writer.write(b"EHLO " + b"x" * 2_000_000 + b"\r\n")
            assert (await smtp.answer()).startswith("500")
            assert (await smtp.say(*HELLO)).startswith("250")

    @pytest.mark.parametrize("said", [(), HELLO, (*HELLO, *ENVELOPE)])
    async def test_who_says_nothing_more_is_left(self, stores: Stores, said: tuple[bytes, ...]) -> None:
        async with opened(stores, idle=0.1, reading=0.1) as door, greeted(door) as smtp:
            await smtp.say(*said)
            assert await asyncio.wait_for(smtp.reader.read(), 5) == b""

    async def test_who_speaks_too_slowly_is_left_however_steadily(self, stores: Stores) -> None:
        async with opened(stores, reading=0.2) as door, greeted(door) as smtp:
            await smtp.begin()

            async def trickle() -> None:
                while not smtp.reader.at_eof():
                    smtp.writer.write(b"x\r\n")
                    await asyncio.sleep(0.02)  # its pace is what is tried

            trickling = asyncio.create_task(trickle())
            with suppress(ConnectionResetError):  # of what was still on its way
                assert await asyncio.wait_for(smtp.reader.read(), 5) == b""
            trickling.cancel()
        assert stores.asked == 0

    async def test_one_address_has_so_many_connections_and_room_again_when_one_ends(self, stores: Stores) -> None:
        async with opened(stores) as door:
            found = [await asyncio.open_connection("127.0.0.1", door.port) for _ in range(25)]
            for reader, _ in found:
                assert (await reader.readline()).startswith(b"220")
            async with client(door) as turned_away:
                assert (await turned_away.answer()).startswith("421")
                assert await turned_away.reader.read() == b""
            found.pop()[1].close()

            async def room() -> bool:
                async with client(door) as smtp:
                    return (await smtp.answer()).startswith("220")

            await until(room, "room for one more")
            for _, writer in found:
                writer.close()

    async def test_more_mail_at_once_than_memory_is_meant_for_comes_again_later(self, stores: Stores) -> None:
        async with opened(stores, relays=("127.0.0.1/32",)) as door:
            clients = [Client(*await asyncio.open_connection("127.0.0.1", door.port)) for _ in range(8)]
            for smtp in clients:
                await smtp.answer()
                await smtp.begin()
                smtp.writer.write(b"x" * 150_000)
                await smtp.writer.drain()
            await until(lambda: door.memory.held > 700_000, "all of the memory to be taken")
            for smtp in clients:
                smtp.writer.write(b"\r\n.\r\n")
            answers = [(await smtp.answer())[:3] for smtp in clients]
            assert set(answers) == {"250", "452"}
            assert len(stores.events) >= 1
            assert (await clients[0].say(*ENVELOPE)).startswith("354")
            assert (await clients[0].say(b"x" * 150_000 + b"\r\n.\r\n")).startswith("250")
            for smtp in clients:
                smtp.writer.close()

    async def test_one_stranger_takes_no_more_than_half_of_the_memory_and_others_come_in(self, stores: Stores) -> None:
        large = b"x" * 150_000 + b"\r\n.\r\n"
        stores.held_up = asyncio.Event()
        async with opened(stores) as door:
            answers: list[asyncio.Task[str]] = []
            for address in ("127.0.0.1",) * 6 + ("127.0.0.2",):
                connection = await asyncio.open_connection("127.0.0.1", door.port, local_addr=(address, 0))
                smtp = Client(*connection)
                await smtp.answer()
                await smtp.begin()
                if address == "127.0.0.2":
                    await until(lambda: sum(each.done() for each in answers) == 4, "the stranger's share to be used up")
                answers.append(asyncio.create_task(smtp.say(large)))
            await until(lambda: stores.asked == 3, "the other's mail")
            stores.held_up.set()
            said = [(await each)[:3] for each in answers]
            assert sorted(said[:6]) == ["250"] * 2 + ["452"] * 4
            assert said[6] == "250"
            assert not door.memory.held

    def test_of_the_memory_some_is_kept_for_small_mails_and_some_for_relays(self) -> None:
        memory = Memory(1000)

        def may(peer: str, more: int, *, so_far: int = 0, relay: bool = False) -> bool:
            return memory.hold(peer, more, so_far=so_far, relay=relay)

        assert may("a", 2000)
        assert not may("a", 1)
        assert may("b", 1000)
        assert not may("c", 10, so_far=15)  # a large one by now
        assert all(may(peer, 20) for peer in "c" * 25)
        assert not may("d", 20)
        assert may("relay", 500, relay=True)
        assert not may("relay", 1, relay=True)
        memory.let_go("a", 2000)
        assert may("a", 400)

    async def test_lines_that_end_in_a_dot_cost_no_more_than_others(self, stores: Stores) -> None:
        async def seconds(line: bytes) -> float:
            mail, began = line * (3_000_000 // len(line)), time.process_time()
            async with opened(stores, largest=4_000_000) as door, greeted(door) as smtp:
                await smtp.begin()
                assert (await smtp.say(mail + b".\r\n")).startswith("250")
            return time.process_time() - began

        assert await seconds(b"x.\r\n") < 5 * await seconds(b"xy\r\n") + 0.1
        assert [event.body.count(b"x.\r\n") for event in stores.events.values()] == [750_000, 0]

    async def test_nobody_tries_out_a_list_of_names(self, stores: Stores) -> None:
        async with opened(stores) as door, greeted(door) as smtp:
            await smtp.say(*HELLO, ENVELOPE[0])
            answers = [await smtp.say(b"RCPT TO:<name%d@shop.example>\r\n" % number) for number in range(21)]
            assert {answer[:3] for answer in answers[:20]} == {"550"}
            assert answers[20].startswith("421")
            assert await smtp.reader.read() == b""

    async def test_who_hangs_up_anywhere_harms_nobody(self, stores: Stores) -> None:
        whole = b"".join((*HELLO, *ENVELOPE)) + letter()
        async with opened(stores) as door:
            for length in range(0, len(whole), 37):
                async with client(door) as smtp:
                    smtp.writer.write(whole[:length])
                    await smtp.writer.drain()
            await send(door, letter())
        assert len(stores.events) == 1


class TestClosing:
    async def test_what_is_being_stored_is_answered_first_and_idle_clients_are_left(self, stores: Stores) -> None:
        stores.held_up = asyncio.Event()
        async with opened(stores) as door, greeted(door) as busy, greeted(door) as idle:
            await busy.begin()
            answer = asyncio.create_task(busy.say(letter() + b"\r\n.\r\n"))
            await until(lambda: stores.asked, "the mail")
            ending = asyncio.create_task(door.close())
            assert await asyncio.wait_for(idle.reader.read(), 5) == b""
            with pytest.raises(OSError, match=r"."):
                await asyncio.open_connection("127.0.0.1", door.port)
            stores.held_up.set()
            assert (await answer).startswith("250")
            await ending
            await door.close()

    async def test_a_port_that_is_taken_is_said(self, stores: Stores) -> None:
        async with opened(stores) as door:
            with pytest.raises(OSError, match=r"."):
                await listen(Listener("127.0.0.1", "x", port=door.port), OURS, (DESK,), stores.accept)


class TestConfig:
    @pytest.mark.parametrize(
        "broken",
        [
            {"port": -1},
            {"port": 70_000},
            {"name": ""},
            {"name": "a b"},
            {"largest": 0},
            {"relays": ("x",)},
            {"idle": 0},
        ],
    )
    def test_what_can_never_work_fails_at_the_start(self, broken: dict[str, Any]) -> None:
        make = partial(Listener, **{"host": "127.0.0.1", "name": "desk.shop.example", **broken})
        with pytest.raises(ValueError, match=r"."):
            make()
