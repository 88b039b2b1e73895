"""Options of menus of people and teams."""

from collections.abc import Sequence
from uuid import UUID

from bot.refs import StaleButton
from bot.text import title
from bot.views import words
from bot.views.parts import OPTION, described, option
from bot.wire import Json
from ticketing.collaboration.choosing import Everybody
from ticketing.collaboration.colleague import Colleague

NOBODY = "nobody"
_PERSON, _TEAM = "p:", "t:"
_MOST = 100  # options that a menu takes


def colleague_options(found: Sequence[Colleague]) -> list[Json]:
    """People by name, each with how much they have; the values are their ids."""
    return [described(_called(each, found), str(each.id), _has(each)) for each in found[:_MOST]]


def everybody_options(found: Everybody) -> list[Json]:
    """Oneself, the teams, the others; `chosen_one` reads what was chosen."""
    people = [described(_called(each, found.people), f"{_PERSON}{each.id}") for each in found.people]
    teams = [option(team_label(each.name), f"{_TEAM}{each.id}") for each in found.teams]
    first = 1 if found.people and found.people[0].is_me else 0
    return [*people[:first], *teams, *people[first:]][:_MOST]


def person_option(name: str, person_id: UUID) -> Json:
    """The one who is chosen already, of people only."""
    return option(title(name, OPTION), str(person_id))


def somebody_option(name: str, who: UUID, *, is_team: bool) -> Json:
    """The same of people and teams."""
    return option(team_label(name) if is_team else title(name, OPTION), f"{_TEAM if is_team else _PERSON}{who}")


def chosen_one(value: str) -> tuple[UUID | None, UUID | None]:
    """A person or a team: the one is None; both are where nobody was chosen. Raises StaleButton."""
    try:
        if value.startswith(_TEAM):
            return None, UUID(value.removeprefix(_TEAM))
        return (UUID(value.removeprefix(_PERSON)), None) if value not in ("", NOBODY) else (None, None)
    except ValueError as error:
        raise StaleButton from error


def team_label(name: str) -> str:
    return title(f"👥 {name}", OPTION)


def _called(one: Colleague, among: Sequence[Colleague]) -> str:
    """Namesakes are told apart by their address."""
    namesakes = sum(1 for other in among if other.name == one.name)
    name = f"{one.name} ({one.email})" if namesakes > 1 else one.name
    return title(f"{name} (me)" if one.is_me else name, OPTION)


def _has(one: Colleague) -> str:
    open_ones = words.count(one.open_tickets, "open ticket") if one.open_tickets else "no open tickets"
    return f"{open_ones} · of this team" if one.is_of_team else open_ones
