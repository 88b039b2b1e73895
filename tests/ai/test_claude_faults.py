"""Every way in which asking Claude goes wrong: what is raised, what the books say, and that it is asked only once."""

import asyncio
import re
from dataclasses import replace
from typing import Any

import pytest

from ai.claude.brain import ClaudeBrain
from ai.claude.config import Prices
from core.errors import AccountRefused, ChannelUnavailable, DeskError, MessageRefused
from emulators.anthropic import Organization
from emulators.waiting import until
from tests.ai.bursts import a_burst
from tests.ai.conftest import PRICES, Books, a_config
from tests.ai.test_claude_wire import an_answer, an_issue
from tests.ai.thinking import Thinking
from tests.playbooks import VOCABULARY
from ticketing.triage.check import SuggestionUnreadable
from ticketing.triage.model_call import ModelCall, Outcome, Usage
from ticketing.triage.suggestion import Burst, BurstMessage, Suggestion

WORDS = "My mug arrived broken, order #78932. I'd like a refund."


async def understand(brain: ClaudeBrain, burst: Burst | None = None) -> Suggestion:
    return await brain.triage(burst or a_burst(WORDS), VOCABULARY)


class TestFaults:
    async def _fails(self, brain: ClaudeBrain, expected: type[DeskError], books: Books) -> tuple[Any, ModelCall]:
        with pytest.raises(expected) as failed:
            await understand(brain)
        (call,) = books.calls
        return failed.value, call

    async def test_a_rate_limit_says_when_to_come_again(
        self, organization: Organization, claude: ClaudeBrain, books: Books
    ) -> None:
        organization.faults.next("rate_limited", retry_after=7.5)
        error, call = await self._fails(claude, ChannelUnavailable, books)
        assert error.retry_after == 7.5
        assert (call.outcome, call.usage, call.cost) == (Outcome.RATE_LIMITED, Usage(), 0)
        assert call.request_id == organization.calls[0].request_id

    @pytest.mark.parametrize(
        ("fault", "outcome"),
        [
            ("overloaded", Outcome.OVERLOADED),
            ("server_error", Outcome.SERVER_ERROR),
            ("bad_gateway", Outcome.SERVER_ERROR),
            ("reset", Outcome.UNREACHABLE),
            ("stream_error", Outcome.OVERLOADED),
            ("stream_cut", Outcome.UNFINISHED),
        ],
    )
    async def test_trouble_at_the_provider_is_tried_again_later_and_not_at_once(
        self, organization: Organization, claude: ClaudeBrain, books: Books, fault: str, outcome: Outcome
    ) -> None:
        organization.faults.next(fault)
        error, call = await self._fails(claude, ChannelUnavailable, books)
        assert (error.retry_after, call.outcome, len(organization.calls)) == (None, outcome, 1)

    @pytest.mark.parametrize("fault", ["stall", "stream_stall"])
    async def test_no_answer_and_one_that_stops_are_not_waited_for(
        self, organization: Organization, books: Books, fault: str
    ) -> None:
        brain = ClaudeBrain(a_config(organization, timeout=1.5), books)
        organization.faults.next(fault)
        _, call = await self._fails(brain, ChannelUnavailable, books)
        assert call.outcome is Outcome.TIMEOUT
        await brain.close()

    async def test_nobody_listening_is_tried_again_later(self, organization: Organization, books: Books) -> None:
        brain = ClaudeBrain(replace(a_config(organization), base_url="http://127.0.0.1:9"), books)
        _, call = await self._fails(brain, ChannelUnavailable, books)
        assert call.outcome is Outcome.UNREACHABLE
        await brain.close()

    @pytest.mark.parametrize(
        ("fault", "outcome"),
        [
            ("refusal", Outcome.REFUSAL),
            ("truncated", Outcome.TRUNCATED),
            ("invalid_json", Outcome.NOT_JSON),
            ("wrong_shape", Outcome.WRONG_SHAPE),
        ],
    )
    async def test_a_useless_answer_goes_to_a_person_and_costs_what_it_costs(
        self, organization: Organization, claude: ClaudeBrain, books: Books, fault: str, outcome: Outcome
    ) -> None:
        organization.faults.next(fault)
        _, call = await self._fails(claude, SuggestionUnreadable, books)
        assert call.outcome is outcome
        assert call.cost > 0

    async def test_an_answer_longer_than_allowed_goes_to_a_person(
        self, organization: Organization, books: Books
    ) -> None:
        brain = ClaudeBrain(a_config(organization, max_tokens=20), books)
        _, call = await self._fails(brain, SuggestionUnreadable, books)
        assert call.outcome is Outcome.TRUNCATED
        await brain.close()

    async def test_a_refused_key_is_for_an_admin(self, organization: Organization, books: Books) -> None:
        organization.api_key = "another"
        config = a_config(organization)
        brain = ClaudeBrain(replace(config, api_key="mine"), books)
        error, call = await self._fails(brain, AccountRefused, books)
        assert "ANTHROPIC_API_KEY" in error.message
        assert call.outcome is Outcome.ACCOUNT_REFUSED
        await brain.close()

    async def test_a_model_that_does_not_exist_is_for_an_admin(
        self, organization: Organization, claude: ClaudeBrain, books: Books
    ) -> None:
        organization.models.clear()
        _, call = await self._fails(claude, AccountRefused, books)
        assert call.outcome is Outcome.ACCOUNT_REFUSED

    async def test_a_question_too_large_will_never_pass(
        self, organization: Organization, claude: ClaudeBrain, books: Books
    ) -> None:
        organization.faults.next("too_large")
        error, call = await self._fails(claude, MessageRefused, books)
        assert (error.vendor_code, call.outcome) == ("request_too_large", Outcome.REQUEST_REFUSED)

    async def test_a_call_that_is_given_up_is_in_the_books(
        self, organization: Organization, claude: ClaudeBrain, books: Books
    ) -> None:
        organization.faults.next("stream_stall")
        asking = asyncio.create_task(understand(claude))
        await until(lambda: organization.calls, "the question")
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert [call.outcome for call in books.calls] == [Outcome.CANCELLED]

    async def test_after_trouble_the_next_question_is_answered(
        self, organization: Organization, claude: ClaudeBrain, books: Books
    ) -> None:
        for fault in ("stream_cut", "reset"):
            organization.faults.next(fault)
            with pytest.raises(ChannelUnavailable):
                await understand(claude)
        assert (await understand(claude)).issues[0].category == "damaged"
        assert [call.outcome for call in books.calls] == [Outcome.UNFINISHED, Outcome.UNREACHABLE, Outcome.OK]


