"""Locks and small files that survive a crash at any instant.

Locks are `flock`s: the kernel drops them when their holder dies, however it dies. Lock files are never deleted,
because a lock on a deleted file excludes nobody.
"""

import contextlib
import fcntl
import os
from pathlib import Path


def open_lock(path: Path) -> int:
    """A descriptor to lock; it is not passed on to child programs."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Take the lock now or say no; never waits."""
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock(descriptor: int) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_UN)


def is_locked(path: Path, *, against_sharing: bool = True) -> bool:
    """Whether somebody holds this lock so that it cannot be had (shared, or else exclusively)."""
    descriptor = open_lock(path)
    try:
        return not try_lock(descriptor, shared=against_sharing)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, text: str, *, owner: tuple[int, int] | None = None, mode: int = 0o600) -> None:
    """Put a whole file in place, or leave the old one; a symbolic link standing there is replaced, never followed."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
        if owner is not None:
            os.fchown(file.fileno(), *owner)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_text(path: Path) -> str | None:
    """The file's text, or None if it is not there."""
    try:
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return None


def tail(path: Path, *, lines: int = 15) -> str:
    """The last lines of a log; empty if it cannot be read, since this only ever decorates another error."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 16_384))
            return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
    except OSError:
        return ""
