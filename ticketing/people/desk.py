"""The part of the desk that knows its people and teams. `ticketing/desk.py` is the whole of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.ids import new_id
from ticketing.direct_messages.miss import missed_in_slack
from ticketing.part import Part
from ticketing.people.leaving import retire
from ticketing.people.person import Person, Role, Team
from ticketing.people.prefer import choose_by_mail, prefer, preferences_of
from ticketing.people.preferences import ByMail, Preferences
from ticketing.people.register import add_person, add_team, set_intake


@dataclass(frozen=True, slots=True)
class Staffing(Part):
    """Every method is one transaction and raises leaves of Refused, with words for the person."""

    async def person_by_email(self, email: str) -> Person | None:
        """Who of the desk has this address, however it is spelled."""
        async with self.start() as uow:
            return await uow.people.by_email(email.strip().lower())

    async def anybody_by_email(self, email: str) -> Person | None:
        """The same, also of those who have left."""
        async with self.start() as uow:
            return await uow.people.lock_by_email(email.strip().lower())

    async def people(self) -> Sequence[Person]:
        async with self.start() as uow:
            return await uow.people.all()

    async def teams(self) -> Sequence[Team]:
        async with self.start() as uow:
            return await uow.people.teams()

    async def add_person(self, name: str, email: str, role: Role, team: str | None = None) -> Person:
        """`team` is a name. Raises EmailTaken, NotFound."""
        uow, now = self.start(), self.clock()
        return await add_person(new_id(), name, email, role, team, zone=self.zone, uow=uow, now=now)

    async def retire(self, email: str) -> Person:
        """They have left the desk. Raises NotFound."""
        return await retire(email, uow=self.start(), now=self.clock())

    async def add_team(self, name: str, slack_channel: str | None, *, is_default: bool = False) -> Team:
        """A name that exists gets the channel. The first team is the default one."""
        return await add_team(new_id(), name, slack_channel, is_default, uow=self.start(), now=self.clock())

    async def set_intake(self, slack_channel: str | None) -> Team:
        """The Slack channel of conversations without a ticket; None: the default team's. Raises NotFound."""
        return await set_intake(slack_channel, uow=self.start(), now=self.clock())

    async def preferences(self, *, by: Person) -> Preferences:
        """Their own; its `where` says which zone they live by."""
        return await preferences_of(by, uow=self.start())

    async def prefer(self, wanted: Preferences, *, by: Person) -> Preferences:
        """From now on, for themselves; what was kept. Raises ZoneUnknown."""
        return await prefer(wanted, by=by, zone=self.zone, uow=self.start(), now=self.clock())

    async def choose_by_mail(self, email: str, wanted: ByMail) -> Person:
        """When somebody is told by mail. Raises NotFound."""
        given = email.strip().lower()
        return await choose_by_mail(given, wanted, zone=self.zone, uow=self.start(), now=self.clock())

    async def by_mail(self) -> Mapping[UUID, ByMail]:
        """Of everybody for whom preferences are kept."""
        async with self.start() as uow:
            return await uow.preferences.by_mail()

    async def missed_in_slack(self, message_id: UUID) -> None:
        """Nobody could tell them this there: mail may."""
        await missed_in_slack(message_id, uow=self.start(), now=self.clock())
