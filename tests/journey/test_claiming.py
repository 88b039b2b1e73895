"""Who works on it: claim, the lost race, take over, assign; and people who are not of the desk."""

import asyncio

import pytest

from tests.journey.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAMAGED = "My mug from order 4711 arrived broken, I want a refund."
TWO = "My mug from order 4711 arrived broken. Also, I was charged twice for order 4712."


async def test_a_claim_shows_on_the_card(stage: Stage) -> None:
    clara = stage.customer("Clara Claim")
    card = await stage.writes(clara, DAMAGED)

    press = await stage.press(stage.mia, card, "claim")

    assert press.outcome == "acknowledged"
    shown = stage.text(await stage.card_of(clara))
    assert "Assignee: Mia" in shown
    assert "[Take over]" in shown


async def test_claiming_takes_all_open_tickets_of_the_conversation(stage: Stage) -> None:
    tom = stage.customer("Tom Two Claims")
    await tom.write(TWO)
    await stage.settled()
    first, _ = await stage.cards_of(tom)

    await stage.press(stage.mia, first, "claim")
    await stage.settled()

    assert ["Assignee: Mia" in stage.text(card) for card in await stage.cards_of(tom)] == [True, True]


async def test_of_two_claims_at_once_one_wins_and_the_other_is_told_by_whom(stage: Stage) -> None:
    rita = stage.customer("Rita Race")
    card = await stage.writes(rita, DAMAGED)
    before = {person.name: len(person.ephemerals()) for person in (stage.mia, stage.ben)}

    await asyncio.gather(stage.press(stage.mia, card, "claim"), stage.press(stage.ben, card, "claim"))

    shown = stage.text(await stage.card_of(rita))
    winner, loser = (stage.mia, stage.ben) if "Assignee: Mia" in shown else (stage.ben, stage.mia)
    assert f"Assignee: {winner.real_name}" in shown
    assert f"{winner.real_name} has already claimed this conversation" in stage.told(loser)
    assert len(winner.ephemerals()) == before[winner.name]
    assert len(loser.ephemerals()) == before[loser.name] + 1


async def test_who_lost_the_race_can_take_over_right_there_after_confirming(stage: Stage) -> None:
    oda = stage.customer("Oda Over")
    card = await stage.writes(oda, DAMAGED)
    await stage.press(stage.mia, card, "claim")
    await stage.press(stage.ben, card, "claim")
    private = stage.ben.ephemerals()[-1]

    question = private["blocks"][0]["accessory"]["confirm"]["text"]["text"]
    await stage.ben.press(stage.channel, private["ts"], "ticket.take_over")

    assert "Mia has this conversation" in question
    assert "Assignee: Ben" in stage.text(await stage.card_of(oda))


async def test_take_over_on_the_card_asks_first_and_then_does_it(stage: Stage) -> None:
    olga = stage.customer("Olga Over")
    card = await stage.writes(olga, DAMAGED)
    await stage.press(stage.mia, card, "claim")
    card = await stage.card_of(olga)

    (button,) = [each for each in card["blocks"][-2]["elements"] if each["action_id"] == "ticket.take_over"]
    await stage.press(stage.ben, card, "take_over")

    assert "Mia has this conversation" in button["confirm"]["text"]["text"]
    assert "Assignee: Ben" in stage.text(await stage.card_of(olga))


async def test_a_claim_pressed_twice_is_one_claim(stage: Stage) -> None:
    dina = stage.customer("Dina Double")
    card = await stage.writes(dina, DAMAGED)

    await asyncio.gather(*(stage.press(stage.mia, card, "claim") for _ in range(3)))
    await stage.settled()

    records = await stage.rows(
        "SELECT count(*) AS claims FROM activity JOIN conversation ON conversation.id = stream_id"
        " WHERE kind = 'conversation.claimed' AND address = $1",
        dina.number,
    )
    assert records == [{"claims": 1}]


async def test_a_supervisor_assigns_from_more_and_an_agent_may_not(stage: Stage) -> None:
    asta = stage.customer("Asta Assign")
    card = await stage.writes(asta, DAMAGED)

    theirs = await stage.opens(stage.sara, card, "assign")
    ben = await stage.offers(stage.sara, theirs, "assignee", "ben")
    mine = await stage.opens(stage.mia, card, "assign")
    refused = await stage.mia.submit(mine["id"], {"assignee": ben})
    done = await stage.sara.submit(theirs["id"], {"assignee": ben})

    assert refused.outcome == "errors"
    assert "supervisor" in refused.errors["assignee"]
    assert done.outcome == "closed"
    assert "Assignee: Ben" in stage.text(await stage.card_of(asta))


async def test_whoever_changes_what_has_changed_meanwhile_is_told_and_nothing_happens(stage: Stage) -> None:
    stan = stage.customer("Stan Stale")
    card = await stage.writes(stan, DAMAGED)
    screen = await stage.opens(stage.sara, card, "work")
    await stage.press(stage.mia, card, "claim")
    await stage.settled()

    await stage.sara.press_in(screen["id"], "work.priority", value="low")

    assert "was changed while this was open" in stage.screen(stage.sara)
    assert "Assignee Mia" in stage.screen(stage.sara)  # it is drawn as things stand now
    assert "Low" not in stage.text(await stage.card_of(stan))


@pytest.mark.parametrize("action", ["claim", "reply", "comment", "status", "work"])
async def test_a_stranger_presses_a_button_and_nothing_happens_but_a_private_word(stage: Stage, action: str) -> None:
    sid = stage.customer(f"Sid Strange {action}")
    card = await stage.writes(sid, DAMAGED)
    before = stage.text(card)

    with pytest.raises(AssertionError, match="no form"):  # there is none to open
        await stage.opens(stage.stranger, card, action)

    assert "You are not in Threadline" in stage.told(stage.stranger)
    assert "threadline people add" in stage.told(stage.stranger)
    assert stage.text(await stage.card_of(sid)) == before


async def test_what_a_stranger_writes_in_a_thread_is_no_comment_and_they_are_told(stage: Stage) -> None:
    ulf = stage.customer("Ulf Unknown")
    card = await stage.writes(ulf, DAMAGED)

    await stage.stranger.say(stage.channel, "let me help", thread_ts=card["ts"])
    await stage.settled()

    assert "You are not in Threadline" in stage.told(stage.stranger)
    assert "What you wrote here was not kept" in stage.told(stage.stranger)
    assert await stage.rows("SELECT 1 FROM comment WHERE text = 'let me help'") == []
    assert ulf.inbox == ()
