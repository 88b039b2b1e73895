"""A status that needs somebody else's agreement, from the request in Slack to the ticket that goes on by itself."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from ai.offline import OfflineBrain
from app.playbooks import DEFAULT, begin
from app.settings import Settings
from app.wiring import services
from bot.intents import Action, Field
from core.instants import utc_now
from emulators.waiting import until
from tests.conftest import fresh_database
from tests.journey.stage import Json, Stage, staged
from ticketing.home.refresh import refresh_due

pytestmark = pytest.mark.asyncio(loop_scope="module")

_ARROW = "      - from: in_progress\n        to: [waiting_on_customer, resolved]\n"
_GATED = (
    "      - from: in_progress\n        to: waiting_on_customer\n"
    "      - from: in_progress\n        to: resolved\n        approval: settle\n"
)
_RULE = "approvals:\n  settle:\n    label: Settle a complaint\n    approvers: [supervisor]\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(postgres: str, brain: OfflineBrain, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """The shop's process, in which nobody resolves what is in progress alone."""
    file: Path = tmp_path_factory.mktemp("playbook") / "gated.yaml"
    text = DEFAULT.read_text()
    assert _ARROW in text
    file.write_text(text.replace(_ARROW, _GATED).replace("approvals:\n", _RULE))
    async with fresh_database(postgres) as dsn:
        await begin(Settings(_env_file=None, database_url=dsn, threadline_playbook=str(file)), dsn)
        async with staged(dsn, brain) as made:
            yield made


async def test_a_request_is_decided_by_a_click_and_the_ticket_goes_on_as_who_asked(stage: Stage) -> None:
    karl = stage.customer("Karl Complaint")
    card = await stage.writes(karl, "This is the third time my parcel is late, I am really annoyed.")
    await stage.press(stage.mia, card, "claim")
    await stage.fills(stage.mia, card, "status", {"status": "in_progress"})
    card = await stage.card_of(karl)
    await stage.fills(stage.mia, card, "status", {"status": "resolved"})
    await stage.mia.submit(stage.mia.modals()[-1]["id"], {"why": "He got a voucher."})

    def request() -> Json | None:
        return next((each for each in stage.thread(card) if "[Approve]" in stage.text(each)), None)

    post = await until(request, "the request in the thread")
    for words in (
        "Approval needed: Settle a complaint",
        "asked for by Mia",
        "In progress → Resolved",
        "got a voucher",
    ):
        assert words in stage.text(post)
    assert "third time my parcel is late" in stage.text(post)

    for person, words in (
        (stage.stranger, "You are not in Threadline"),
        (stage.mia, "You asked for this approval yourself"),
        (stage.ben, "You may not decide about this approval"),
    ):
        await person.press(stage.channel, post["ts"], "approval.approve")
        assert words in stage.told(person)

    done = await stage.sara.press(stage.channel, post["ts"], "approval.approve")
    assert done.outcome == "acknowledged"
    await until(lambda: "The ticket went on: In progress → Resolved." in stage.thread_text(card), "what came of it")
    assert "[Approve]" not in stage.thread_text(card)
    records = await stage.rows("SELECT actor_name, after FROM activity WHERE kind = 'status.changed' ORDER BY seq")
    assert [row["actor_name"] for row in records] == ["Mia", "Mia"]
    assert await stage.rows("SELECT state FROM approval") == [{"state": "used"}]


async def test_a_request_is_decided_in_the_direct_message_that_asks_for_it(stage: Stage) -> None:
    dirk = stage.customer("Dirk Direct")
    card = await stage.writes(dirk, "This is the third time my chair is late, I am really annoyed.")
    await stage.press(stage.mia, card, "claim")
    await stage.fills(stage.mia, card, "status", {"status": "in_progress"})
    card = await stage.card_of(dirk)
    await stage.fills(stage.mia, card, "status", {"status": "resolved"})
    await stage.mia.submit(stage.mia.modals()[-1]["id"], {"why": "He got a chair."})
    await stage.settled()

    direct = stage.slack.direct(stage.sara.id)
    (told,) = [each for each in stage.slack.channel_messages(direct) if "He got a chair." in stage.text(each)]
    assert "third time my chair is late" in stage.text(told)
    await stage.sara.press(direct, told["ts"], Action.APPROVE)
    assert stage.told(stage.sara) == "You have approved it."
    await stage.settled()

    assert "The ticket went on: In progress → Resolved." in stage.thread_text(card)
    for channel, ts in ((direct, told["ts"]), (stage.channel, card["ts"])):
        assert "[Approve]" not in stage.text(stage.slack.message(channel, ts))


