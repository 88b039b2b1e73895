"""What a provider, or a stranger, gets for what they post."""

import asyncio

import httpx
import pytest

from core.errors import BadSignature
from tests.connectors.whatsapp.forms import BASE, INBOUND, SID, STATUS, raw, signed
from tests.fakes.channels import SIGNATURE, sign
from tests.web.conftest import Door

PATH = "/hooks/whatsapp"


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code


class TestAccepted:
    async def test_a_signed_message_is_stored_as_it_came_and_answered_with_empty_twiml(self, door: Door) -> None:
        answer = await door.post(PATH, INBOUND)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/xml")
        assert answer.text.endswith("<Response/>")
        stored = door.inbox.events["whatsapp", f"message:{SID}"]
        assert stored.url == BASE + PATH
        assert stored.body == answer.request.content
        assert stored.at.tzinfo is not None

    async def test_a_status_keeps_the_query_that_says_which_message_it_is_about(self, door: Door) -> None:
        answer = await door.post(f"{PATH}/status?m=7", STATUS)
        assert answer.status_code == 200
        assert door.inbox.events["whatsapp", f"status:{SID}:delivered"].url == f"{BASE}{PATH}/status?m=7"

    async def test_the_same_event_ten_times_at_once_is_stored_once(self, door: Door) -> None:
        answers = await asyncio.gather(*(door.post(PATH, INBOUND) for _ in range(10)))
        assert [answer.status_code for answer in answers] == [200] * 10
        assert door.inbox.keys() == [f"message:{SID}"]

    @pytest.mark.parametrize(
        "text", ["", "x" * 4000, "مرحبا، أين طلبي؟", "👩‍👩‍👧 🇩🇪" * 50, "a\0b", "<script>&amp;"], ids=ascii
    )
    async def test_any_text_is_taken(self, door: Door, text: str) -> None:
        assert (await door.post(PATH, {**INBOUND, "Body": text})).status_code == 200
        assert door.inbox.keys() == [f"message:{SID}"]

    async def test_fields_that_nobody_announced_are_taken(self, door: Door) -> None:
        assert (await door.post(PATH, {**INBOUND, "Brand New": "é", "": "nameless"})).status_code == 200

    @pytest.mark.parametrize("body", [b"", b"&&&", b"Body=%FF%FE&MessageSid=%00", b"\xff\xfe=\x80", b'{"json": 1}'])
    async def test_signed_nonsense_is_kept_for_a_person_to_see(self, door: Door, body: bytes) -> None:
        request = signed(BASE + PATH, body)
        answer = await door.http.post(PATH, content=body, headers=dict(request.headers))
        assert answer.status_code == 200
        (key,) = door.inbox.keys()
        assert key.startswith("unreadable:")

    async def test_every_channel_answers_in_its_own_way(self, door: Door) -> None:
        body = b'{"kind": "message", "id": "7"}'
        signature = sign(f"{BASE}/hooks/fake", body, "a fake secret")
        answer = await door.http.post("/hooks/fake", content=body, headers={SIGNATURE: signature})
        assert (answer.status_code, answer.content) == (200, b"")
        assert ("fake", "message:7::") in door.inbox.events