class TestAsking:
    async def test_a_message_without_words_is_not_asked_about(
        self, organization: Organization, claude: ClaudeBrain, books: Books
    ) -> None:
        found = await understand(claude, a_burst(" \n", "\x00"))
        assert (found.ticket_worthy, found.confidence) == (False, 0.0)
        assert (organization.calls, books.calls) == ([], [])

    async def test_no_id_and_no_secret_leaves_the_house(
        self, organization: Organization, claude: ClaudeBrain, thinking: Thinking
    ) -> None:
        await understand(claude, a_burst("my card 4111 1111 1111 1111 was charged twice, password: hunter2"))
        sent = str(organization.calls[0].body)
        assert "4111" not in sent
        assert "hunter2" not in sent
        assert re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", sent) is None

    async def test_what_is_constant_is_cached_and_costs_less_the_second_time(
        self, claude: ClaudeBrain, books: Books
    ) -> None:
        await understand(claude)
        await understand(claude)
        first, second = books.calls
        assert first.usage.cache_write == second.usage.cache_read > 1000
        assert second.cost < first.cost

    async def test_the_books_know_what_it_was_for(self, claude: ClaudeBrain, books: Books) -> None:
        message = BurstMessage(a_burst("x").messages[0].id, WORDS, a_burst("x").messages[0].received_at)
        burst = Burst((message,), conversation_id=message.id, triage_id=message.id)
        await understand(claude, burst)
        (call,) = books.calls
        assert (call.conversation_id, call.triage_id, call.purpose) == (message.id, message.id, "triage")
        assert (call.brain, call.model, call.outcome) == ("claude", "claude-haiku-5-5", Outcome.OK)
        assert call.cost == PRICES.of(call.usage) > 0

    async def test_books_that_cannot_be_written_keep_no_customer_waiting(self, organization: Organization) -> None:
        class Closed:
            async def add(self, call: ModelCall) -> None:
                raise ConnectionError("the database is away")

        brain = ClaudeBrain(a_config(organization), Closed())
        assert (await understand(brain)).ticket_worthy
        await brain.close()

    async def test_a_proxy_of_the_environment_is_not_asked_for_an_address_of_this_machine(
        self, organization: Organization, claude: ClaudeBrain, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        assert (await understand(claude)).ticket_worthy

    async def test_other_addresses_are_reached_through_the_proxy(
        self, organization: Organization, books: Books, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", organization.url)
        config = a_config(organization)
        brain = ClaudeBrain(replace(config, base_url="http://anthropic.example"), books)
        assert (await understand(brain)).ticket_worthy
        await brain.close()

    async def test_credentials_of_the_environment_are_not_used(
        self, organization: Organization, claude: ClaudeBrain, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "another")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
        assert (await understand(claude)).ticket_worthy

    async def test_what_is_thought_aloud_is_not_the_answer(
        self, organization: Organization, claude: ClaudeBrain
    ) -> None:
        organization.says(an_answer(an_issue()), thinking='{"ticket_worthy": false}')
        assert (await understand(claude)).ticket_worthy


class TestPrices:
    def test_a_dollar_for_a_million_tokens_is_a_micro_dollar_for_one_rounded_up(self) -> None:
        prices = Prices(input=0.1, output=0.5, cache_write=0.125, cache_read=0.01)
        assert prices.of(Usage(input=1_000_000)) == 100_000
        assert prices.of(Usage(input=30)) == 3
        assert prices.of(Usage(input=300, output=120, cache_write=1, cache_read=1900)) == 110
        assert prices.of(Usage()) == 0
