"""How an action is declared, and what is refused when its module is imported."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, ValidationError

from threadline import (
    ActionSpec,
    Actor,
    Context,
    Customer,
    DeclarationError,
    Identity,
    Sort,
    Unavailable,
    action,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CONTEXT = Context(Actor("agent", "Ada"), NOW, "key-1")


@dataclass(frozen=True)
class Refund:
    amount: Decimal
    reference: str
    at: datetime


@action(
    writes=True,
    may=("ai", "agent"),
    idempotent=True,
    approval="arguments.amount > 200",
    fills={"refund_amount": "amount"},
)
async def issue_refund(
    context: Context,
    order: Annotated[str, Field(description="Number of the order", max_length=20)],
    amount: Decimal,
    reason: Literal["damaged", "wrong_item"] = "damaged",
) -> Refund:
    """Pay an order back,
    to where the money came from.

    The shop's gateway decides.
    """
    return Refund(amount, f"{order}/{reason}", context.now)


@action
async def ping(context: Context) -> None:
    """Say that it works."""


class TestADeclaration:
    def test_says_what_the_function_and_its_words_say(self) -> None:
        spec = issue_refund.spec
        assert (spec.name, spec.description) == ("issue_refund", "Pay an order back, to where the money came from.")
        assert (spec.writes, spec.idempotent, spec.timeout) == (True, True, 10.0)
        assert spec.may == {"ai", "agent"}
        assert spec.approval == "arguments.amount > 200"
        assert [(each.name, each.shape.sort, each.required, each.description) for each in spec.parameters] == [
            ("order", Sort.TEXT, True, "Number of the order"),
            ("amount", Sort.NUMBER, True, ""),
            ("reason", Sort.TEXT, False, ""),
        ]
        assert spec.arguments.members["reason"].options == ("damaged", "wrong_item")
        assert spec.result.members["at"].sort is Sort.INSTANT

    def test_what_may_be_left_out_is_described_all_the_same(self) -> None:
        code = Annotated[str, Field(description="ISO 4217")]

        @action
        async def convert(context: Context, to: code | None = None, of: Annotated[code | None, Field()] = None) -> None:
            """Convert."""

        assert [each.description for each in convert.spec.parameters] == ["ISO 4217", "ISO 4217"]

    def test_has_the_schema_of_a_models_tool(self) -> None:
        schema: Any = issue_refund.spec.parameters_schema
        assert schema["type"] == "object"
        assert schema["required"] == ["order", "amount"]
        assert schema["properties"]["order"] == {
            "description": "Number of the order",
            "maxLength": 20,
            "title": "Order",
            "type": "string",
        }
        assert schema["additionalProperties"] is False

    def test_reads_are_open_to_all_and_idempotent(self) -> None:
        spec = ping.spec
        assert (spec.writes, spec.idempotent) == (False, True)
        assert spec.may == {"ai", "agent", "automation"}
        assert spec.result.sort is Sort.NOTHING

    async def test_is_called_like_the_function(self) -> None:
        assert await issue_refund(CONTEXT, "78932", Decimal(89)) == Refund(Decimal(89), "78932/damaged", NOW)

    def test_reads_arguments_as_the_function_takes_them_and_refuses_made_up_ones(self) -> None:
        read = issue_refund.arguments.validate_python({"order": "78932", "amount": "89.10"})
        assert read == {"order": "78932", "amount": Decimal("89.10")}
        assert issue_refund.defaults == {"reason": "damaged"}
        with pytest.raises(ValidationError):
            issue_refund.arguments.validate_python({"order": "78932", "amount": 89, "currency": "USD"})

    def test_its_spec_can_be_a_key(self) -> None:
        assert {issue_refund.spec: 1}[issue_refund.spec] == 1


async def unannotated(context: Context, order) -> None:  # type: ignore[no-untyped-def]
    """Look."""


async def wordless(context: Context) -> None: ...


async def contextless(order: str) -> None:
    """Look."""


async def unsaid(context: Context):  # type: ignore[no-untyped-def]
    """Look."""


async def anything(context: Context) -> Any:
    """Look."""


async def raw(context: Context) -> bytes:
    """Look."""
    return b""


async def several(context: Context, *orders: str) -> None:
    """Look."""


async def unimported(context: Context, order: "Order") -> None:  # type: ignore[name-defined]  # noqa: F821
    """Look."""


async def undefaulted(context: Context, order: str = None) -> None:  # type: ignore[assignment]  # noqa: RUF013
    """Look."""


async def fine(context: Context) -> Refund:
    """Look."""
    return Refund(Decimal(1), "", context.now)


def sync(context: Context) -> None:
    """Look."""


class TestAMistake:
    @pytest.mark.parametrize(
        ("function", "said", "words"),
        [
            (unannotated, {}, "order has no annotation"),
            (wordless, {}, "does not say what it does"),
            (contextless, {}, "first parameter is not the context"),
            (unsaid, {}, "does not say what it returns"),
            (anything, {}, "no value that can be kept"),
            (raw, {}, "bytes is no value that can be kept"),
            (several, {}, "has no name to be called by"),
            (unimported, {}, "'Order' is not defined"),
            (sync, {}, "no async function"),
            (undefaulted, {}, "default of its parameter order"),
            (fine, {"idempotent": False}, "asking twice is not safe"),
            (fine, {"name": "Look-Up"}, "'Look-Up' is no name"),
            (fine, {"writes": True, "idempotent": True}, "does not say who may call it"),
            (fine, {"writes": True, "may": ("ai",)}, "whether asking twice does it twice"),
            (fine, {"may": ("ai", "customer")}, "'customer' calls no actions"),
            (fine, {"may": ()}, "Nobody may call it"),
            (fine, {"timeout": 0}, "timeout of 0 seconds"),
            (fine, {"approval": " "}, "condition for an approval is empty"),
            (fine, {"fills": {"refund_amount": "amout"}}, "has no amout"),
            (fine, {"fills": {"refund_amount": "amount.cents"}}, r"has no amount\.cents"),
            (fine, {"fills": {"Refund amount": "amount"}}, "no key of a custom field"),
        ],
    )
    def test_is_told_with_the_function_its_line_and_what_to_do(
        self, function: Callable[..., Awaitable[Any]], said: dict[str, Any], words: str
    ) -> None:
        with pytest.raises(DeclarationError, match=words) as told:
            action(**said)(function)
        assert "test_declaration.py, line" in str(told.value)
        assert told.value.hint

    def test_one_caller_may_be_said_as_a_word(self) -> None:
        spec: ActionSpec = action(may="agent")(fine).spec
        assert spec.may == {"agent"}


class TestAContext:
    def test_only_verified_addresses_prove_who_somebody_is(self) -> None:
        customer = Customer(
            "Mia",
            identities=(
                Identity("email", "Mia@Example.com", verified=True),
                Identity("email", "boss@example.com", verified=False),
                Identity("whatsapp", "+14155550123", verified=True),
                Identity("telegram", "mia", verified=True),
            ),
        )
        assert customer.emails == ("mia@example.com",)
        assert customer.phones == ("+14155550123",)

    def test_a_setting_that_is_missing_is_named_as_the_environment_calls_it(self) -> None:
        assert (
            Context(CONTEXT.actor, NOW, "k", settings={"shop_url": "http://shop"}).setting("shop_url") == "http://shop"
        )
        with pytest.raises(Unavailable, match="THREADLINE_ACTION_SHOP_URL"):
            CONTEXT.setting("shop_url")

    async def test_of_a_test_reaches_nothing(self) -> None:
        with pytest.raises(Unavailable, match="no connection"):
            await CONTEXT.http.request("GET", "http://127.0.0.1/")
