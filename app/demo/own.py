"""`threadline demo --playbook FILE`: no story, but the stage with a playbook and actions of one's own, to be tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.demo.shop import ACTIONS
from app.demo.stage import Stage
from app.own_actions import desk_actions
from app.settings import Settings
from threadline import ActionSpec


@dataclass(frozen=True, slots=True)
class OwnDesk:
    """What is tried. `actions`: modules, as THREADLINE_ACTIONS names them."""

    playbook: Path
    actions: Sequence[str]
    hosts: str  # of private networks, that actions of the playbook may reach

    @classmethod
    def of(cls, playbook: Path, settings: Settings) -> "OwnDesk":
        """Where none are named, the shop's."""
        return cls(playbook.resolve(), settings.action_modules or (ACTIONS,), settings.threadline_action_hosts)

    def installed(self) -> Mapping[str, ActionSpec]:
        """What its playbook may name. Raises ActionsUnusable."""
        return desk_actions(Settings(threadline_actions=" ".join(self.actions))).installed.specs


async def customers_of(stage: Stage) -> None:
    """Clara, on WhatsApp and by mail: somebody whom the shop knows should be there to write."""
    stage.twilio.customer("+14155550123", name="Clara")
    stage.mail.customer("clara@customer.example", name="Clara Whitfield")
