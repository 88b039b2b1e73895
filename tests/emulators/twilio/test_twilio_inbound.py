"""What a customer writes, as it reaches the desk."""

import asyncio
import socket
from typing import Any

import pytest

from emulators.twilio import Account, Overrides
from tests.emulators.twilio.receiver import DROP, Receiver

MIA = "+49 151 000 111"


class TestWrite:
    async def test_the_desk_receives_the_whole_form_signed(self, account: Account, receiver: Receiver) -> None:
        written = await account.customer(MIA, name="Mia").write("Where is my parcel?")
        [posted] = receiver.posted
        assert posted.signed_with(account.auth_token)
        assert (
            posted.form.items()
            >= {
                "MessageSid": written.sid,
                "SmsMessageSid": written.sid,
                "AccountSid": account.account_sid,
                "From": "whatsapp:+49151000111",
                "To": account.sender,
                "Body": "Where is my parcel?",
                "NumMedia": "0",
                "NumSegments": "1",
                "ProfileName": "Mia",
                "WaId": "49151000111",
                "ApiVersion": "2010-04-01",
                "ButtonPayload": "",
            }.items()
        )
        assert (written.status, written.ok, written.attempts) == (200, True, 1)
        assert written.latency > 0

    @pytest.mark.parametrize(
        "text",
        ["", "🙂👩‍👩‍👧", "مرحبا، أين طلبي؟", "a+b&c=d%20#e;f", "line\nline\r\n\ttab", "\u202ertl\u0000nul", "ÿ\ufeff"],
    )
    async def test_the_sdk_believes_whatever_is_written(self, account: Account, receiver: Receiver, text: str) -> None:
        await account.customer(MIA).write(text)
        assert receiver.posted[0].signed_with(account.auth_token)
        assert receiver.posted[0].form["Body"] == text

    async def test_unannounced_and_repeated_parameters_are_signed_too(
        self, account: Account, receiver: Receiver
    ) -> None:
        news: dict[str, Any] = {"BrandNew": "+&=", "Repeated": ["b", "a", "b"], "odd name ü": ""}
        await account.customer(MIA).write("hi", **news)
        [posted] = receiver.posted
        assert posted.signed_with(account.auth_token)
        assert [value for key, value in posted.pairs if key == "Repeated"] == ["b", "a", "b"]

    async def test_more_than_1600_characters_are_cut(self, account: Account, receiver: Receiver) -> None:
        await account.customer(MIA).write("ü" * 4000)
        assert receiver.posted[0].form["Body"] == "ü" * 1600

    async def test_media_come_as_urls_with_types(self, account: Account, receiver: Receiver) -> None:
        await account.customer(MIA).write(media=[("http://files.example/1", "image/jpeg")])
        form = receiver.posted[0].form
        assert (form["NumMedia"], form["MediaUrl0"], form["MediaContentType0"], form["Body"]) == (
            "1",
            "http://files.example/1",
            "image/jpeg",
            "",
        )

    async def test_ten_copies_at_once_carry_one_sid(self, account: Account, receiver: Receiver) -> None:
        written = await account.customer(MIA).write("hi", copies=10, concurrently=True)
        assert [posted.form["MessageSid"] for posted in receiver.posted] == [written.sid] * 10
        assert written.statuses == (200,) * 10
        assert len(account.messages) == 1

    async def test_a_message_can_be_delivered_again_later(self, account: Account, receiver: Receiver) -> None:
        first = await account.customer(MIA).write("hi")
        again = await account.customer(MIA).write("hi", sid=first.sid)
        assert first.sid == again.sid
        assert receiver.posted[0].pairs == receiver.posted[1].pairs
        assert len(account.messages) == 1

    async def test_forgeries_are_refused_by_the_sdk_and_leave_no_trace(
        self, account: Account, receiver: Receiver
    ) -> None:
        mia = account.customer(MIA)
        await mia.write("hi", unsigned=True)
        await mia.write("hi", wrong_signature=True)
        await mia.write("hi", raw_body=b"\xff\xfe=1&Body=tampered")
        assert not any(posted.signed_with(account.auth_token) for posted in receiver.posted)
        assert "x-twilio-signature" not in receiver.posted[0].headers
        assert receiver.posted[2].body == b"\xff\xfe=1&Body=tampered"
        assert account.messages == {}


