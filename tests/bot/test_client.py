"""Our client of Slack: every way a call can fail is named by what to do next, and nothing is sent twice."""

import pytest

from bot.client import Slack
from bot.config import SlackConfig
from bot.refusals import CardGone, TooSlow, refusal
from core.errors import AccountRefused, ChannelError, ChannelUnavailable, MessageRefused, OutcomeUnknown
from emulators.slack import Channel, Person, Workspace

MARK = {"event_type": "test", "event_payload": {}}


async def post(slack: Slack, channel: Channel) -> str:
    return await slack.post(channel.id, "hello", [], metadata=MARK)


class TestFailures:
    async def test_a_rate_limit_names_its_seconds(self, workspace: Workspace, slack: Slack, support: Channel) -> None:
        workspace.faults.next("chat.postMessage", status=429, retry_after=7)
        with pytest.raises(ChannelUnavailable) as caught:
            await post(slack, support)
        assert caught.value.retry_after == 7

    async def test_nobody_listening_means_nothing_happened(self) -> None:
        slack = Slack(SlackConfig("xoxb-1", "secret", api_url="http://127.0.0.1:9/api/"))
        with pytest.raises(ChannelUnavailable):
            await slack.tell("C1", "U1", "hello")
        await slack.close()

    @pytest.mark.parametrize("fault", [{"reset": True}, {"drop_reply": True}, {"status": 500}])
    async def test_a_lost_answer_is_unknown_and_not_repeated(
        self, workspace: Workspace, slack: Slack, support: Channel, fault: dict[str, int]
    ) -> None:
        workspace.faults.next("chat.postMessage", **fault)
        with pytest.raises(OutcomeUnknown):
            await post(slack, support)
        assert len(workspace.calls_of("chat.postMessage")) == 1

    async def test_a_slow_answer_is_unknown(self, workspace: Workspace, config: SlackConfig, support: Channel) -> None:
        slack = Slack(SlackConfig(config.bot_token, "secret", api_url=config.api_url, timeout=1.5))
        workspace.faults.next("chat.postMessage", delay=3)
        with pytest.raises(OutcomeUnknown):
            await post(slack, support)
        await slack.close()

    async def test_reading_may_always_be_tried_again(self, workspace: Workspace, slack: Slack, mia: Person) -> None:
        workspace.faults.next("users.info", status=502)
        with pytest.raises(ChannelUnavailable):
            await slack.user(mia.id)

    async def test_a_channel_we_are_not_in_says_what_to_do(self, workspace: Workspace, slack: Slack) -> None:
        elsewhere = workspace.add_channel("elsewhere", bot=False)
        with pytest.raises(AccountRefused, match="invite"):
            await post(slack, elsewhere)

    async def test_a_message_that_is_gone_is_told_apart(self, slack: Slack, support: Channel) -> None:
        with pytest.raises(CardGone):
            await slack.update(support.id, "1.2", "hello", [])

    async def test_blocks_that_slack_does_not_take_say_which(self, slack: Slack, support: Channel) -> None:
        with pytest.raises(MessageRefused, match="unsupported type: nonsense"):
            await slack.post(support.id, "hello", [{"type": "nonsense"}], metadata=MARK)

    @pytest.mark.parametrize(
        ("error", "kind"),
        [
            ("invalid_auth", AccountRefused),
            ("is_archived", AccountRefused),
            ("missing_scope", AccountRefused),
            ("ratelimited", ChannelUnavailable),
            ("internal_error", OutcomeUnknown),
            ("expired_trigger_id", TooSlow),
            ("msg_too_long", MessageRefused),
            ("something_new", MessageRefused),
        ],
    )
    def test_every_error_has_a_meaning(self, error: str, kind: type[ChannelError]) -> None:
        assert type(refusal(200, {"ok": False, "error": error}, {})) is kind

    def test_a_missing_scope_is_named(self) -> None:
        assert "users:read.email" in refusal(200, {"error": "missing_scope", "needed": "users:read.email"}, {}).message

    @pytest.mark.parametrize("header", [None, "soon", "-1", "inf"])
    def test_a_rate_limit_without_seconds_waits_all_the_same(self, header: str | None) -> None:
        error = refusal(429, {}, {} if header is None else {"Retry-After": header})
        assert isinstance(error, ChannelUnavailable)
        assert error.retry_after == 30


class TestAnswering:
    """At the address that came with a press."""

    async def test_five_times_and_then_it_is_too_old(
        self, workspace: Workspace, slack: Slack, support: Channel, mia: Person
    ) -> None:
        url = workspace.responses.url(mia.id, support.id)
        for _ in range(5):
            await slack.respond(url, "hello")
        with pytest.raises(MessageRefused, match="too old"):
            await slack.respond(url, "hello")
        assert [each["text"] for each in mia.ephemerals()] == ["hello"] * 5

    async def test_nobody_there_means_nothing_happened(self, slack: Slack) -> None:
        with pytest.raises(ChannelUnavailable):
            await slack.respond("http://127.0.0.1:9/x", "hello")


class TestProxies:
    async def test_a_local_slack_is_reached_without_the_proxy(
        self, monkeypatch: pytest.MonkeyPatch, config: SlackConfig, support: Channel
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        slack = Slack(config)
        assert await post(slack, support)
        await slack.close()


class TestConfig:
    @pytest.mark.parametrize(("url", "base"), [(None, "https://slack.com/api/"), ("http://x:1/api", "http://x:1/api/")])
    def test_knows_where_the_web_api_is(self, url: str | None, base: str) -> None:
        assert SlackConfig("xoxb-1", "secret", api_url=url).base_url == base

    def test_refuses_what_can_never_work(self) -> None:
        with pytest.raises(ValueError, match="bot token"):
            SlackConfig("", "secret")
        with pytest.raises(ValueError, match="http"):
            SlackConfig("xoxb-1", "secret", api_url="slack.com")
        with pytest.raises(ValueError, match="timeout"):
            SlackConfig("xoxb-1", "secret", timeout=0)

    def test_secrets_do_not_show(self) -> None:
        assert "xox" not in repr(SlackConfig("xoxb-1", "a-secret", "xapp-1"))
        assert "a-secret" not in repr(SlackConfig("xoxb-1", "a-secret", "xapp-1"))
