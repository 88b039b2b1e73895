"""Which folders one checkout's engine uses, and as which user PostgreSQL runs.

An ordinary user's data lives in the checkout, under var/postgres/. PostgreSQL refuses to run as root, so for root it
runs as `nobody`, in a folder of this machine that `nobody` can reach, named by a hash of the checkout's real path.
Nothing here ever changes a folder that is not its own; one that is not as it must be is reported or passed over.
"""

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from storage.embedded.errors import EngineFailed

ROOT_BASES = (Path("/var/lib/threadline"), Path("/var/tmp/threadline"))  # noqa: S108 - owner and mode are checked


@dataclass(frozen=True, slots=True)
class Account:
    """Whom PostgreSQL runs as when we are root."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Places:
    home: Path  # this engine's own folder; holds data/ and state/, and for root sockets/
    account: Account | None  # None: PostgreSQL runs as ourselves
    store: Path | None  # where copies of the programs are kept; None: decided when one is needed

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def state(self) -> Path:
        return self.home / "state"

    @property
    def uid(self) -> int:
        return os.getuid() if self.account is None else self.account.uid


def prepare(root: Path) -> Places:
    """Find or make the folders for the checkout at `root`. Raises EngineFailed."""
    real = root.resolve()
    if any(byte < 32 or byte == 127 for byte in os.fsencode(real)):
        raise EngineFailed(
            f"The embedded PostgreSQL cannot live in {str(real)!r}.",
            why="PostgreSQL's own files cannot hold line breaks or control characters in a path.",
            remedy="Move the checkout, or set DATABASE_URL to a PostgreSQL of your own.",
        )
    try:
        places = _for_root(real) if os.geteuid() == 0 else _for_user(real)
        places.state.mkdir(mode=0o700, exist_ok=True)
        if not os.access(places.state, os.W_OK | os.X_OK):
            raise PermissionError(f"no permission to write in {places.state}")
    except OSError as error:
        raise EngineFailed(
            f"There is no place for the embedded PostgreSQL of {real}.",
            why=str(error),
            remedy="Let the user who runs Threadline own that folder, or set DATABASE_URL to a PostgreSQL of your own.",
        ) from error
    return places


def own_folder(path: Path, *, uid: int, mode: int) -> bool:
    """Whether this is a real folder (no link) of this user with exactly these read, write and pass permissions."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == uid and found.st_mode & 0o777 == mode


def path_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def _for_user(real: Path) -> Places:
    home = real / "var" / "postgres"
    home.parent.mkdir(exist_ok=True)
    home.mkdir(mode=0o700, exist_ok=True)
    return Places(home.resolve(), None, None)  # var/ may be a link to a bigger disk


def _for_root(real: Path) -> Places:
    nobody = pwd.getpwnam("nobody") if "nobody" in {entry.pw_name for entry in pwd.getpwall()} else pwd.getpwuid(65534)
    base = _base_for_root()
    home = base / path_hash(real)
    home.mkdir(exist_ok=True)
    if not own_folder(home, uid=0, mode=0o711):
        home.chmod(0o711)  # ours: only root can make it here. `nobody` passes through to data/, but cannot rename it
        (home / "checkout.txt").write_text(f"{real}\n", errors="surrogateescape")
    return Places(home, Account(nobody.pw_uid, nobody.pw_gid), base)


def _base_for_root() -> Path:
    """The first folder that is root's alone and that `nobody` can pass through."""
    reasons = []
    for base in ROOT_BASES:
        try:
            base.mkdir()
            base.chmod(0o755)  # just made by us; a strict umask would shut `nobody` out
        except FileExistsError:
            pass
        except OSError as error:
            reasons.append(str(error))
            continue
        found = base.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
            reasons.append(f"{base} is not a folder that only root may write to")
        elif closed := [str(folder) for folder in (base, *base.parents) if not folder.stat().st_mode & 0o001]:
            reasons.append(f"other users may not pass through {', '.join(closed)}")
        else:
            return base
    raise PermissionError(f"PostgreSQL does not run as root, and no folder serves its user: {'; '.join(reasons)}")


def files_folder(root: Path) -> Path:
    """Where customers' files are kept beside the database: ours alone, also when PostgreSQL runs as somebody else."""
    real = root.resolve()
    if os.geteuid() == 0:
        home = _base_for_root() / path_hash(real)
        home.mkdir(exist_ok=True)
        if not own_folder(home, uid=0, mode=0o711):
            home.chmod(0o711)
    else:
        home = real / "var"
        home.mkdir(exist_ok=True)
    folder = home / "files"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
