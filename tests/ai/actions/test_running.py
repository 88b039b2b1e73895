"""Calling an action: whatever it does, an outcome comes of it, in words and without secrets."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, Field
from structlog.testing import capture_logs

from ai.actions.running import run_action
from tests.ai.actions.acting import a_context
from threadline import (
    Action,
    Context,
    NotFound,
    Outcome,
    OutcomeKind,
    OutcomeUnknown,
    Refused,
    Unavailable,
    action,
)

Reason = Literal["damaged", "wrong_item"]


@dataclass(frozen=True)
class Refund:
    amount: Decimal
    key: str


@action(writes=True, may=("ai", "agent"), idempotent=True)
async def refund(
    context: Context, order: str, amount: Annotated[Decimal, Field(gt=0)], reason: Reason = "damaged"
) -> Refund:
    """Pay an order back."""
    assert isinstance(amount, Decimal)
    assert reason in ("damaged", "wrong_item")
    return Refund(amount, f"{context.idempotency_key}/{order}")


def failing(error: Callable[[], Exception], *, writes: bool = False, once: bool = True) -> Action:
    """An action that raises this. `once`: it is idempotent."""

    async def fail(context: Context) -> None:
        """Fail."""
        raise error()

    said: dict[str, Any] = {"writes": True, "may": ("agent",), "idempotent": once} if writes else {}
    return action(**said)(fail)


async def kind(tried: Action, **arguments: Any) -> OutcomeKind:
    return (await run_action(tried, arguments, a_context())).kind


class TestRunAction:
    async def test_gives_the_result_as_it_is_stored(self) -> None:
        outcome = await run_action(refund, {"order": "78932", "amount": "89.10"}, a_context())
        assert outcome.kind is OutcomeKind.DONE
        assert outcome.value == {"amount": "89.10", "key": "key-1/78932"}

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ({"order": "1"}, "amount is missing."),
            ({"order": "1", "amount": -5}, "amount has to be more than 0."),
            ({"order": 1, "amount": 5}, "order has to be a text."),
            ({"order": "1", "amount": 5, "reason": "late"}, "reason has to be one of damaged, wrong_item."),
            ({"order": "1", "amount": 5, "to": "me"}, "refund takes no to. It takes: order, amount, reason."),
            ({"order": "1" * 70_000, "amount": 5}, "longer than 64 KB"),
            ({"order": "1", "amount": "NaN"}, "amount has to be a number that is not infinite."),
        ],
    )
    async def test_arguments_that_it_does_not_take_are_told_and_it_is_not_called(
        self, arguments: dict[str, Any], words: str
    ) -> None:
        outcome = await run_action(refund, arguments, a_context())
        assert outcome.kind is OutcomeKind.INVALID
        assert words in outcome.words

    async def test_it_is_for_those_whom_it_names_alone(self) -> None:
        outcome = await run_action(refund, {"order": "1", "amount": 5}, a_context(kind="automation"))
        assert outcome == Outcome(
            OutcomeKind.REFUSED, words="The action refund is not for an automation.", took_ms=outcome.took_ms
        )

    @pytest.mark.parametrize(
        ("error", "read", "write_once", "write"),
        [
            (lambda: NotFound("No such order."), "not_found", "not_found", "not_found"),
            (lambda: Refused("Too late."), "refused", "refused", "refused"),
            (lambda: Unavailable("Busy."), "unavailable", "unavailable", "unavailable"),
            (lambda: OutcomeUnknown("Cut off."), "unavailable", "unavailable", "unknown"),
            (lambda: TimeoutError(), "unavailable", "unavailable", "unknown"),
            (lambda: KeyError("refundable"), "failed", "unavailable", "unknown"),
            (lambda: ExceptionGroup("several", [ValueError("x")]), "failed", "unavailable", "unknown"),
        ],
        ids=["not found", "refused", "unavailable", "unknown", "timeout", "a mistake", "several"],
    )
    async def test_a_failure_is_named_by_what_happens_next(
        self, error: Callable[[], Exception], read: str, write_once: str, write: str
    ) -> None:
        assert await kind(failing(error)) == read
        assert await kind(failing(error, writes=True)) == write_once
        assert await kind(failing(error, writes=True, once=False)) == write

    @pytest.mark.parametrize(
        ("error", "perhaps"),
        [(Unavailable("Busy."), False), (Refused("No."), False), (OutcomeUnknown("Cut."), True), (KeyError("x"), True)],
    )
    async def test_of_a_write_it_is_said_whether_this_try_may_have_done_it(
        self, error: Exception, perhaps: bool
    ) -> None:
        for once in (True, False):
            outcome = await run_action(failing(lambda: error, writes=True, once=once), {}, a_context())
            assert outcome.perhaps_done is perhaps
        assert not (await run_action(failing(lambda: error), {}, a_context())).perhaps_done

    async def test_the_time_that_the_other_side_names_is_kept(self) -> None:
        outcome = await run_action(failing(lambda: Unavailable("Busy.", retry_after=7)), {}, a_context())
        assert (outcome.words, outcome.retry_after) == ("Busy.", 7)

    @pytest.mark.parametrize(("once", "expected"), [(True, "unavailable"), (False, "unknown")])
    async def test_one_that_takes_too_long_is_not_waited_for(self, *, once: bool, expected: str) -> None:
        ended = asyncio.Event()

        @action(writes=True, may=("agent",), idempotent=once, timeout=0.02)
        async def endless(context: Context) -> None:
            """Wait for ever."""
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        outcome = await run_action(endless, {}, a_context())
        assert outcome.kind == expected
        assert "within 0.02 seconds" in outcome.words
        assert outcome.took_ms >= 20
        assert ended.is_set()

    async def test_being_cancelled_is_passed_on(self) -> None:
        started = asyncio.Event()

        @action
        async def endless(context: Context) -> None:
            """Wait for ever."""
            started.set()
            await asyncio.Event().wait()

        task = asyncio.create_task(run_action(endless, {}, a_context()))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def test_a_result_that_it_did_not_declare_is_not_kept(self) -> None:
        async def lie(context: Context) -> Refund:
            """Say something else."""
            return {"amount": "many"}  # type: ignore[return-value]

        assert await kind(action(lie)) == "failed"
        assert await kind(action(writes=True, may="agent", idempotent=True)(lie)) == "unknown"

    async def test_a_result_that_no_json_can_hold_is_an_outcome_too(self) -> None:
        async def half(context: Context) -> str:
            """Cut an emoji in two."""
            return "Mug \ud83d"

        assert await kind(action(half)) == "failed"
        assert await kind(action(writes=True, may="agent", idempotent=True)(half)) == "unknown"

    async def test_a_result_without_end_is_not_kept(self) -> None:
        @action
        async def flood(context: Context) -> list[str]:
            """Say much."""
            return ["x" * 1000] * 300

        outcome = await run_action(flood, {}, a_context())
        assert (outcome.kind, outcome.value) == ("failed", None)

    async def test_a_validator_that_breaks_is_no_error_of_ours(self) -> None:
        def strange(value: str) -> str:
            raise KeyError(value)

        @action
        async def look(context: Context, order: Annotated[str, AfterValidator(strange)]) -> str:
            """Look."""
            return order

        assert await kind(look, order="1") == "invalid"

    async def test_words_hold_no_secrets_and_are_cut(self) -> None:
        said = "Login with key-of-the-shop failed, card 4111 1111 1111 1111\n" + "x" * 900
        settings = {"shop_token": "key-of-the-shop"}
        outcome = await run_action(failing(lambda: Refused(said)), {}, a_context(settings=settings))
        assert "key-of-the-shop" not in outcome.words
        assert "4111" not in outcome.words
        assert "\n" not in outcome.words
        assert len(outcome.words) == 500

    @pytest.mark.parametrize(
        "written",
        [
            "key of/the+shöp",
            "key%20of%2Fthe%2Bsh%C3%B6p",
            "key%20of/the%2Bsh%C3%B6p",
            "key+of%2Fthe%2Bsh%C3%B6p",
            "a2V5IG9mL3RoZStzaMO2cA==",
            "a2V5IG9mL3RoZStzaMO2cA",
        ],
    )
    async def test_a_secret_is_masked_however_it_is_written(self, written: str) -> None:
        settings = {"shop_token": "key of/the+shöp"}
        outcome = await run_action(failing(lambda: Refused(f"No: {written}!")), {}, a_context(settings=settings))
        assert written not in outcome.words
        assert outcome.words.startswith("No: █")

    async def test_the_log_holds_where_it_broke_and_no_secrets(self) -> None:
        settings = {"shop_token": "key-of-the-shop"}
        with capture_logs() as logs:
            await run_action(failing(lambda: ValueError("Bearer key-of-the-shop")), {}, a_context(settings=settings))
        (entry,) = logs
        assert (entry["event"], entry["action"], entry["error"]) == ("action_broke", "fail", "ValueError")
        assert "test_running.py" in entry["at"][-1]
        assert "key-of-the-shop" not in str(logs)

    async def test_what_a_result_held_is_not_in_the_log(self) -> None:
        @action
        async def look(context: Context) -> int:
            """Look."""
            return "mia@example.com"  # type: ignore[return-value]

        with capture_logs() as logs:
            await run_action(look, {}, a_context())
        assert logs[0]["event"] == "action_result_unusable"
        assert "mia" not in str(logs)

    async def test_what_a_mistake_says_is_not_for_people(self) -> None:
        outcome = await run_action(failing(lambda: KeyError("mia@example.com")), {}, a_context())
        assert outcome.words == "The action fail broke (KeyError). The log says where."
