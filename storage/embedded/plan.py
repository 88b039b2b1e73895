"""What the programs and the guardian tell one another, in small files of the state folder.

Every file is only a hint or a message: whether the guardian lives is told by its lock, and whether PostgreSQL
lives by connecting to it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from storage.embedded import files
from storage.embedded.places import Account, Places
from storage.embedded.sockets import PORT, socket_in

USERS_LOCK = "users.lock"  # shared: held by every program that uses the engine
GUARDIAN_LOCK = "guardian.lock"  # exclusive: held by the guardian
LAST_LEFT = "last-left"  # the last program left in order: no need to wait for the next one
GUARDIAN_LOG = "guardian.log"
POSTGRES_LOG = "postgres.log"
_PLAN = "plan.json"
_ADDRESS = "engine.json"
_ERROR = "engine-error"


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a guardian needs to know; written by the program that starts it."""

    places: Places
    programs: Path
    settings: Mapping[str, str]

    def write(self) -> None:
        account = self.places.account
        fields = {
            "home": str(self.places.home),
            "account": None if account is None else [account.uid, account.gid],
            "programs": str(self.programs),
            "settings": dict(self.settings),
        }
        files.write_atomically(self.places.state / _PLAN, json.dumps(fields))

    @classmethod
    def read(cls, state: Path) -> "Plan":
        """Raises OSError, ValueError, KeyError if no program wrote one."""
        fields = json.loads((state / _PLAN).read_text())
        account = None if fields["account"] is None else Account(*fields["account"])
        return cls(Places(Path(fields["home"]), account, None), Path(fields["programs"]), fields["settings"])


@dataclass(frozen=True, slots=True)
class Address:
    """Where PostgreSQL accepts connections, as its guardian last saw it."""

    sockets: Path
    generation: int  # counts the starts of PostgreSQL under one guardian
    port: int = PORT

    @property
    def socket(self) -> Path:
        return socket_in(self.sockets, self.port)

    def write(self, state: Path) -> None:
        fields = {"sockets": str(self.sockets), "generation": self.generation, "port": self.port}
        files.write_atomically(state / _ADDRESS, json.dumps(fields))

    @classmethod
    def read(cls, state: Path) -> "Address | None":
        try:
            fields = json.loads(files.read_text(state / _ADDRESS) or "")
            return cls(Path(fields["sockets"]), int(fields["generation"]), int(fields["port"]))
        except (ValueError, KeyError, TypeError):
            return None

    @staticmethod
    def withdraw(state: Path) -> None:
        (state / _ADDRESS).unlink(missing_ok=True)


def write_error(state: Path, text: str) -> None:
    files.write_atomically(state / _ERROR, text)


def clear_error(state: Path) -> None:
    (state / _ERROR).unlink(missing_ok=True)


def read_error(state: Path) -> tuple[int, str] | None:
    """When (a time stamp only good for comparing) and in what words the last guardian failed; None if it did not."""
    path = state / _ERROR
    text = files.read_text(path)
    try:
        return None if text is None else (path.stat().st_mtime_ns, text)
    except FileNotFoundError:
        return None
