"""Sending and listing through the real SDK."""

import json
from datetime import timedelta

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from emulators.twilio import Account
from tests.emulators.twilio.clock import Clock
from tests.emulators.twilio.conftest import SERVICE, TEMPLATE, LocalHttp

MIA = "whatsapp:+49151000111"


class TestCreate:
    async def test_a_reply_is_accepted_and_reaches_the_phone(self, account: Account, sdk: Client) -> None:
        mia = account.customer(MIA)
        await mia.write("Where is my parcel?")
        sent = await sdk.messages.create_async(from_=account.sender, to=MIA, body="On its way 🚚")
        assert (sent.status, sent.direction, sent.body) == ("queued", "outbound-api", "On its way 🚚")
        assert (sent.from_, sent.to, sent.num_media, sent.error_code) == (account.sender, MIA, "0", None)
        arrived = await mia.next_message(timeout=2)
        assert (arrived.sid, arrived.body, arrived.status) == (sent.sid, "On its way 🚚", "delivered")
        assert mia.inbox == (arrived,)

    async def test_a_template_is_filled_in(self, account: Account, sdk: Client) -> None:
        await sdk.messages.create_async(
            from_=account.sender,
            to=MIA,
            content_sid=TEMPLATE,
            content_variables=json.dumps({"1": "Mia", "parcel": "n° 7"}),
        )
        arrived = await account.customer(MIA).next_message(timeout=2)
        assert arrived.body == "Hello Mia, your parcel n° 7 is here"

    async def test_a_messaging_service_accepts_first_and_chooses_the_sender_later(
        self, account: Account, sdk: Client
    ) -> None:
        await account.customer(MIA).write("hi")
        sent = await sdk.messages.create_async(messaging_service_sid=SERVICE, to=MIA, body="hello")
        assert (sent.status, sent.from_, sent.messaging_service_sid) == ("accepted", None, SERVICE)
        assert (await account.customer(MIA).next_message(timeout=2)).sender == account.sender

    async def test_every_sid_is_its_own(self, account: Account, sdk: Client) -> None:
        sids = {(await sdk.messages.create_async(from_=account.sender, to=MIA, body="x")).sid for _ in range(20)}
        assert len(sids) == 20
        assert all(sid.startswith("SM") and len(sid) == 34 for sid in sids)

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"body": "x" * 1601}, 21617),
            ({"body": ""}, 21602),
            ({"to": "whatsapp:+49"}, 21211),
            ({"to": "whatsapp:Mia"}, 21211),
            ({"to": "+49151000111"}, 21910),
            ({"to": ""}, 21604),
            ({"to": "whatsapp:+14155238886"}, 63024),
            ({"from_": "whatsapp:+15550000000"}, 63007),
            ({"from_": ""}, 21603),
            ({"content_sid": "HX" + "9" * 32}, 21655),
            ({"content_sid": TEMPLATE, "content_variables": "{"}, 21656),
            ({"content_sid": TEMPLATE, "content_variables": json.dumps({"1": "Mia"})}, 21656),
            ({"content_sid": TEMPLATE, "content_variables": json.dumps({"1": "Mia", "parcel": ""})}, 21656),
            ({"content_sid": TEMPLATE, "content_variables": json.dumps({"1": "x" * 1601})}, 21658),
            ({"media_url": ["ftp://x"]}, 21620),
            ({"media_url": ["http://x/1", "http://x/2"]}, 21620),
            ({"status_callback": "nowhere"}, 21609),
            ({"messaging_service_sid": "MG" + "9" * 32}, 21701),
        ],
    )
    async def test_what_twilio_refuses(
        self, account: Account, sdk: Client, given: dict[str, object], code: int
    ) -> None:
        with pytest.raises(TwilioRestException) as refused:
            await sdk.messages.create_async(**{"from_": account.sender, "to": MIA, "body": "hi"} | given)
        assert (refused.value.status, refused.value.code) == (400, code)
        assert account.messages == {}

    async def test_1600_characters_are_allowed(self, account: Account, sdk: Client) -> None:
        sent = await sdk.messages.create_async(from_=account.sender, to=MIA, body="🙂" * 1600)
        assert len(sent.body) == 1600

    async def test_who_opted_out_is_left_alone(self, account: Account, sdk: Client) -> None:
        account.opt_out("+49151000111")
        with pytest.raises(TwilioRestException) as refused:
            await sdk.messages.create_async(from_=account.sender, to=MIA, body="hi")
        assert refused.value.code == 21610

    async def test_a_wrong_token_is_refused(self, account: Account) -> None:
        http = LocalHttp(account.url)
        with pytest.raises(TwilioRestException) as refused:
            await Client(account.account_sid, "wrong", http_client=http).messages.create_async(to=MIA, body="hi")
        await http.close()
        assert (refused.value.status, refused.value.code) == (401, 20003)

    async def test_another_accounts_messages_do_not_exist(self, account: Account, sdk: Client) -> None:
        with pytest.raises(TwilioRestException) as refused:
            await sdk.api.v2010.accounts("AC" + "0" * 32).messages.create_async(to=MIA, body="hi")
        assert (refused.value.status, refused.value.code) == (404, 20404)

    async def test_beyond_80_a_second_it_says_429_until_time_passes(
        self, account: Account, sdk: Client, clock: Clock
    ) -> None:
        for _ in range(80):
            await sdk.messages.create_async(from_=account.sender, to=MIA, body="x")
        with pytest.raises(TwilioRestException) as refused:
            await sdk.messages.create_async(from_=account.sender, to=MIA, body="x")
        assert (refused.value.status, refused.value.code) == (429, 20429)
        clock.passes(timedelta(seconds=1))
        await sdk.messages.create_async(from_=account.sender, to=MIA, body="x")

    async def test_limits_can_be_off(self, account: Account, sdk: Client) -> None:
        account.setup.limits = False
        for _ in range(90):
            await sdk.messages.create_async(from_=account.sender, to=MIA, body="x")
        assert len(account.calls_of("messages.create")) == 90


