"""What a desk begins with: the playbook that THREADLINE_PLAYBOOK names, as version 1."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from app.own_actions import desk_actions
from app.settings import HOME, Settings
from app.subscriptions import route
from core.errors import Refused
from core.instants import utc_now
from storage.database import Database
from storage.playbooks import Playbooks
from storage.unit_of_work import SqlUnitOfWork
from threadline import ActionSpec
from ticketing.people.actor import SYSTEM
from ticketing.playbook.apply import PlaybookChanged, apply_playbook
from ticketing.playbook.succession import Wanted

DEFAULT = HOME / "examples" / "playbooks" / "retail.yaml"
NONE = "none"  # the plain process: ticketing/playbook/shipped.py

Installed = Mapping[str, ActionSpec] | None  # the actions that a playbook may name; None: they are not looked for


class PlaybookMissing(Refused):
    """The file cannot be read."""


def read_playbook(path: Path) -> bytes:
    """Raises PlaybookMissing."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise PlaybookMissing(f"{path} cannot be read: {error.strerror or error}.") from error


def installed_actions() -> Installed:
    """What a playbook may name here. None: nothing is installed, and an example's actions are not looked for.

    Raises ActionsUnusable.
    """
    return desk_actions(Settings()).installed.specs or None


async def begin(settings: Settings, dsn: str) -> None:
    """Put the first version in force where there is none. Any number of processes may try at once: one does it.

    Raises PlaybookMissing, PlaybookRefused.
    """
    if settings.threadline_playbook == NONE:
        return
    database, playbooks = Database(dsn, size=1), Playbooks()

    def start() -> SqlUnitOfWork:
        return SqlUnitOfWork(database, route(timedelta(seconds=settings.burst_seconds)), playbooks)

    try:
        async with start() as uow:
            if await uow.versions.newest():
                return
        path = Path(settings.threadline_playbook) if settings.threadline_playbook else DEFAULT
        await apply_playbook(
            read_playbook(path),
            file=path.name,
            wanted=Wanted(),
            by=SYSTEM,
            expected=0,
            first=True,
            uow=start(),
            now=utc_now(),
        )
    except PlaybookChanged:
        return  # somebody else was faster
    finally:
        await database.close()
