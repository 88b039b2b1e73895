"""The actions of one desk, ready to be called: what its modules and packages have, and what its playbook declares."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ai.actions.connections import MEGABYTE, Connections
from ai.actions.guard import Guard
from ai.actions.registry import Catalogue
from ai.actions.running import run_action
from threadline import ActionSpec, Context, Json, Outcome, OutcomeKind


class DeskActions:
    """The port `Actions`. Its connections open with the first call, in the running loop; `close` ends them.

    `settings`: what THREADLINE_ACTION_… say. `hosts`: private ones that a playbook's actions reach all the same.
    """

    def __init__(self, catalogue: Catalogue, *, settings: Mapping[str, str], hosts: Sequence[str] = ()) -> None:
        self.catalogue = catalogue
        self._settings = settings
        self._open = Connections()
        self._guarded = Connections(Guard(hosts), most_bytes=MEGABYTE)

    @property
    def specs(self) -> Mapping[str, ActionSpec]:
        return self.catalogue.specs

    async def call(self, name: str, arguments: Mapping[str, Json], context: Context) -> Outcome:
        """With the settings and connections of this desk. Raises only what cancels it."""
        action = self.catalogue.get(name)
        if action is None:
            return Outcome(OutcomeKind.FAILED, words=f"This desk has no action {name} (any more).")
        return await run_action(action, arguments, replace(context, settings=self._settings, http=self._open))

    async def close(self) -> None:
        """Safe to repeat."""
        await self._open.close()
        await self._guarded.close()