class TestList:
    async def test_it_pages_through_everything_newest_first(self, account: Account, sdk: Client) -> None:
        sent = [(await sdk.messages.create_async(from_=account.sender, to=MIA, body=str(n))).sid for n in range(7)]
        await account.settle()
        listed = await sdk.messages.list_async(to=MIA, page_size=3)
        assert [message.sid for message in listed] == sent[::-1]
        assert len(account.calls_of("messages.list")) == 3

    async def test_a_message_that_arrives_meanwhile_does_not_shift_the_pages(
        self, account: Account, sdk: Client
    ) -> None:
        for n in range(4):
            await sdk.messages.create_async(from_=account.sender, to=MIA, body=str(n))
        page = await sdk.messages.page_async(page_size=2)
        await sdk.messages.create_async(from_=account.sender, to=MIA, body="late")
        assert [message.body for message in page] == ["3", "2"]
        assert [message.body for message in await page.next_page_async()] == ["1", "0"]

    async def test_after_an_outage_the_desk_finds_what_it_missed(
        self, account: Account, sdk: Client, clock: Clock
    ) -> None:
        account.webhook_url = "http://127.0.0.1:9/nobody"
        mia = account.customer(MIA)
        await mia.write("before")
        clock.passes(timedelta(minutes=5))
        since = clock.now
        await mia.write("exactly then")
        clock.passes(timedelta(minutes=5))
        await mia.write("after")
        missed = await sdk.messages.list_async(to=account.sender, date_sent_after=since)
        assert [message.body for message in missed] == ["after", "exactly then"]
        assert {(message.direction, message.status) for message in missed} == {("inbound", "received")}
        earlier = await sdk.messages.list_async(from_=MIA, date_sent_before=since)
        assert [message.body for message in earlier] == ["exactly then", "before"]


class TestOneMessage:
    async def test_it_can_be_fetched_and_deleted(self, account: Account, sdk: Client) -> None:
        written = await account.customer(MIA).write("hi")
        fetched = await sdk.messages(written.sid).fetch_async()
        assert (fetched.body, fetched.date_sent) == ("hi", account.setup.clock())
        assert await sdk.messages(written.sid).delete_async()
        with pytest.raises(TwilioRestException) as refused:
            await sdk.messages(written.sid).fetch_async()
        assert (refused.value.status, refused.value.code) == (404, 20404)


class TestCalls:
    async def test_every_call_is_recorded_with_its_answer(self, account: Account, sdk: Client) -> None:
        sent = await sdk.messages.create_async(from_=account.sender, to=MIA, body="hi")
        [call] = account.calls
        assert (call.operation, call.status, call.params["Body"]) == ("messages.create", 201, "hi")
        assert call.answer is not None
        assert call.answer["sid"] == sent.sid
