"""Templates, the account and its senders, as Twilio's real SDK reads them from an emulated account."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Check, Setup
from connectors.whatsapp import WhatsAppConfig, WhatsAppConnector
from connectors.whatsapp.templates import template_of
from core.errors import AccountRefused, ChannelError, ChannelUnavailable
from emulators.twilio import Account
from tests.connectors.whatsapp.forms import BASE

HOOK = f"{BASE}/hooks/whatsapp#rc=3&rp=ct,rt,5xx"
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["body", "status", "x"]), inner),
    max_leaves=6,
)


class TestTemplates:
    async def test_they_come_with_words_variables_and_whatsapps_word(
        self, account: Account, connector: WhatsAppConnector
    ) -> None:
        for n in range(3):
            account.template(f"filler {n}", "x")
        account.template("delayed", "Sorry {{name}}, {{2}} is late, {{name}}.", "de", category="MARKETING")
        account.template("label", "Label {{1}}", media=("https://x.example/{{file}}.png",), status="pending")
        refused = account.template("bad", "No", status="rejected", why="INVALID_FORMAT")
        *_, delayed, label, bad = await connector.templates()
        assert (delayed.name, delayed.language, delayed.status) == ("delayed", "de", "approved")
        assert (delayed.body, delayed.variables) == ("Sorry {{name}}, {{2}} is late, {{name}}.", ("name", "2"))
        assert (delayed.category, delayed.why) == ("marketing", None)
        assert (label.status, label.variables) == ("pending", ("1", "file"))
        assert (bad.id, bad.status, bad.why) == (refused.sid, "rejected", "INVALID_FORMAT")

    @pytest.mark.parametrize(
        ("theirs", "ours"),
        [("received", "pending"), ("paused", "paused"), ("disabled", "paused"), ("unsubmitted", "unsubmitted")],
    )
    async def test_each_status_has_our_name(
        self, account: Account, connector: WhatsAppConnector, theirs: str, ours: str
    ) -> None:
        account.template("x", "y", status=theirs)
        assert [each.status for each in await connector.templates()] == [ours]

    @given(types=ANY_JSON, approval=ANY_JSON, name=ANY_JSON)
    def test_whatever_shape_it_has_it_becomes_a_value(self, types: Any, approval: Any, name: Any) -> None:
        shown = SimpleNamespace(
            sid="HX1", friendly_name=name, language=name, types={"twilio/text": types}, approval_requests=approval
        )
        made = template_of(shown)
        assert made is not None
        assert made.status
        assert template_of(SimpleNamespace(sid=None)) is None

    @pytest.mark.parametrize(
        ("fault", "failure"),
        [
            ({"status": 401}, AccountRefused),
            ({"status": 404}, AccountRefused),
            ({"status": 429, "retry_after": 3}, ChannelUnavailable),
            ({"status": 400, "code": 20001}, ChannelUnavailable),
            ({"html": True}, ChannelUnavailable),
            ({"truncated": True}, ChannelUnavailable),
        ],
    )
    async def test_a_failure_is_named_and_the_next_try_is_free_of_it(
        self, account: Account, connector: WhatsAppConnector, fault: dict[str, Any], failure: type[ChannelError]
    ) -> None:
        account.faults.next("templates.list_approvals", **fault)
        with pytest.raises(failure) as caught:
            await connector.templates()
        assert type(caught.value) is failure
        assert await connector.templates() == []


def said(checks: object) -> list[tuple[str, bool]]:
    assert isinstance(checks, list)
    assert all(isinstance(each, Check) and (each.ok or each.todo) for each in checks)
    return [(each.what, each.ok) for each in checks]


class TestSetup:
    async def test_the_webhook_of_each_sender_is_set_once(self, account: Account, connector: WhatsAppConnector) -> None:
        assert isinstance(connector, Setup)
        number = account.sender.removeprefix("whatsapp:")
        for _ in range(2):
            assert said(await connector.set_up()) == [
                ("The Twilio account Threadline is open to us.", True),
                (f"Twilio posts what is written to {number} to {HOOK}", True),
            ]
        (sender,) = await connector.senders()
        assert (sender.number, sender.status, sender.webhook_url) == (number, "ONLINE", HOOK)
        (update,) = account.calls_of("senders.update")
        assert update.params == {"webhook": {"callback_url": HOOK, "callback_method": "POST"}}

    async def test_looking_changes_nothing_and_says_what_is_missing(
        self, account: Account, connector: WhatsAppConnector
    ) -> None:
        account.webhook_url = "https://elsewhere.example/hook"
        (sender,) = account.senders.values()
        sender.status, sender.offline_reasons = "OFFLINE", ("display name declined",)
        _, offline, elsewhere = said(await connector.check())
        assert offline == (f"{sender.number} is offline (display name declined).", False)
        assert elsewhere[0].startswith(f"Twilio posts what is written to {sender.number} to https://elsewhere.example/")
        assert account.calls_of("senders.update") == []

    async def test_a_webhook_with_other_retries_is_ours(self, account: Account, connector: WhatsAppConnector) -> None:
        account.webhook_url = f"{BASE}/hooks/whatsapp#rc=5"
        assert [ok for _, ok in said(await connector.check())] == [True, True]

    async def test_an_account_that_is_suspended_or_without_senders_says_so(
        self, account: Account, connector: WhatsAppConnector
    ) -> None:
        account.senders.clear()
        assert said(await connector.check())[1] == ("The account has no WhatsApp sender.", False)
        account.setup.status = "suspended"
        assert said(await connector.check()) == [("The Twilio account Threadline is suspended.", False)]

    async def test_wrong_credentials_are_said_before_anything_else(self, config: WhatsAppConfig) -> None:
        wrong = WhatsAppConnector(WhatsAppConfig(config.account_sid, "wrong", BASE, api_url=config.api_url))
        (check,) = await wrong.check()
        assert (check.ok, "TWILIO_AUTH_TOKEN" in check.todo) == (False, True)
        assert [each.ok for each in await wrong.set_up()] == [False]
        await wrong.close()

    async def test_the_accounts_state_holds_no_secret(self, account: Account, connector: WhatsAppConnector) -> None:
        assert account.auth_token not in repr(await connector.account_state())
