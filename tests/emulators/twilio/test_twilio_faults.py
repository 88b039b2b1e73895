"""What goes wrong by script, as the real SDK sees it."""

import asyncio
import contextlib

import aiohttp
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from emulators.twilio import Account
from emulators.twilio.faults import MENU
from emulators.waiting import until

MIA = "whatsapp:+49151000111"


async def send(account: Account, sdk: Client) -> str:
    return str((await sdk.messages.create_async(from_=account.sender, to=MIA, body="hi")).sid)


class TestFaults:
    async def test_a_fault_is_used_up_by_one_call_of_its_operation(self, account: Account, sdk: Client) -> None:
        account.faults.next("messages.create", status=429, retry_after=1)
        assert await sdk.messages.list_async() == []
        with pytest.raises(TwilioRestException) as refused:
            await send(account, sdk)
        assert (refused.value.status, refused.value.code) == (429, 20429)
        await send(account, sdk)
        assert len(account.messages) == 1

    async def test_429_says_when_to_come_back(self, account: Account) -> None:
        account.faults.next("messages.list", status=429, retry_after=7)
        url = f"{account.url}/2010-04-01/Accounts/{account.account_sid}/Messages.json"
        async with aiohttp.ClientSession(trust_env=False) as session, session.get(url) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
            assert set(await answer.json()) == {"code", "message", "more_info", "status"}

    async def test_a_proxys_html_page(self, account: Account, sdk: Client) -> None:
        account.faults.next("messages.create", html=True)
        with pytest.raises(TwilioRestException) as refused:
            await send(account, sdk)
        assert (refused.value.status, refused.value.code) == (502, 502)
        assert account.messages == {}

    async def test_any_refusal_by_code(self, account: Account, sdk: Client) -> None:
        account.faults.next("messages.create", status=400, code=63018, message="Rate limit exceeded for Channel")
        with pytest.raises(TwilioRestException) as refused:
            await send(account, sdk)
        assert (refused.value.status, refused.value.code) == (400, 63018)

    async def test_a_dropped_reply_leaves_a_sent_message_behind(self, account: Account, sdk: Client) -> None:
        account.faults.next("messages.create", drop_reply=True)
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await send(account, sdk)
        assert len(account.messages) == 1
        assert account.calls[0].status is None

    async def test_a_reset_connection_leaves_nothing_behind(self, account: Account, sdk: Client) -> None:
        account.faults.next("messages.create", reset=True)
        with pytest.raises((aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)):
            await send(account, sdk)
        assert account.messages == {}

    async def test_a_slow_answer_comes_after_the_message_was_taken(self, account: Account, sdk: Client) -> None:
        account.faults.next("messages.create", delay=0.3)
        call = asyncio.create_task(send(account, sdk))
        await until(lambda: account.faults.happened, "the call")
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert len(account.messages) == 1

    async def test_several_calls_in_a_row(self, account: Account, sdk: Client) -> None:
        account.faults.next("messages.create", status=500, times=2)
        for _ in range(2):
            with pytest.raises(TwilioRestException):
                await send(account, sdk)
        await send(account, sdk)


class TestMenu:
    @pytest.mark.parametrize("kind", MENU)
    async def test_a_call_that_meets_it_says_what_was_shown_and_what_was_done(
        self, account: Account, sdk: Client, kind: str
    ) -> None:
        account.faults.add("messages.create", kind)
        if kind == "slow":
            await send(account, sdk)
        else:
            with pytest.raises((TwilioRestException, aiohttp.ClientError, ConnectionResetError, ValueError)):
                await send(account, sdk)
        (call,) = account.calls
        assert call.as_json()["fault"] == kind
        assert call.carried_out == (not MENU[kind].refuses)
        assert len(account.messages) == call.carried_out
        assert account.faults.happened == {kind: 1}

    async def test_by_chance_the_same_seed_is_the_same_trouble(self, account: Account, sdk: Client) -> None:
        async def story() -> list[str | None]:
            account.calls.clear()
            account.faults.at_random(7, 0.5, only=["internal_error", "too_many_requests"])
            for _ in range(20):
                with contextlib.suppress(TwilioRestException):
                    await send(account, sdk)
            account.faults.calm()
            return [None if call.fault is None else call.fault.kind for call in account.calls]

        first, second = await story(), await story()

        assert first == second
        assert set(first) == {None, "internal_error", "too_many_requests"}
        assert len(account.messages) == (first + second).count(None)
