"""The AI resolves returns by itself, over real wires: WhatsApp in, the shop called, Slack asked, WhatsApp out."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ai.offline import OfflineBrain
from app.playbooks import begin
from app.settings import Settings
from bot.intents import Action, Field
from emulators.anthropic import Organization
from emulators.anthropic import running as running_claude
from emulators.server import Served
from emulators.twilio import Customer
from emulators.waiting import until
from examples.shop.api import application
from examples.shop.shop import Shop
from tests.conftest import fresh_database
from tests.journey.stage import Json, Stage, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")

CLARA = "+14155550123"  # a verified number of the shop's customer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop() -> AsyncIterator[Shop]:
    made = Shop(key="the key")
    async with Served(application(made)) as served:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("THREADLINE_ACTION_SHOP_URL", served.url)
            environment.setenv("THREADLINE_ACTION_SHOP_TOKEN", made.key)
            yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["offline", "claude"])
async def stage(request: pytest.FixtureRequest, postgres: str, brain: OfflineBrain, shop: Shop) -> AsyncIterator[Stage]:
    """The shop's playbook as it is shipped, thought about by either brain."""
    shop.open()
    async with fresh_database(postgres) as dsn, running_claude(Organization()) as claude:
        await begin(Settings(_env_file=None, database_url=dsn), dsn)
        organization = claude if request.param == "claude" else None
        async with staged(dsn, brain, anthropic=organization, actions="examples.actions.shop") as made:
            yield made


async def test_a_small_refund_is_made_told_and_closed_and_nobody_touched_it(stage: Stage, shop: Shop) -> None:
    clara = stage.twilio.customer(CLARA, name="Clara")
    card = await wants_back(stage, clara, "78932")
    await until(lambda: len(clara.inbox) == 1, "the news")
    assert "89.00 USD is on its way" in clara.inbox[0].body
    assert "Closed" in stage.text(await stage.card_of(clara))
    assert paid(shop, "78932") == [8900]
    records = await stage.rows(
        "SELECT DISTINCT actor_name FROM activity WHERE stream_id = $1", card["metadata"]["event_payload"]["ticket"]
    )
    assert not {row["actor_name"] for row in records} & {"Mia", "Ben", "Sara"}
    (run,) = await stage.rows("SELECT ended_at - begun_at AS took FROM run")
    assert run["took"].total_seconds() < 10


async def test_what_needs_an_agent_waits_for_a_click_and_then_finishes_itself(stage: Stage, shop: Shop) -> None:
    clara = stage.twilio.customer(CLARA, name="Clara")
    before = len(clara.inbox)
    card = await wants_back(stage, clara, "78940", number=2)
    post = await request(stage, card)
    assert "Amount: 150.00 USD" in stage.text(post)
    assert (paid(shop, "78940"), len(clara.inbox)) == ([], before)
    await stage.mia.press(stage.channel, post["ts"], Action.APPROVE)
    await until(lambda: len(clara.inbox) > before, "the news")
    assert "refunded 150.00 USD for order 78940" in clara.inbox[-1].body
    assert paid(shop, "78940") == [15000]


async def test_what_a_supervisor_rejects_is_not_done_told_kindly_and_with_a_person(stage: Stage, shop: Shop) -> None:
    clara = stage.twilio.customer(CLARA, name="Clara")
    before = len(clara.inbox)
    card = await wants_back(stage, clara, "78951", number=3)
    post = await request(stage, card)
    await stage.mia.press(stage.channel, post["ts"], Action.APPROVE)
    assert "You may not decide about this approval" in stage.told(stage.mia)
    await stage.sara.press(stage.channel, post["ts"], Action.REJECT)
    await stage.sara.submit(stage.sara.modals()[-1]["id"], {Field.TEXT: "No damage to be seen."})
    await until(lambda: len(clara.inbox) > before, "the news")
    await stage.settled()
    assert "A colleague looks into this" in clara.inbox[-1].body
    assert "No damage" not in clara.inbox[-1].body
    assert paid(shop, "78951") == []
    (run,) = await stage.rows("SELECT state, why FROM run WHERE action = 'issue_refund' AND amount = 250")
    assert (run["state"], "No damage to be seen." in run["why"]) == ("handed_over", True)


async def wants_back(stage: Stage, customer: Customer, order: str, *, number: int = 1) -> Json:
    """The card of the customer's number-th ticket."""
    words = f"I received a damaged item, order #{order}. I'd like a refund, please."
    assert (await customer.write(words)).status == 200
    return await stage.card_of(customer, number=number)


async def request(stage: Stage, card: Json) -> Json:
    def found() -> Json | None:
        return next((each for each in stage.thread(card) if "[Approve]" in stage.text(each)), None)

    return await until(found, "the request in the thread")


def paid(shop: Shop, order: str) -> list[int]:
    """What the shop has paid back for it, in minor units."""
    return [each.given.amount for each in shop.books.gateway.of(f"ch_{order}")]