class TestRefused:
    async def test_an_unsigned_request(self, door: Door) -> None:
        request = raw(BASE + PATH, b"Body=hi", None)
        answer = await door.http.post(PATH, content=request.body, headers=dict(request.headers))
        assert_problem(answer, 403, BadSignature.__name__)
        assert door.inbox.events == {}

    async def test_a_request_signed_by_somebody_else(self, door: Door) -> None:
        assert_problem(await door.post(PATH, INBOUND, auth_token="theirs"), 403, "BadSignature")
        assert door.inbox.events == {}

    async def test_a_request_signed_for_another_address(self, door: Door) -> None:
        request = signed(f"{BASE}/elsewhere", b"Body=hi")
        answer = await door.http.post(PATH, content=b"Body=hi", headers=dict(request.headers))
        assert answer.status_code == 403

    @pytest.mark.parametrize("signature", ["", "é", "=" * 5000])
    async def test_a_signature_that_is_none(self, door: Door, signature: str) -> None:
        headers = [(b"X-Twilio-Signature", signature.encode("latin-1"))]
        assert (await door.http.post(PATH, content=b"Body=hi", headers=headers)).status_code == 403

    async def test_unsigned_bytes_that_are_no_text(self, door: Door) -> None:
        assert (await door.http.post(PATH, content=bytes(range(256)) * 16)).status_code == 403

    async def test_a_channel_that_is_not_there(self, door: Door) -> None:
        assert_problem(await door.http.post("/hooks/pigeon"), 404, "NotFound")
        assert_problem(await door.http.post("/hooks/whatsapp/a/b"), 404, "NotFound")

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    async def test_another_method(self, door: Door, method: str) -> None:
        answer = await door.http.request(method, PATH)
        assert_problem(answer, 405, "MethodNotAllowed")
        assert answer.headers["allow"] == "POST"


class TestTooLarge:
    async def test_the_largest_body_that_is_allowed_is_read(self, door: Door) -> None:
        body = b"Body=" + b"x" * (256 * 1024 - 5)
        request = signed(BASE + PATH, body)
        assert (await door.http.post(PATH, content=body, headers=dict(request.headers))).status_code == 200

    @pytest.mark.parametrize("size", [256 * 1024 + 1, 10 * 1024 * 1024])
    async def test_a_larger_body_gets_a_clear_answer(self, door: Door, size: int) -> None:
        answer = await door.http.post(PATH, content=b"x" * size)
        assert_problem(answer, 413, "RequestEntityTooLarge")
        assert (await door.http.get("/healthz")).status_code == 200

    async def test_a_declared_length_is_refused_before_the_body_arrives(self, door: Door) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(b"POST /hooks/whatsapp HTTP/1.1\r\nHost: desk\r\nContent-Length: 99999999999\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 413")
        writer.close()

    async def test_chunks_without_end_are_refused_at_the_cap(self, door: Door) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(b"POST /hooks/whatsapp HTTP/1.1\r\nHost: desk\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(5):
            writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            await writer.drain()
        assert (await reader.readline()).startswith(b"HTTP/1.1 413")
        writer.close()

    @pytest.mark.parametrize("length", [b"-1", b"abc", b"1, 2"])
    async def test_a_length_that_is_no_number_is_a_bad_request(self, door: Door, length: bytes) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(b"POST /hooks/whatsapp HTTP/1.1\r\nHost: desk\r\nContent-Length: " + length + b"\r\n\r\nxx")
        assert (await reader.readline()).split()[1] in (b"400", b"413")
        writer.close()


class TestNotStored:
    async def test_a_provider_is_asked_to_try_again_and_then_nothing_is_lost(self, door: Door) -> None:
        door.inbox.down = True
        answer = await door.post(PATH, INBOUND)
        assert_problem(answer, 503, "InboxUnavailable")
        assert int(answer.headers["retry-after"]) > 0
        door.inbox.down = False
        assert (await door.post(PATH, INBOUND)).status_code == 200
        assert door.inbox.keys() == [f"message:{SID}"]

    async def test_a_sender_that_hangs_up_half_way_stored_nothing(self, door: Door) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(b"POST /hooks/whatsapp HTTP/1.1\r\nHost: desk\r\nContent-Length: 100\r\n\r\nBody=")
        writer.close()
        await writer.wait_closed()
        assert (await door.post(PATH, INBOUND)).status_code == 200
        assert door.inbox.keys() == [f"message:{SID}"]


class TestSlack:
    async def test_slacks_own_handler_gets_the_whole_request(self, door: Door) -> None:
        headers = {"Content-Type": "application/json"}
        answer = await door.http.post("/slack/events", content=b"{}" * 200_000, headers=headers)
        assert answer.json() == {"bytes": 400_000, "type": "application/json"}

    async def test_a_body_that_slack_would_never_send_is_refused(self, door: Door) -> None:
        assert (await door.http.post("/slack/events", content=b"x" * 2_000_000)).status_code == 413
