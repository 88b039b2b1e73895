"""Claude understands the customers, through the whole house; and what the team sees when it does not."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ai.offline import OfflineBrain
from bot.intents import Action
from emulators.anthropic import Organization, running
from emulators.waiting import until
from tests.conftest import fresh_database
from tests.journey.stage import Json, Stage, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAMAGED = "I received a damaged item — order #78932. I'd like a refund."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def anthropic() -> AsyncIterator[Organization]:
    async with running(Organization()) as served:
        yield served


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(postgres: str, brain: OfflineBrain, anthropic: Organization) -> AsyncIterator[Stage]:
    async with fresh_database(postgres) as dsn, staged(dsn, brain, anthropic=anthropic) as made:
        yield made


async def books(stage: Stage, number: str) -> list[Json]:
    """What the calls about this customer came to, the first one first."""
    return await stage.rows(
        "SELECT outcome, model_call.cost, triage.verdict FROM model_call"
        " JOIN conversation ON conversation.id = model_call.conversation_id"
        " LEFT JOIN triage ON triage.id = model_call.triage_id WHERE address = $1 ORDER BY model_call.at",
        number,
    )


async def test_what_claude_understood_stands_on_the_card_and_its_cost_in_the_books(stage: Stage) -> None:
    clara = stage.customer("Clara Claude")
    shown = stage.text(await stage.writes(clara, DAMAGED))
    for words in ("Return · Damaged", "High", "🤖 damaged item (85% sure)", "order 78932"):
        assert words in shown
    (call,) = await books(stage, clara.number)
    assert (call["outcome"], call["cost"] > 0) == ("ok", True)
    assert call["verdict"].startswith("Opened a ticket: ")


async def test_an_overloaded_claude_is_asked_again_and_there_is_one_ticket(
    stage: Stage, anthropic: Organization
) -> None:
    anthropic.faults.next("overloaded")
    anthropic.faults.next("stream_cut")
    olga = stage.customer("Olga Overloaded")
    shown = stage.text(await stage.writes(olga, DAMAGED))
    assert "Please check" not in shown
    calls = await books(stage, olga.number)
    assert [call["outcome"] for call in calls] == ["overloaded", "unfinished", "ok"]
    assert [call["verdict"] is None for call in calls] == [True, True, False]


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("refusal", "the model declined to answer"),
        ("truncated", "longer than it may be"),
        ("invalid_json", "no JSON"),
        ("wrong_shape", "another shape than asked for"),
        ("too_large", "does not accept what we asked"),
    ],
)
async def test_an_answer_of_no_use_is_a_persons_ticket_at_once(
    stage: Stage, anthropic: Organization, fault: str, why: str
) -> None:
    anthropic.faults.next(fault)
    customer = stage.customer(f"Ute {fault}")
    shown = stage.text(await stage.writes(customer, DAMAGED))
    assert "Please check: the AI could not read this, so a person must." in shown.replace("*", "")
    assert why in shown
    assert DAMAGED[:40] in shown
    assert "order 78932" in shown
    assert len(await books(stage, customer.number)) == 1


async def test_a_customer_who_would_wait_too_long_gets_a_person(stage: Stage, anthropic: Organization) -> None:
    anthropic.faults.next("rate_limited", retry_after=600)
    shown = stage.text(await stage.writes(stage.customer("Pia Patient"), DAMAGED))
    assert "Anthropic asks us to slow down" in shown
    assert "order 78932" in shown


async def test_what_claude_drafts_is_sent_by_a_person_and_its_cost_stands_in_the_books(
    stage: Stage, anthropic: Organization
) -> None:
    dora = stage.customer("Dora Draft")
    card = await stage.writes(dora, DAMAGED)
    anthropic.says({"reply": "Hello {{customer}}, we look into order 78932."})
    form = (await stage.opens(stage.mia, card, "reply"))["id"]
    await stage.mia.press_in(form, Action.SUGGEST)
    await until(lambda: "Suggested by the AI" in stage.text(stage.mia.modals()[-1]), "a suggestion in the form")
    assert (await stage.mia.submit(form)).outcome == "closed"
    await stage.settled()
    assert [each.body for each in dora.inbox] == ["Hello Dora Draft, we look into order 78932."]
    assert [call["outcome"] for call in await books(stage, dora.number)] == ["ok", "ok"]
    assert "Dora" not in str(anthropic.calls[-1].body)
