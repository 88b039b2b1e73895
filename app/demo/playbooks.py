"""The playbook that the demo's desk follows: one of those that come with Threadline or the one that is tried, chosen on
the simulator's page.
"""

from functools import partial
from typing import Protocol

from app.demo.own import OwnDesk
from app.playbooks import read_playbook
from app.settings import HOME, Settings
from app.wiring import services
from core.errors import Refused
from emulators.simulator import CannotChoose, Choice
from ticketing.people.actor import SYSTEM
from ticketing.playbook.apply import apply_playbook
from ticketing.playbook.succession import Wanted

_OWN = "own"
_SHIPPED = {"retail": "Retail", "hotel": "Hotel", "disputes": "Disputes"}


class OnStage(Protocol):
    """Whose desk it is."""

    @property
    def settings(self) -> Settings: ...


def choice_of(stage: OnStage, own: OwnDesk | None = None) -> Choice:
    """The menu. One's own stands first, and is read anew each time."""
    offered = {_OWN: own.playbook.name, **_SHIPPED} if own else _SHIPPED
    return Choice("Playbook", offered, partial(follow, stage, own=own))


async def follow(stage: OnStage, name: str, own: OwnDesk | None = None) -> str:
    """Put it in force, and say what it brings. Tickets in flight go where their status category does.

    Raises CannotChoose.
    """
    tried = own if name == _OWN else None
    path = tried.playbook if tried else HOME / "examples" / "playbooks" / f"{name}.yaml"
    dsn = stage.settings.database_url
    assert dsn is not None, "a stage has a database of its own"
    async with services(stage.settings, dsn, connections=1) as made:
        try:
            applied = await apply_playbook(
                read_playbook(path),
                file=path.name,
                wanted=Wanted(),
                by=SYSTEM,
                first=True,  # a demo's desk has none of the example's teams
                actions=tried.installed() if tried else None,
                uow=made.start(),
                now=stage.settings.clock(),
            )
        except Refused as refusal:
            raise CannotChoose(refusal.message) from refusal
    types = ", ".join(kind.label for kind in applied.playbook.types.values())
    statuses = ", ".join(
        dict.fromkeys(status.label for rules in applied.playbook.lifecycles.values() for status in rules.statuses)
    )
    return f"{applied.playbook.name} is in force, as version {applied.version}. Types: {types}. Statuses: {statuses}."