async def test_a_morning_at_home_claims_what_is_nobodys_and_decides_what_waits(stage: Stage) -> None:
    """The whole of it on the home tab of who supervises, which follows what is pressed there."""
    nora, otto = stage.customer("Nora Nobodys"), stage.customer("Otto Waits")
    card = await stage.writes(otto, "This is the third time my order is late, I am really annoyed.")
    await stage.press(stage.mia, card, "claim")
    await stage.fills(stage.mia, card, "status", {"status": "in_progress"})
    card = await stage.card_of(otto)
    await stage.fills(stage.mia, card, "status", {"status": "resolved"})
    await stage.mia.submit(stage.mia.modals()[-1]["id"], {"why": "He got a discount."})
    theirs = await stage.writes(nora, "My parcel has not arrived, please look into it.")
    await stage.settled()

    opened = await stage.sara.open_home()
    assert opened is not None
    page = home(stage)
    assert "Unassigned in your teams" in page
    assert "Nora Nobodys" in page
    assert "He got a discount." in page

    await on_page(stage, "ticket.claim", "Nora Nobodys")
    page = home(stage)
    assert "Unassigned in your teams" not in page
    assert "customer wrote" in page[page.index("Yours, by urgency") :]
    await on_page(stage, "approval.approve", "He got a discount.")
    assert "Waiting for your decision" not in home(stage)
    await until(lambda: "The ticket went on: In progress → Resolved." in stage.thread_text(card), "what came of it")

    await stage.press(stage.mia, theirs, "take_over")
    async with services(stage.settings, stage.dsn, connections=1) as made:  # the clock looks half a minute later
        assert await refresh_due(start=made.start, now=made.clock() + timedelta(seconds=31)) == 1
    await until(lambda: "Nora Nobodys" not in home(stage), "a page that follows what others do")


async def test_a_delegate_asks_and_rejects_with_a_reason_for_who_is_away(stage: Stage) -> None:
    rosa = stage.customer("Rosa Rejected")
    card = await stage.writes(rosa, "This is the third time my lamp is late, I am really annoyed.")
    await stage.press(stage.mia, card, "claim")
    await stage.fills(stage.mia, card, "status", {"status": "in_progress"})
    card = await stage.card_of(rosa)
    await stage.fills(stage.mia, card, "status", {"status": "resolved"})
    await stage.mia.submit(stage.mia.modals()[-1]["id"], {"why": "She got a lamp."})
    await stage.settled()
    (post,) = [each for each in stage.thread(card) if "[Approve]" in stage.text(each)]
    await stage.sara.open_home()
    shown = stage.sara.home()
    assert shown is not None
    await stage.sara.press_in(shown["id"], Action.DELEGATE)
    until_when: Json = {Field.DELEGATE: stage.ben.id, Field.UNTIL: (utc_now() + timedelta(days=1)).date().isoformat()}
    assert (await stage.sara.submit(stage.sara.modals()[-1]["id"], until_when)).outcome == "closed"

    for action, words in ((Action.ASK, "Which lamp?"), (Action.REJECT, "It was in time.")):
        await stage.ben.press(stage.channel, post["ts"], action)
        answer = await stage.ben.submit(stage.ben.modals()[-1]["id"], {Field.TEXT: words})
        assert answer.outcome == "closed"
    await stage.settled()

    thread = stage.thread_text(card)
    for words in ("Which lamp?", "It was in time.", "Ben for Sara"):
        assert words in thread
    assert "[Approve]" not in thread
    assert "Resolved" not in stage.text(await stage.card_of(rosa))
    await stage.sara.press_in(shown["id"], Action.DELEGATE)
    await stage.sara.press_in(stage.sara.modals()[-1]["id"], Action.DISMISS_DELEGATE)


def home(stage: Stage) -> str:
    shown = stage.sara.home()
    assert shown is not None
    return stage.text(shown)


async def on_page(stage: Stage, action: str, words: str) -> None:
    """Press this button on Sara's page, in the line that says this or below it."""
    shown = stage.sara.home()
    assert shown is not None
    blocks = shown["blocks"]
    at = next(place for place, block in enumerate(blocks) if words in str(block.get("text")))
    found = [
        (block, each)
        for block in blocks[at : at + 2]
        for each in (*block.get("elements", []), block.get("accessory", {}))
        if each.get("action_id") == action
    ]
    block, element = found[0]
    done = await stage.sara.press_in(shown["id"], action, value=element["value"], block_id=block["block_id"])
    assert done.outcome == "acknowledged"
