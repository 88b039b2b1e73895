"""What cannot be done now: outages, dialogs too late, buttons of another age. People are told, nothing is half done."""

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.app import build
from bot.config import SlackConfig
from bot.intents import Action, Field
from core.ids import new_id
from core.instants import utc_now
from emulators.slack import Person
from tests.bot.office import NO_CUSTOMERS, NO_FINDING, NO_HOMES, Office, connected, told
from tests.fakes.light_cards import FakeLightCards


class TestTrouble:
    async def test_a_click_during_an_outage_is_told_that_nothing_was_changed(self, office: Office, mia: Person) -> None:
        async with lost(office.engine, "person"):
            done = await mia.press(office.support, office.ts, Action.CLAIM)
        assert done.status == 200
        assert told(mia) == "Something went wrong, and nothing was changed. Please try again in a moment."

    async def test_a_form_during_an_outage_says_so_in_place(self, office: Office, mia: Person) -> None:
        view = await office.press(mia, Action.COMMENT)
        async with lost(office.engine, "comment"):
            done = await mia.submit(view, {Field.TEXT: "hello"})
        assert "nothing was changed" in done.errors[Field.TEXT]

    async def test_a_message_during_an_outage_comes_again_and_is_kept_once(self, office: Office, mia: Person) -> None:
        async with lost(office.engine, "comment"):
            delivery = (await mia.say(office.support, "keep me", office.ts)).delivery
        assert delivery is not None
        assert delivery.attempts[0].status == 500
        await office.workspace.courier.repeat(delivery)
        assert len(await office.all("SELECT id FROM comment")) == 1

    async def test_a_message_by_socket_during_an_outage_is_not_acknowledged_so_it_comes_again(
        self, office: Office, config: SlackConfig, mia: Person
    ) -> None:
        bolt = build(
            config,
            office.desk,
            office.rooms,
            FakeLightCards(),
            NO_CUSTOMERS,
            NO_FINDING,
            NO_HOMES,
            slack=office.slack,
            clock=utc_now,
        )
        courier = office.workspace.courier
        courier.deadline, courier.retry_delays = 0.5, (0.0,) * 20
        async with connected(bolt, office.workspace):
            await asyncio.wait_for(office.workspace.sockets.until_connected(), 10)
            async with lost(office.engine, "comment"):
                delivery = (await mia.say(office.support, "keep me", office.ts)).delivery
            assert delivery is not None
            assert delivery.attempts[0].status is None
            await asyncio.wait_for(delivery.settled.wait(), 20)
        assert delivery.acknowledged
        assert len(await office.all("SELECT id FROM comment")) == 1

    async def test_a_dialog_that_slack_gave_up_on_says_to_press_again(self, office: Office, mia: Person) -> None:
        office.workspace.faults.next("views.open", error="expired_trigger_id")
        await office.press(mia, Action.COMMENT)
        assert "Press the button again" in told(mia)

    async def test_a_button_of_another_age_is_explained(self, office: Office, mia: Person) -> None:
        old = {"type": "button", "text": {"type": "plain_text", "text": "Old"}, "action_id": "old", "value": "1"}
        stale = {**old, "action_id": Action.CLAIM.value, "text": {"type": "plain_text", "text": "Claim"}}
        blocks = [{"type": "actions", "elements": [old, stale]}]
        ts = await office.slack.post(office.support.id, "x", blocks, metadata={"event_type": "x", "event_payload": {}})
        for action in ("old", Action.CLAIM):
            done = await mia.press(office.support, ts, action)
            assert done.status == 200
            assert "older version of Threadline" in told(mia)

    async def test_a_ticket_that_is_not_there_is_refused(self, office: Office, mia: Person) -> None:
        message = office.workspace.message(office.support, office.ts)
        for block in message["blocks"]:
            for element in block.get("elements", []):
                if element.get("value"):
                    element["value"] = element["value"].replace(str(office.ticket.id), str(new_id()))
        assert await office.press(mia, Action.COMMENT) is None
        assert "There is no such ticket" in told(mia)


class lost:  # noqa: N801 - reads as a clause
    """A table is away for a moment, as in an outage."""

    def __init__(self, engine: AsyncEngine, table: str) -> None:
        self.engine, self.table = engine, table

    async def __aenter__(self) -> None:
        await self._rename(self.table, f"{self.table}_away")

    async def __aexit__(self, *_: object) -> None:
        await self._rename(f"{self.table}_away", self.table)

    async def _rename(self, old: str, new: str) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))
