"""Whose ticket it becomes by a button: claim, the lost race, take over; and who in Slack is nobody at the desk."""

import asyncio

from bot.intents import Action
from emulators.slack import Person
from tests.bot.office import EITHER_WAY, Office, told


@EITHER_WAY
class TestClaim:
    async def test_makes_the_ticket_theirs(self, office: Office, mia: Person) -> None:
        await office.press(mia, Action.CLAIM)
        await office.show()
        assert "Assignee: mia" in office.card().replace("Mia", "mia")
        assert mia.ephemerals() == []

    async def test_who_loses_the_race_is_told_by_whom_and_may_take_over(
        self, office: Office, mia: Person, ben: Person
    ) -> None:
        await asyncio.gather(office.press(mia, Action.CLAIM), office.press(ben, Action.CLAIM))
        (loser,) = [person for person in (mia, ben) if person.ephemerals()]
        winner = "Ben" if loser is mia else "Mia"
        assert told(loser).startswith(f"{winner} has already claimed this conversation.")
        private = loser.ephemerals()[0]
        await loser.press(office.support, private["ts"], Action.TAKE_OVER)
        await office.show()
        assert f"Assignee: {loser.name.title()}" in office.card()

    async def test_is_answered_in_the_channel_also_when_the_card_has_a_thread(
        self, office: Office, mia: Person, stranger: Person
    ) -> None:
        await mia.say(office.support, "a comment", office.ts)
        await office.press(stranger, Action.CLAIM)
        assert "thread_ts" not in stranger.ephemerals()[0]

    async def test_taking_over_from_the_card(self, office: Office, mia: Person, ben: Person) -> None:
        await office.press(mia, Action.CLAIM)
        await office.show()
        await office.press(ben, Action.TAKE_OVER)
        await office.show()
        assert "Assignee: Ben" in office.card()

    async def test_nothing_happens_for_a_stranger(self, office: Office, stranger: Person) -> None:
        await office.press(stranger, Action.CLAIM)
        assert told(stranger).startswith("You are not in Threadline (your address in Slack is stranger@elsewhere")
        assert (await office.now())["assignee_id"] is None


class TestIdentity:
    async def test_slack_is_asked_once_who_somebody_is(self, office: Office, mia: Person) -> None:
        for _ in range(3):
            await office.press(mia, Action.CLAIM)
        assert len(office.workspace.calls_of("users.info")) == 1

    async def test_an_address_of_another_workspace_is_nobodys(self, office: Office, mia: Person) -> None:
        guest = office.workspace.add_user("guest", "mia@desk.example")
        office.support.members.add(guest.id)
        guest.as_json = lambda: {**Person.as_json(guest), "team_id": "T0ELSEWHERE"}  # type: ignore[method-assign]
        await office.press(guest, Action.CLAIM)
        assert "You are not in Threadline" in told(guest)
        assert (await office.now())["assignee_id"] is None

    async def test_a_bot_and_somebody_without_an_address_are_nobody(self, office: Office) -> None:
        for name, email, is_bot in (("robot", "mia@desk.example", True), ("nameless", None, False)):
            user = office.workspace.add_user(name, email, is_bot=is_bot)
            office.support.members.add(user.id)
            await office.press(user, Action.CLAIM)
            assert told(user).startswith("You are not in Threadline, so nothing was done.")
