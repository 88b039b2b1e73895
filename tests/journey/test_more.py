"""Behind a card's More: a ticket given away, promised, tagged, linked, merged and parted, handed to another team."""

from datetime import timedelta

import pytest

from core.instants import utc_now
from tests.journey.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAMAGED = "My mug from order 4711 arrived broken, I want a refund."
AGAIN = "My mug from order 4711 is still broken, I want a refund!"


async def test_a_supervisor_finds_a_colleague_by_typing_and_the_card_has_them(stage: Stage) -> None:
    anke = stage.customer("Anke Assign")
    card = await stage.writes(anke, DAMAGED)

    form = await stage.opens(stage.sara, card, "assign")
    ben = await stage.offers(stage.sara, form, "assignee", "be")
    done = await stage.sara.submit(form["id"], {"assignee": ben})

    assert done.outcome == "closed"
    assert "Assignee Ben" in stage.screen(stage.sara)
    assert "Assignee: Ben" in stage.text(await stage.card_of(anke))


async def test_tags_a_promise_and_a_link_show_on_the_card(stage: Stage) -> None:
    tara = stage.customer("Tara Tags")
    other = await stage.writes(stage.customer("Otto Other"), DAMAGED)
    card = await stage.writes(tara, DAMAGED)
    number = stage.text(other).split()[0]
    await stage.press(stage.mia, card, "claim")
    card = await stage.card_of(tara)

    form = await stage.opens(stage.mia, card, "tags")
    new = await stage.offers(stage.mia, form, "tags", "Spring Sale")
    await stage.mia.submit(form["id"], {"tags": [new]})
    form = await stage.opens(stage.mia, card, "due")
    await stage.mia.submit(form["id"], {"due": int((utc_now() + timedelta(days=2)).timestamp())})
    form = await stage.opens(stage.mia, card, "links")
    found = await stage.offers(stage.mia, form, "linked", number)
    await stage.mia.submit(form["id"], {"kind": "blocks", "linked": found})

    assert f"Links blocks {number}" in stage.screen(stage.mia)
    shown = stage.text(await stage.card_of(tara))
    assert "🗓️ promised for" in shown
    assert "🏷️ spring sale" in shown
    assert "🔗 1 link" in shown


async def test_a_likely_duplicate_is_merged_and_parted(stage: Stage) -> None:
    dora = stage.customer("Dora Double")
    card = await stage.writes(dora, DAMAGED)
    await stage.fills(stage.mia, card, "new_ticket", {"subject": stage.text(card).splitlines()[0].split(" ", 1)[1]})
    await stage.settled()
    card, twin = await stage.cards_of(dora)
    number = stage.text(twin).split()[0]

    screen = await stage.opens(stage.mia, card, "work")
    assert f"≈ {number}" in stage.screen(stage.mia)
    likely = next(each["accessory"] for each in screen["blocks"] if "≈" in str(each.get("text")))
    await stage.mia.press_in(screen["id"], "work.merge", value=likely["value"])
    form = stage.mia.modals()[-1]
    await stage.mia.submit(form["id"])
    assert "goes on in" in stage.text(stage.mia.modals()[-1])
    await stage.mia.submit(form["id"])
    await stage.settled()
    assert "goes on there" in stage.text((await stage.cards_of(dora))[1])

    assert f"{number} " in stage.screen(stage.mia)
    await stage.mia.press_in(screen["id"], "work.part")
    await stage.settled()
    assert "goes on there" not in stage.text((await stage.cards_of(dora))[1])


async def test_a_ticket_is_handed_off_with_a_note_for_the_other_team(stage: Stage) -> None:
    hanna = stage.customer("Hanna Hand")
    card = await stage.writes(hanna, DAMAGED)
    team = (await stage.rows("SELECT id FROM team WHERE name = 'Support'"))[0]["id"]
    await stage.press(stage.mia, card, "claim")

    form = await stage.opens(stage.mia, await stage.card_of(hanna), "hand_off")
    await stage.mia.press_in(form["id"], "team", value=str(team))
    done = await stage.mia.submit(form["id"], {"team": str(team), "note": "Please, @Ben, before noon"})

    assert done.outcome == "closed"
    assert "Assignee nobody yet" in stage.screen(stage.mia)
    card = await stage.card_of(hanna)
    assert "👁 1 watcher" in stage.text(card)
    assert "Please, @Ben, before noon" in stage.thread_text(card)
