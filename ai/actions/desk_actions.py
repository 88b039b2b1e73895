"""The actions of one desk, ready to be called: what its modules and packages have, and what its playbook declares."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import structlog

from ai.actions.connections import MEGABYTE, Connections
from ai.actions.guard import Guard
from ai.actions.http import http_action
from ai.actions.registry import Catalogue
from ai.actions.running import run_action
from threadline import ActionSpec, Context, Http, Json, Outcome, OutcomeKind
from ticketing.playbook.playbook import Playbook

log = structlog.get_logger()


class CallableActions:
    """The port `Actions`: a catalogue, with what each call is given beside what its caller knows."""

    def __init__(self, catalogue: Catalogue, settings: Mapping[str, str], http: Http) -> None:
        self.catalogue = catalogue
        self._settings = settings
        self._http = http

    @property
    def specs(self) -> Mapping[str, ActionSpec]:
        return self.catalogue.specs

    async def call(self, name: str, arguments: Mapping[str, Json], context: Context) -> Outcome:
        """With the settings and connections of this desk. Raises only what cancels it."""
        action = self.catalogue.get(name)
        if action is None:
            return Outcome(OutcomeKind.FAILED, words=f"This desk has no action {name} (any more).")
        return await run_action(action, arguments, replace(context, settings=self._settings, http=self._http))


class DeskActions:
    """Its connections open with the first call, in the running loop; `close` ends them.

    `catalogue`: what is installed, or what loads it at the first use: who never asks for actions is not kept from its
    work by a broken one. `settings`: what THREADLINE_ACTION_… say. `hosts`: private ones that a playbook's actions
    reach all the same.
    """

    def __init__(
        self,
        catalogue: Catalogue | Callable[[], Catalogue],
        *,
        settings: Mapping[str, str],
        hosts: Sequence[str] = (),
    ) -> None:
        self._catalogue = catalogue
        self._settings = settings
        self._open = Connections()
        self._guarded = Connections(Guard(hosts), most_bytes=MEGABYTE)
        self._newest: tuple[Playbook, CallableActions] | None = None

    @cached_property
    def installed(self) -> CallableActions:
        """Without those of any playbook. Raises ActionsUnusable at its first use: what is named cannot be loaded."""
        known = self._catalogue
        return CallableActions(known if isinstance(known, Catalogue) else known(), self._settings, self._open)

    def of(self, playbook: Playbook) -> CallableActions:
        """What is installed, and what this playbook declares. Where both have a name, what is installed counts.

        Raises ActionsUnusable, as `installed` does.
        """
        if self._newest is None or self._newest[0] is not playbook:
            self._newest = playbook, self._made(playbook)
        return self._newest[1]

    async def close(self) -> None:
        """Safe to repeat."""
        await self._open.close()
        await self._guarded.close()

    def _made(self, playbook: Playbook) -> CallableActions:
        installed = self.installed.catalogue
        if both := sorted(playbook.http_actions.keys() & installed.keys()):
            log.warning("actions_installed_and_declared", names=both, playbook=playbook.version)
        declared = [each for key, each in playbook.http_actions.items() if key not in installed]
        more = installed.with_more(http_action(each, self._guarded) for each in declared)
        return CallableActions(more, self._settings, self._open)
