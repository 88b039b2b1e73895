"""A desk without actions."""

from collections.abc import Mapping

from threadline import ActionSpec, Context, Outcome, OutcomeKind
from ticketing.playbook.playbook import Playbook
from ticketing.resolution.ports import Actions
from ticketing.resolution.run import Json


class NoActions:
    """The port `Actions`, with nothing behind it."""

    @property
    def specs(self) -> Mapping[str, ActionSpec]:
        return {}

    async def call(self, name: str, arguments: Mapping[str, Json], context: Context) -> Outcome:  # noqa: ARG002
        return Outcome(OutcomeKind.FAILED, words=f"This desk has no action {name}.")


def no_actions(playbook: Playbook) -> Actions:  # noqa: ARG001
    """Whatever the playbook."""
    return NoActions()
