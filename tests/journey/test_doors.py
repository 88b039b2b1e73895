"""What comes in through the two webhooks, signed or not: a clear status, nothing lost, never a 500."""

import hmac
import json
import time
from base64 import b64encode
from urllib.parse import quote_from_bytes

import aiohttp
import pytest

from emulators.slack.delivery import signed
from emulators.twilio import Written
from tests.journey.stage import Json, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAMAGED = "My mug from order 4711 arrived broken, I want a refund."
NOBODYS = {"Content-Type": "application/x-www-form-urlencoded"}


async def kept(stage: Stage, written: Written) -> list[Json]:
    """What the inbox holds of a customer's message."""
    return await stage.rows("SELECT outcome FROM inbox WHERE key = $1", f"message:{written.sid}")


@pytest.mark.parametrize("signed_wrongly", [False, True], ids=["unsigned", "wrongly-signed"])
async def test_a_message_that_twilio_did_not_sign_is_refused_and_not_kept(stage: Stage, signed_wrongly: bool) -> None:
    eve = stage.customer("Eve")

    written = await eve.write(DAMAGED, unsigned=not signed_wrongly, wrong_signature=signed_wrongly)

    assert written.status == 403
    assert await kept(stage, written) == []


async def test_an_oversized_message_is_refused_with_413(stage: Stage) -> None:
    written = await stage.customer("Olaf Oversized").write(DAMAGED, Extra="x" * 300_000)

    assert written.status == 413
    assert await kept(stage, written) == []


async def test_an_empty_body_is_refused_as_unsigned(stage: Stage) -> None:
    async with aiohttp.ClientSession() as session:
        answer = await session.post(f"{stage.url}/hooks/whatsapp", data=b"", headers=NOBODYS)
    assert answer.status == 403


@pytest.mark.parametrize(
    ("body", "name"),
    [(b"From=\xff\xfe&Body=%FF%FE", "bytes that are no UTF-8"), (b"", "nothing at all"), (b"\x00&=&&", "nonsense")],
)
async def test_a_body_that_was_not_what_twilio_signed_is_refused(stage: Stage, body: bytes, name: str) -> None:
    written = await stage.customer("Raw").write(DAMAGED, raw_body=body)

    assert written.status == 403


async def test_a_signed_form_that_is_no_utf8_is_kept_and_shown(stage: Stage) -> None:
    uwe = stage.customer("Uwe Utf")

    status = await signed_bytes(
        stage, uwe.address, b"SM" + b"8" * 32, b"My mug arrived broken, refund please: \xff\xfe"
    )

    assert status == 200
    card = await stage.card_of(uwe)
    assert "refund please: ��" in stage.thread_text(card)


async def test_fields_that_nobody_knows_are_accepted(stage: Stage) -> None:
    fay = stage.customer("Fay Fields")

    written = await fay.write(DAMAGED, BrandNew="yes", Repeated=["one", "two"])

    assert written.status == 200
    assert "arrived broken" in stage.thread_text(await stage.card_of(fay))


async def test_a_form_that_names_no_message_is_kept_as_unreadable_and_blocks_nobody(stage: Stage) -> None:
    ann = stage.customer("Ann After")

    broken = await ann.write("broken", MessageSid="", From="nobody")

    assert broken.status == 200
    assert (await ann.write(DAMAGED)).status == 200
    assert "arrived broken" in stage.thread_text(await stage.card_of(ann))
    assert await stage.rows("SELECT note FROM inbox WHERE outcome = 'unreadable'") != []


WHOLE = {
    "4,000 characters": ("My lamp from order 9001 arrived broken and I want a refund. " * 67)[:3999] + "!",
    "right to left and emoji": "مرحبا، وصلني الطلب رقم 78932 مكسوراً وأريد استرداد المبلغ 😡 👩‍👩‍👧 שלום",
    "many lines": "My mug arrived broken.\n\n  It was order 4711.\n\tI want a refund.",
    "only emoji and a question": "🥺🥺 my parcel for order 4712 has not arrived, where is it??? 🇩🇪",
}


