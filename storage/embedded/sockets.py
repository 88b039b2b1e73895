"""A short private folder for PostgreSQL's socket.

A Unix socket's path is limited to about 107 bytes, so a deep checkout cannot hold it. The folder must be a real one,
ours, 0700: whoever can open the socket is the database's superuser. A stranger's folder with our name is passed over.
"""

import os
import re
import tempfile
from pathlib import Path

from storage.embedded.places import Places, own_folder, path_hash

PORT = 5432  # only part of the socket's name: each engine has its own folder, and nothing listens on the network
# 104 bytes on macOS and 108 on Linux, with the closing zero.
_LONGEST = 103
# Nothing that a DSN, PostgreSQL's folder list or a host list could read as anything but a path.
_PLAIN = re.compile(r"/[A-Za-z0-9._/+-]*")


def socket_in(folder: Path, port: int = PORT) -> Path:
    return folder / f".s.PGSQL.{port}"


def usable(folder: Path, places: Places) -> bool:
    """Whether this folder is private to PostgreSQL's user and its path fits a socket and a DSN."""
    return _fits(folder) and own_folder(folder, uid=places.uid, mode=0o700)


def choose(places: Places, *, previous: Path | None) -> Path:
    """Find or make the folder. `previous` is kept if it still serves: running programs know it by its name.

    Raises OSError.
    """
    if previous is not None and _fits(previous) and _made(previous, places):
        return previous
    for folder in _candidates(places):
        if _fits(folder) and _made(folder, places):
            return folder
    return Path(tempfile.mkdtemp(prefix="threadline-", dir=None if _fits(Path(tempfile.gettempdir())) else "/tmp"))  # noqa: S108


def _candidates(places: Places) -> list[Path]:
    if places.account is not None:
        return [places.home / "sockets"]
    name = f"threadline-{os.getuid()}-{path_hash(places.data)}"
    # The session's runtime folder comes second: it vanishes at logout, while a program left running must go on.
    parents = [tempfile.gettempdir(), os.environ.get("XDG_RUNTIME_DIR", ""), "/tmp"]  # noqa: S108 - see _made
    return [Path(parent, name) for parent in parents if parent.startswith("/")]


def _made(folder: Path, places: Places) -> bool:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if places.account is not None and own_folder(folder, uid=0, mode=0o700):
            os.chown(folder, places.account.uid, places.account.gid)  # it lies in a folder only root can write to
    except OSError:
        return False
    return own_folder(folder, uid=places.uid, mode=0o700)


def _fits(folder: Path) -> bool:
    return len(os.fsencode(socket_in(folder))) <= _LONGEST and _PLAIN.fullmatch(str(folder)) is not None
