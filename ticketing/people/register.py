"""Add people and teams. Run by an admin at the command line; recorded like every change."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from uuid import UUID

from core.errors import NotFound, Refused
from ticketing.activity.record import Record, Stream
from ticketing.people.actor import SYSTEM
from ticketing.people.person import Person, Role, Team
from ticketing.people.preferences import Preferences, next_digest
from ticketing.ports import UnitOfWork

DESK = UUID(int=0)  # the stream of people and teams is the desk's own


class NotAnAddress(Refused):
    """Not something mail could be sent to."""


class EmailTaken(Refused):
    """Two people cannot share an e-mail: it is how a Slack account is recognised."""


async def add_person(
    person_id: UUID,
    name: str,
    email: str,
    role: Role,
    team: str | None,
    *,
    zone: tzinfo,
    uow: UnitOfWork,
    now: datetime,
) -> Person:
    """Without a team they join the default one, if there is one. `zone`: the desk's.

    Who had left comes back, with this name and role, and wants to be told what they wanted before.

    Raises EmailTaken, NotAnAddress, NotFound.
    """
    email = email.strip().lower()
    local, _, domain = email.partition("@")
    if not local or "." not in domain or " " in email:
        raise NotAnAddress(f"{email!r} is not an e-mail address. Use the one of their Slack profile.")
    async with uow:
        joined = _chosen(await uow.people.teams(), team)
        person = Person(person_id, name.strip() or local, email, role, frozenset({joined.id} if joined else ()))
        did = "person.added"
        if not await uow.people.add(person):
            known = await uow.people.lock_by_email(email)
            if known is None or not known.has_left:
                raise EmailTaken(f"{email} belongs to somebody of the desk already: see `threadline people list`.")
            did, person = "person.returned", replace(person, id=known.id, name=name.strip() or known.name)
            await uow.people.come_back(person)
        if joined:
            await uow.people.join(person.id, joined.id)
        wanted = await uow.preferences.lock(person.id) if did == "person.returned" else Preferences()
        await uow.preferences.save(person.id, wanted, next_digest=next_digest(wanted, zone, now))
        after = {"person": str(person.id), "role": role.value, "team": joined.name if joined else None}
        await uow.activity.append(Stream("people", DESK), [Record(did, SYSTEM, now, {}, after)])
        return person


def _chosen(known: Sequence[Team], name: str | None) -> Team | None:
    if name is None:
        return next((team for team in known if team.is_default), None)
    for team in known:
        if team.name.casefold() == name.strip().casefold():
            return team
    names = ", ".join(team.name for team in known) or "none yet"
    raise NotFound(f"There is no team {name!r}. Teams: {names}. Add one with `threadline teams add`.")


async def add_team(
    team_id: UUID, name: str, slack_channel: str | None, is_default: bool, *, uow: UnitOfWork, now: datetime
) -> Team:
    """A team of that name gets the channel instead of being added again."""
    async with uow:
        teams = await uow.people.teams()
        known = next((team for team in teams if team.name.casefold() == name.strip().casefold()), None)
        team = Team(team_id, name.strip(), slack_channel, is_default or not teams)
        if known is not None:
            team = replace(
                known,
                slack_channel=slack_channel or known.slack_channel,
                is_default=is_default or known.is_default,
            )
            await uow.people.save_team(team)
        else:
            if not await uow.people.add_team(team):
                raise Refused(
                    "A team is being added by somebody else just now: see `threadline teams list`, then retry."
                )
        after = {"team": str(team.id), "name": team.name, "channel": team.slack_channel, "default": team.is_default}
        await uow.activity.append(Stream("people", DESK), [Record("team.saved", SYSTEM, now, {}, after)])
        return team


async def set_intake(slack_channel: str | None, *, uow: UnitOfWork, now: datetime) -> Team:
    """Where conversations without a ticket are shown; None: in the default team's channel. Raises NotFound."""
    async with uow:
        team = next((team for team in await uow.people.teams() if team.is_default), None)
        if team is None:
            raise NotFound("There is no team yet: `threadline teams add Support --slack-channel C…`")
        before, after = {"intake": team.intake_channel}, {"team": str(team.id), "intake": slack_channel}
        team = replace(team, intake_channel=slack_channel)
        await uow.people.save_team(team)
        await uow.activity.append(Stream("people", DESK), [Record("team.saved", SYSTEM, now, before, after)])
        return team
