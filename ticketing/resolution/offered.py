"""Which recipes fit a ticket, what each would call, and what it lacks: pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from threadline import ActionSpec
from ticketing.fields.surroundings import Surroundings
from ticketing.fields.values import is_given
from ticketing.fields.visibility import in_view
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import Recipe
from ticketing.resolution.arguments import as_argument
from ticketing.resolution.proposal import OfferedRecipe
from ticketing.tickets.ticket import Ticket


def offered(
    recipes: Iterable[Recipe],
    ticket: Ticket,
    playbook: Playbook,
    *,
    specs: Mapping[str, ActionSpec],
    around: Surroundings,
    now: datetime,
) -> list[OfferedRecipe]:
    """Those whose condition holds, in their order. Arguments that have no value yet, or that policy gives, are out."""
    names = in_view(ticket, playbook, now=now, around=around).context
    found = []
    for recipe in recipes:
        if recipe.when is not None and not recipe.when.holds(names, otherwise=False):
            continue
        lacks = [key for key in recipe.asks if _is_missing(key, ticket, playbook)]
        policy = playbook.action_policies.get(recipe.calling.action)
        own = policy.sets if policy else {}
        takes = specs[recipe.calling.action].arguments.members
        values = {name: as_argument(each.value(names)) for name, each in recipe.calling.arguments.items()}
        known = {name: each for name, each in values.items() if each is not None and name in takes and name not in own}
        found.append(OfferedRecipe(recipe.key, recipe.label, recipe.calling.action, known, tuple(lacks)))
    return found


def _is_missing(key: str, ticket: Ticket, playbook: Playbook) -> bool:
    field = playbook.fields.get(key)
    return field is not None and not is_given(field, ticket.fields.get(key))