class TestRetries:
    async def test_by_default_a_5xx_is_final(self, account: Account, receiver: Receiver) -> None:
        receiver.answers.extend([500])
        written = await account.customer(MIA).write("hi")
        assert (written.status, written.ok, written.attempts) == (500, False, 1)

    async def test_a_url_may_ask_for_retries_of_5xx_which_share_sid_and_idempotency_token(
        self, account: Account, receiver: Receiver
    ) -> None:
        account.webhook_url = f"{receiver.url}/whatsapp#rc=3&rp=ct,rt,5xx"
        receiver.answers.extend([503, DROP, 200])
        written = await account.customer(MIA).write("hi")
        assert [attempt.failure for attempt in written.deliveries[0].attempts] == ["5xx", "rt", None]
        assert written.ok
        assert len({posted.form["MessageSid"] for posted in receiver.posted}) == 1
        assert len({posted.headers["i-twilio-idempotency-token"] for posted in receiver.posted}) == 1
        assert all(posted.signed_with(account.auth_token) for posted in receiver.posted)

    async def test_retries_end_with_the_count(self, account: Account, receiver: Receiver) -> None:
        account.webhook_url = f"{receiver.url}/whatsapp#rc=2&rp=5xx"
        receiver.answers.extend([500] * 9)
        assert (await account.customer(MIA).write("hi")).attempts == 3

    async def test_a_4xx_is_not_retried_as_a_5xx(self, account: Account, receiver: Receiver) -> None:
        account.webhook_url = f"{receiver.url}/whatsapp#rc=2&rp=5xx"
        receiver.answers.extend([403])
        assert (await account.customer(MIA).write("hi")).attempts == 1

    async def test_a_desk_that_is_down_is_tried_twice_by_default(self, account: Account) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
            account.webhook_url = f"http://127.0.0.1:{taken.getsockname()[1]}/whatsapp"
            written = await account.customer(MIA).write("hi")
        assert [attempt.failure for attempt in written.deliveries[0].attempts] == ["ct", "ct"]
        assert written.status is None

    async def test_a_silent_desk_is_given_up_after_the_read_timeout(self, account: Account, receiver: Receiver) -> None:
        account.webhook_url = f"{receiver.url}/whatsapp#rt=100&rc=1&rp=rt"
        receiver.hold.clear()
        written = await account.customer(MIA).write("hi")
        receiver.hold.set()
        assert [attempt.failure for attempt in written.deliveries[0].attempts] == ["rt", "rt"]

    async def test_the_total_time_ends_all_attempts(self, account: Account, receiver: Receiver) -> None:
        account.webhook_url = f"{receiver.url}/whatsapp#tt=150&rc=5&rp=all"
        receiver.hold.clear()
        written = await account.customer(MIA).write("hi")
        receiver.hold.set()
        assert written.attempts == 1
        assert written.latency < 1


class TestOverrides:
    def test_without_a_fragment_twilios_defaults_hold(self) -> None:
        assert Overrides.of("http://desk.example/w") == Overrides(5.0, 15.0, 15.0, 1, frozenset({"ct"}))

    def test_values_are_brought_into_range_and_nonsense_is_ignored(self) -> None:
        read = Overrides.of("http://desk.example/w#ct=1&rt=99999&tt=x&rc=9&rp=all")
        assert (read.connect, read.read, read.total, read.retries) == (0.1, 15.0, 15.0, 5)
        assert read.policy == {"ct", "rt", "4xx", "5xx"}


class TestTrouble:
    async def test_a_duplicate_is_the_same_message_twice(self, account: Account, receiver: Receiver) -> None:
        account.delivery_faults.next("duplicate")
        written = await account.customer(MIA).write("hi")
        assert [posted.form["MessageSid"] for posted in receiver.posted] == [written.sid] * 2
        assert written.status == 200

    @pytest.mark.parametrize(("fragment", "statuses"), [("", [None]), ("#rc=1&rp=rt", [None, 200])])
    async def test_a_lost_answer_is_repeated_if_the_fragment_says_so(
        self, account: Account, receiver: Receiver, fragment: str, statuses: list[int | None]
    ) -> None:
        account.webhook_url = f"{receiver.url}/whatsapp{fragment}"
        account.delivery_faults.next("answer_lost")
        written = await account.customer(MIA).write("hi")
        assert [attempt.status for attempt in written.deliveries[0].attempts] == statuses
        assert len(receiver.posted) == len(statuses)

    async def test_what_waits_is_overtaken(self, account: Account, receiver: Receiver) -> None:
        account.delivery_faults.next("delayed", longest=1.0)
        await asyncio.gather(account.customer(MIA).write("first"), account.customer(MIA).write("second"))
        assert [posted.form["Body"] for posted in receiver.posted] == ["second", "first"]

    async def test_fields_that_nobody_announced_are_signed_like_the_others(
        self, account: Account, receiver: Receiver
    ) -> None:
        account.delivery_faults.next("unknown_fields")
        await account.customer(MIA).write("hi")
        [posted] = receiver.posted
        assert posted.signed_with(account.auth_token)
        assert posted.form["UnannouncedWords"] == "<neu> & größer 🙂"

    async def test_what_twilio_did_not_sign_is_left_alone(self, account: Account, receiver: Receiver) -> None:
        account.delivery_faults.at_random(1, 1.0)
        await account.customer(MIA).write("hi", wrong_signature=True)
        await account.customer(MIA).write("hi", raw_body=b"\xff")
        assert len(receiver.posted) == 2
        assert account.delivery_faults.happened == {}
