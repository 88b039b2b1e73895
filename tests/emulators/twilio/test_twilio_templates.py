"""Templates, senders and the account itself through the real SDK."""

import json
from typing import Any

import aiohttp
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from emulators.server import Served
from emulators.twilio import Account
from tests.emulators.twilio.conftest import TEMPLATE
from tests.emulators.twilio.receiver import Receiver
from tests.emulators.twilio.shelf import Shelf

MIA = "whatsapp:+49151000111"


async def sent(account: Account, sdk: Client, sid: str, **variables: str) -> str:
    made = await sdk.messages.create_async(
        from_=account.sender, to=MIA, content_sid=sid, content_variables=json.dumps(variables)
    )
    await account.settle()
    return str((await sdk.messages(made.sid).fetch_async()).status)


class TestContent:
    async def test_templates_are_listed_with_whatsapps_word_on_each_page_by_page(
        self, account: Account, sdk: Client
    ) -> None:
        account.template(
            "delayed", "Sorry, {{1}}!", "de", status="rejected", why="INVALID_FORMAT", category="MARKETING"
        )
        account.template("ask", "Did it arrive?", status="unsubmitted", buttons=["Yes", ("No", "late")])
        listed = await sdk.content.v1.content_and_approvals.list_async(page_size=2)
        assert [each.friendly_name for each in listed] == [TEMPLATE, "delayed", "ask"]
        delayed, ask = listed[1], listed[2]
        assert (delayed.language, delayed.types) == ("de", {"twilio/text": {"body": "Sorry, {{1}}!"}})
        approval: Any = delayed.approval_requests
        assert (approval["status"], approval["rejection_reason"]) == ("rejected", "INVALID_FORMAT")
        assert (approval["category"], approval["name"]) == ("MARKETING", "delayed")
        actions = [{"type": "QUICK_REPLY", "title": t, "id": i} for t, i in (("Yes", "Yes"), ("No", "late"))]
        assert ask.types == {"twilio/quick-reply": {"body": "Did it arrive?", "actions": actions}}
        assert len(account.calls_of("templates.list_approvals")) == 2

    async def test_one_can_be_fetched_and_so_can_its_approval(self, account: Account, sdk: Client) -> None:
        made = account.template("welcome", "Hello {{name}}", status="pending", samples={"name": "Mia"})
        fetched = await sdk.content.v1.contents(made.sid).fetch_async()
        assert (fetched.friendly_name, fetched.variables) == ("welcome", {"name": "Mia"})
        approval = await sdk.content.v1.contents(made.sid).approval_fetch().fetch_async()
        assert approval.whatsapp["status"] == "pending"
        assert len(await sdk.content.v1.contents.list_async()) == 2
        with pytest.raises(TwilioRestException) as refused:
            await sdk.content.v1.contents("HX" + "9" * 32).fetch_async()
        assert refused.value.code == 20404

    def test_a_status_that_twilio_does_not_have_is_none(self, account: Account) -> None:
        with pytest.raises(ValueError, match="approved"):
            account.template("x", "y", status="aproved")


class TestSending:
    @pytest.mark.parametrize("status", ["pending", "rejected", "paused", "unsubmitted"])
    async def test_one_that_is_not_approved_opens_no_window_but_passes_an_open_one(
        self, account: Account, sdk: Client, status: str
    ) -> None:
        made = account.template("welcome", "Hello {{1}}", status=status)
        assert await sent(account, sdk, made.sid, **{"1": "Mia"}) == "failed"
        assert [*account.messages.values()][-1].error_code == 63016
        await account.customer(MIA).write("hi")
        assert await sent(account, sdk, made.sid, **{"1": "Mia"}) == "delivered"

    async def test_what_is_not_filled_in_shows_its_sample(self, account: Account, sdk: Client) -> None:
        made = account.template("welcome", "Hello {{1}}", samples={"1": "friend"})
        await sent(account, sdk, made.sid)
        assert account.customer(MIA).inbox[0].body == "Hello friend"

    async def test_a_button_below_it_can_be_pressed(self, account: Account, sdk: Client, receiver: Receiver) -> None:
        made = account.template("ask", "Did it arrive?", buttons=["Yes", ("No", "late")])
        await sent(account, sdk, made.sid)
        mia = account.customer(MIA)
        (message,) = mia.inbox
        assert message.buttons == (("Yes", "Yes"), ("No", "late"))
        await mia.press(message, "No")
        form = receiver.posted[-1].form
        assert (form["Body"], form["ButtonText"], form["ButtonPayload"]) == ("No", "No", "late")
        assert form["OriginalRepliedMessageSid"] == message.sid
        with pytest.raises(KeyError):
            await mia.press(message, "Maybe")

    async def test_one_with_a_picture_brings_it(self, account: Account, sdk: Client) -> None:
        async with Served(Shelf({"/7.png": (200, "image/png", b"PNG")})) as ours:
            made = account.template("label", "Your label", media=(ours.url + "/{{1}}.png",))
            assert await sent(account, sdk, made.sid, **{"1": "7"}) == "delivered"
        assert [file.data for file in account.customer(MIA).inbox[0].files] == [b"PNG"]


class TestSenders:
    async def test_they_are_listed_and_fetched_with_their_webhook(self, account: Account, sdk: Client) -> None:
        (sender,) = await sdk.messaging.v2.channels_senders.list_async(channel="whatsapp")
        assert (sender.sender_id, sender.status) == (account.sender, "ONLINE")
        webhook: Any = sender.webhook
        assert webhook["callback_url"] == account.webhook_url
        fetched = await sdk.messaging.v2.channels_senders(sender.sid).fetch_async()
        assert fetched.sender_id == account.sender

    async def test_a_new_webhook_is_where_customers_words_go(self, account: Account, receiver: Receiver) -> None:
        (sender,) = account.senders.values()
        url = f"{account.url}/v2/Channels/Senders/{sender.sid}"
        auth = aiohttp.encode_basic_auth(account.account_sid, account.auth_token)
        async with aiohttp.ClientSession(trust_env=False, headers={"Authorization": auth}) as session:
            changes = {"webhook": {"callback_url": f"{receiver.url}/new#rc=3", "callback_method": "POST"}}
            async with session.post(url, json=changes) as answer:
                assert answer.status == 202
            async with session.post(url, json={"profile": {"about": "x"}}) as answer:
                assert (answer.status, (await answer.json())["code"]) == (400, 63100)
        await account.customer(MIA).write("hi")
        assert [posted.url for posted in receiver.posted] == [f"{receiver.url}/new"]

    async def test_the_account_says_whether_it_is_active(self, account: Account, sdk: Client) -> None:
        account.setup.status = "suspended"
        fetched = await sdk.api.v2010.accounts(account.account_sid).fetch_async()
        assert (fetched.status, fetched.friendly_name) == ("suspended", "Threadline")
