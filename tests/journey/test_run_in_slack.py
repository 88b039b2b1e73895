"""The AI pays back what arrived damaged: 89 by itself, 250 once a supervisor has pressed a button in Slack."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from ai.offline import OfflineBrain
from app.playbooks import DEFAULT, begin
from app.settings import Settings
from bot.intents import Action, Field, Work
from core.instants import utc_now
from emulators.server import Served
from emulators.waiting import until
from examples.shop.api import application
from examples.shop.shop import Shop
from tests.conftest import fresh_database
from tests.journey.stage import Json, Stage, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")
CLARA = "+14155550123"  # whom the shop knows by a number that it has verified


@dataclass(frozen=True)
class Scene:
    stage: Stage
    shop: Shop

    def refunds(self, order: str) -> list[int]:
        """In minor units."""
        return [each.given.amount for each in self.shop.books.gateway.of(f"ch_{order}")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(postgres: str, brain: OfflineBrain, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """A desk that follows the shop's playbook, with the demo shop behind it; what one person turns down costs the AI a
    step of its autonomy.
    """
    playbook = tmp_path_factory.mktemp("desk") / "retail.yaml"
    earned = "autonomy: act_alone\n      earns: {from: act_alone, precision: 100%, over: 5}"
    playbook.write_text(DEFAULT.read_text("utf-8").replace("autonomy: act_alone", earned), "utf-8")
    shop = Shop(key="the key", now=utc_now())
    async with Served(application(shop)) as served, fresh_database(postgres) as dsn:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("THREADLINE_ACTION_SHOP_URL", served.url)
            environment.setenv("THREADLINE_ACTION_SHOP_TOKEN", "the key")
            await begin(Settings(_env_file=None, database_url=dsn, threadline_playbook=str(playbook)), dsn)
            async with staged(dsn, brain, actions="examples.actions.shop") as made:
                yield Scene(made, shop)


async def test_89_is_paid_back_and_250_waits_for_a_button_which_shows_what_it_rests_on(scene: Scene) -> None:
    stage = scene.stage
    clara = stage.twilio.customer(CLARA, name="Clara Whitfield")
    card = await stage.writes(clara, "I received a damaged item - order #78932. I'd like a refund.")
    assert "by the AI" in stage.text(card), stage.text(card)
    assert "(refund 89.00 USD)" in stage.text(card)
    assert scene.refunds("78932") == [8900]
    (post,) = _of_the_ai(stage, card)
    for words in ("Done by the AI", "order 78932 found", "rules hold: allowed", "Refund 89.00 USD"):
        assert words in stage.text(post), stage.text(post)
    assert (await stage.mia.press(stage.channel, post["ts"], Action.RUN_STORY)).outcome == "acknowledged"
    story = stage.text(stage.mia.modals()[-1])
    for words in (
        "What the rules looked at",
        "Order refundable: 89.00 USD",
        "Also known: Order charge",
        "before, in 30 days: nothing",
    ):
        assert words in story, story
    assert "run:" not in story  # its keys are of no use to anybody
    assert "The AI proposes each step" in story

    await clara.write("Another damaged item, order #78951. I want my money back for this one, too.")
    card = await stage.card_of(clara, number=2)
    assert "The AI waits for" in stage.text(card), stage.text(card)
    assert "250.00 USD" in stage.text(card)
    assert scene.refunds("78951") == []
    request = next(each for each in stage.thread(card) if "[Approve]" in stage.text(each))
    for words in (
        "asked for by Threadline AI",
        "Order number: 78951",
        "The rules of the playbook",
        "What they looked at",
        "Order belongs to customer: yes",
        "Order refundable: 250.00 USD",
    ):
        assert words in stage.text(request), stage.text(request)
    assert (await stage.sara.press(stage.channel, request["ts"], Action.APPROVE)).outcome == "acknowledged"
    await stage.settled()
    assert scene.refunds("78951") == [25000]
    (post,) = _of_the_ai(stage, card)
    assert "Done by the AI" in stage.text(post)

    # Mia looks the order up by hand, on the screen behind More.
    card = await stage.card_of(clara, number=2)
    assert (await stage.press(stage.mia, card, "work")).outcome == "acknowledged"
    await stage.mia.press_in(stage.mia.modals()[-1]["id"], Work.ACTION)
    view = stage.mia.modals()[-1]["id"]
    await stage.mia.press_in(view, Action.CHOOSE_ACTION, value="lookup_order")
    await stage.mia.submit(view, {"argument:lookup_order:order": "78951"})
    await stage.mia.press_in(view, Action.RUN_ACTION)
    await until(lambda: "Refunded: 250.00" in stage.text(stage.mia.modals()[-1]), "what the action gave")

    # What Mia turns down costs the AI a step; Sara, who supervises, hears of it and may put it back.
    tom = stage.twilio.customer("+14155550145", name="Tom Okafor")
    card = await stage.writes(tom, "I received a damaged item - order #78962. I'd like a refund.")
    await until(lambda: "[Approve]" in stage.thread_text(card), "the request")
    request = next(each for each in stage.thread(card) if "[Approve]" in stage.text(each))
    await stage.mia.press(stage.channel, request["ts"], Action.REJECT)
    await stage.mia.submit(stage.mia.modals()[-1]["id"], {Field.TEXT: "He has it still."})
    await stage.settled()
    workspace = stage.mia.workspace
    posts = workspace.channel_messages(workspace.direct(stage.sara.id))
    (told,) = [each for each in posts if "The AI goes less far" in stage.text(each)]
    for words in ("act alone → act with approval", "1 of the newest 1 was wrong", "#3 rejected"):
        assert words in stage.text(told), stage.text(told)
    await stage.sara.press(workspace.direct(stage.sara.id), told["ts"], Action.AUTONOMY_BACK)
    assert "Sara has put it back." in stage.told(stage.sara)


def _of_the_ai(stage: Stage, card: Json) -> list[Json]:
    return [each for each in stage.thread(card) if "[What the AI did]" in stage.text(each)]
