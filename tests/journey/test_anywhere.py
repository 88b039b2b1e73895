"""Tickets from anywhere in Slack: found and claimed in a private answer, opened by form and from a message, linked."""

import re
from urllib.parse import urlsplit

import httpx
import pytest

from bot.intents import COMMAND, Action, Field, Form, Shortcut
from emulators.slack import Channel
from tests.journey.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAMAGED = "My teapot from order 4711 arrived broken, I want a refund."


def lounge(stage: Stage) -> Channel:
    """Where Threadline is no member."""
    known = stage.slack.find_channel("lounge")
    return known or stage.slack.add_channel("lounge", members=[stage.mia, stage.stranger], bot=False)


async def test_found_shown_and_claimed_where_the_app_is_no_member(stage: Stage) -> None:
    paula = stage.customer("Paula Private")
    await stage.writes(paula, DAMAGED)
    there = lounge(stage)

    await stage.mia.command(there, COMMAND, "search teapot")
    assert "teapot" in stage.told(stage.mia)
    await stage.mia.press(there, stage.mia.ephemerals()[-1]["ts"], Action.SHOW)
    shown = stage.mia.ephemerals()[-1]
    await stage.mia.press(there, shown["ts"], Action.CLAIM)

    assert "[Take over]" in stage.told(stage.mia)
    assert "Assignee: Mia" in stage.text(await stage.card_of(paula))


async def test_ones_own_are_listed_and_what_is_not_understood_is_said(stage: Stage) -> None:
    lisa = stage.customer("Lisa Listed")
    await stage.press(stage.mia, await stage.writes(lisa, DAMAGED), "claim")
    await stage.settled()

    await stage.mia.command(lounge(stage), COMMAND, "mine")
    assert "Lisa Listed" in stage.told(stage.mia)
    await stage.mia.command(lounge(stage), COMMAND, "list stauts:open")
    assert "Did you mean status:…?" in stage.told(stage.mia)
    await stage.stranger.command(lounge(stage), COMMAND, "mine")
    assert "You are not in Threadline" in stage.told(stage.stranger)


async def test_a_ticket_is_created_by_form_and_its_link_leads_to_the_card(stage: Stage) -> None:
    carla = stage.customer("Carla Created")
    assert (await carla.write("Hello!")).status == 200
    await stage.settled()

    light = await stage.light_card_of(carla)
    await stage.mia.message_shortcut(stage.channel, light["ts"], Shortcut.TICKET_FROM_MESSAGE)
    assert stage.mia.modals()[-1]["callback_id"] == Form.CONVERSATION_TICKET  # as its own button has it

    await stage.mia.command(lounge(stage), COMMAND, "create Lid is missing")
    view = stage.mia.modals()[-1]
    (option,) = await stage.mia.suggestions(Field.CONVERSATION, "Carla", view_id=view["id"])
    done = await stage.mia.submit(view["id"], {Field.CONVERSATION: option, Field.PRIORITY: "high"})

    assert done.outcome == "updated"
    card = await stage.card_of(carla)
    assert "Lid is missing" in stage.text(card)
    assert "Assignee: Mia" in stage.text(card)
    link = re.search(rf"{re.escape(stage.url)}/tickets/\d+\?s=\w+", str(done.view))
    assert link is not None
    async with httpx.AsyncClient(trust_env=False) as web:
        led, bare = await web.get(link[0]), await web.get(link[0].partition("?")[0])
    assert led.status_code == 302
    assert f"/archives/{stage.channel.id}/p{card['ts'].replace('.', '')}" in led.headers["location"]
    assert bare.status_code == 200
    assert stage.channel.id not in bare.text


async def test_a_customers_message_becomes_a_ticket_of_its_own_by_its_menu(stage: Stage) -> None:
    sven = stage.customer("Sven Split")
    card = await stage.writes(sven, DAMAGED)
    (message,) = [each for each in stage.thread(card) if "teapot" in stage.text(each)]

    done = await stage.ben.message_shortcut(stage.channel, message["ts"], Shortcut.TICKET_FROM_MESSAGE)

    assert done.outcome == "acknowledged"
    assert "is open, with this message" in stage.told(stage.ben)
    second = await stage.card_of(sven, number=2)
    assert "teapot" in stage.thread_text(second)


async def test_a_link_unfolds_for_the_desk_and_for_nobody_else(stage: Stage) -> None:
    ute = stage.customer("Ute Unfurled")
    await stage.writes(ute, DAMAGED)
    (row,) = await stage.rows("SELECT number FROM ticket ORDER BY number DESC LIMIT 1")
    stage.slack.unfurl_domains = (urlsplit(stage.url).hostname or "",)
    link, there = f"{stage.url}/tickets/{row['number']}", lounge(stage)

    ours = await stage.mia.say(there, f"Please look: {link}")
    theirs = await stage.stranger.say(there, link)

    (below,) = stage.slack.message(there, ours.ts)["attachments"]
    assert f"#{row['number']}" in stage.text(below)
    assert "Damaged item: order" not in stage.text(below)
    assert "Ute" not in stage.text(below)
    assert "attachments" not in stage.slack.message(there, theirs.ts)
