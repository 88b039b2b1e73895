"""The data folder: made whole or not at all, given our settings, and never opened by another major version."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from storage.embedded import files
from storage.embedded.errors import EngineFailed
from storage.embedded.places import Account, Places
from storage.embedded.sockets import PORT

# Nothing of the caller's: a LANG that is not installed would fail initdb, PG* variables would redirect it.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

OWN_CONF = "threadline.conf"

# For a team of tens on one small machine; anything more is a PostgreSQL of one's own, by DATABASE_URL.
_SETTINGS = {
    "max_connections": "150",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_logical_replication_workers": "0",  # one idle process less
    "lc_messages": "C",  # errors are recognised and shown in English
    "client_connection_check_interval": "2s",  # a query whose program was killed ends soon
    "logging_collector": "off",  # it writes to the log file it was started with; see trim_log
    "log_checkpoints": "off",
    "log_min_duration_statement": "1s",
    "log_line_prefix": "%m [%p] %a ",
}
_LOG_LIMIT = 10_000_000  # bytes
_SETTING_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


def prepare(places: Places, programs: Path, *, throwaway: bool, wanted: Callable[[], bool]) -> None:
    """Make the data folder if there is none, and check that these programs may open it.

    `throwaway` skips the flush to disk. Gives up quietly as soon as nobody wants the engine any more.
    Raises EngineFailed.
    """
    for leftover in places.home.glob("data.new-*"):  # an initdb that was killed half-way
        shutil.rmtree(leftover, ignore_errors=True)
    with contextlib.suppress(OSError):
        places.data.rmdir()  # only ever succeeds on an empty folder
    if not places.data.exists():
        _create(places, programs, throwaway=throwaway, wanted=wanted)
    else:
        _check_version(places.data, programs)


def configure(places: Places, *, sockets: Path, extra: Mapping[str, str]) -> None:
    """Write our settings file, which postgresql.conf includes. Raises EngineFailed on a setting it cannot hold."""
    door = {
        "port": str(PORT),
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
    }
    settings = {**_SETTINGS, **extra, **door}
    lines = [f"{_checked_name(name)} = {quoted(value)}\n" for name, value in settings.items()]
    text = "# Written at every start of the engine; change a setting with ALTER SYSTEM, which has the last word.\n"
    files.write_atomically(places.data / OWN_CONF, text + "".join(lines), owner=_owner(places.account))


def quoted(value: str) -> str:
    """A value as PostgreSQL's configuration files want it. Raises EngineFailed on a line break."""
    if any(character in value for character in "\n\r\0"):
        raise EngineFailed(
            "A PostgreSQL setting cannot be written.",
            why=f"Its value holds a line break: {value!r}",
            remedy="Remove the line break from the setting.",
        )
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def trim_log(log: Path) -> None:
    """Keep at most two pieces of the limit's size. PostgreSQL appends, so cutting the file under it is safe; lines
    written in the instant between copy and cut are lost.
    """
    with contextlib.suppress(OSError):
        if log.stat().st_size > _LOG_LIMIT:
            shutil.copyfile(log, log.with_name(log.name + ".old"))
            os.truncate(log, 0)


def as_account(account: Account | None) -> dict[str, object]:
    """Arguments for subprocess that leave root behind, supplementary groups too; none for an ordinary user."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def _owner(account: Account | None) -> tuple[int, int] | None:
    return None if account is None else (account.uid, account.gid)


def _checked_name(name: str) -> str:
    if _SETTING_NAME.fullmatch(name) is None:
        raise EngineFailed(
            "A PostgreSQL setting cannot be written.",
            why=f"{name!r} is not the name of a setting.",
            remedy="Correct the name.",
        )
    return name


def _create(places: Places, programs: Path, *, throwaway: bool, wanted: Callable[[], bool]) -> None:
    draft = places.home / f"data.new-{os.getpid()}"
    try:
        draft.mkdir(mode=0o700)
        if places.account is not None:
            os.chown(draft, places.account.uid, places.account.gid)
        if not _initdb(draft, programs, places.account, throwaway=throwaway, wanted=wanted):
            return
        with (draft / "postgresql.conf").open("a") as conf:
            conf.write(f"\ninclude_if_exists = '{OWN_CONF}'\n")
        draft.rename(places.data)
    except OSError as error:
        raise EngineFailed(
            f"The database could not be created in {places.home}.",
            why=str(error),
            remedy="Check the folder's permissions and free space, then start again; nothing half-made is kept.",
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _initdb(
    draft: Path, programs: Path, account: Account | None, *, throwaway: bool, wanted: Callable[[], bool]
) -> bool:
    """Run initdb to its end: True, or False if nobody wanted it any more. Raises EngineFailed."""
    command = [str(programs / "initdb"), f"--pgdata={draft}", "--username=postgres", "--auth=trust"]
    command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
    if throwaway:
        command.append("--no-sync")
    log = draft.parent / "state" / "initdb.log"
    with log.open("wb") as output:
        # A session of its own: initdb starts further processes, and all of them must go when it is given up.
        process: subprocess.Popen[bytes] = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=ENVIRONMENT,
            cwd="/",
            start_new_session=True,
            **as_account(account),  # type: ignore[call-overload]
        )
        while process.poll() is None:
            if not wanted():
                os.killpg(process.pid, signal.SIGKILL)  # our own child, not yet waited for: the id cannot be reused
                process.wait()
                return False
            time.sleep(0.02)
    if process.returncode != 0:
        raise EngineFailed(
            "The database could not be created.",
            why=f"initdb ended with code {process.returncode}.",
            remedy="Read the log below: free disk space and permissions are the usual causes. Then start again.",
            log=files.tail(log),
        )
    return True


def _check_version(data: Path, programs: Path) -> None:
    written = (files.read_text(data / "PG_VERSION") or "").strip()
    if not written:
        raise EngineFailed(
            f"{data} is not a PostgreSQL data folder.",
            why="It holds files, but no PG_VERSION.",
            remedy="Move the folder away (it was not touched) and start again, or restore a backup into it.",
        )
    command = [str(programs / "postgres"), "--version"]
    output = subprocess.run(command, env=ENVIRONMENT, cwd="/", capture_output=True, text=True, check=True).stdout
    ours = re.findall(r"(\d+)", output)[0]
    if written != ours:
        raise EngineFailed(
            f"The data in {data} was written by PostgreSQL {written}; this Threadline brings PostgreSQL {ours}.",
            why="PostgreSQL does not open the data of another major version. Nothing was touched.",
            remedy="Follow docs/upgrade.md: export with the version that wrote the data, then import.",
        )