@pytest.mark.parametrize("kind", WHOLE)
async def test_the_text_arrives_whole_in_the_thread(stage: Stage, kind: str) -> None:
    text = WHOLE[kind]
    wendy = stage.customer(f"Wendy {kind}")

    # As a field of its own: today's Twilio cuts what a customer writes at 1,600 characters, tomorrow's may not.
    assert (await wendy.write(text, Body=text)).status == 200
    card = await stage.card_of(wendy)

    assert words_in(stage.thread(card)) == text


async def test_a_nul_is_shown_as_something_unreadable_and_loses_nothing_else(stage: Stage) -> None:
    card = await stage.writes(stage.customer("Nils Nul"), "My mug from order 4711\x00 arrived broken, refund!")

    assert words_in(stage.thread(card)) == "My mug from order 4711� arrived broken, refund!"


async def test_a_message_without_any_text_is_accepted(stage: Stage) -> None:
    assert (await stage.customer("Emil Empty").write("")).status == 200
    await stage.settled()


async def test_hostile_text_is_shown_as_typed_and_mentions_or_links_nobody(stage: Stage) -> None:
    text = "My order 4712 arrived broken: <!channel> <@U123> <https://evil.example|nice> *b* _i_ ~s~ `c` &amp; refund!"
    card = await stage.writes(stage.customer("<!here> *Mallory* <@U123>"), text)

    assert words_in(stage.thread(card)) == text
    on_the_wire = json.dumps([card["blocks"], card["text"], [[m["text"], m["blocks"]] for m in stage.thread(card)]])
    for harmful in ("<!channel", "<!here", "<@U123", "<https://evil"):
        assert harmful not in on_the_wire
    assert "<!here> ∗Mallory∗ <@U123>" in stage.text(card)


async def test_slack_requests_without_a_true_and_fresh_signature_are_refused(stage: Stage) -> None:
    body, now = b'{"type":"url_verification","challenge":"c"}', time.time()
    true = signed(stage.slack.signing_secret, body, now)
    refused = {
        "unsigned": {},
        "another secret": signed("another secret", body, now),
        "another body": signed(stage.slack.signing_secret, b"{}", now),
        "six minutes old": signed(stage.slack.signing_secret, body, now - 360),
        "six minutes ahead": signed(stage.slack.signing_secret, body, now + 360),
        "no integer": {**true, "X-Slack-Request-Timestamp": "yesterday"},
        "fraction": {**true, "X-Slack-Request-Timestamp": f"{now:.2f}"},
        "no timestamp": {"X-Slack-Signature": true["X-Slack-Signature"]},
        "no ascii": {**true, "X-Slack-Signature": "v0=ü"},
    }
    async with aiohttp.ClientSession() as session:
        for name, headers in refused.items():
            answer = await session.post(
                f"{stage.url}/slack/events", data=body, headers={"Content-Type": "application/json", **headers}
            )
            assert (answer.status, name) == (401, name)
        answer = await session.post(
            f"{stage.url}/slack/events", data=body, headers={"Content-Type": "application/json", **true}
        )
        assert (answer.status, await answer.json()) == (200, {"challenge": "c"})


def words_in(thread: list[Json]) -> str:
    """The customer's words, put together again from the posts that carry them, as Slack would draw them."""
    parts = [
        block["text"]["text"]
        for message in thread
        for block in message["blocks"]
        if block["type"] == "section" and block["text"]["type"] == "plain_text"
    ]
    return "".join(parts).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


async def signed_bytes(stage: Stage, sender: str, sid: bytes, text: bytes) -> int:
    """A form as Twilio would sign it, with a text of any bytes."""
    fields = {b"Body": text, b"From": sender.encode(), b"MessageSid": sid, b"To": stage.twilio.sender.encode()}
    address = f"{stage.url}/hooks/whatsapp"
    content = b"".join(name + value for name, value in sorted(fields.items()))
    signature = b64encode(hmac.digest(stage.twilio.auth_token.encode(), address.encode() + content, "sha1")).decode()
    body = "&".join(f"{name.decode()}={quote_from_bytes(value)}" for name, value in fields.items())
    async with aiohttp.ClientSession() as session:
        answer = await session.post(address, data=body, headers={**NOBODYS, "X-Twilio-Signature": signature})
        return answer.status
