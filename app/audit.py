"""Auditing and exporting the record of changes: the database or a file on one side, the auditor on the other."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from storage.checkpoints import Checkpoints
from storage.database import Database
from storage.queries.audit import EVERYTHING, Paths, Selection, count, parts, roots
from ticketing.activity.audit import Auditor
from ticketing.activity.checkpoint import Checkpoint, Covered, Witness
from ticketing.activity.exported import BadLine, End, Header, Reader, end_line, header_line, part_line
from ticketing.activity.findings import Finding, Opened, Verdict
from ticketing.activity.record import Entry

Advance = Callable[[int], None]  # how many more records, or bytes of a file, are done
OWN_KEY = "The signing key is kept in the database: whoever can write there can sign. Set SECRET_KEY to keep it apart."
_PAGE = 1000


@asynccontextmanager
async def opened(dsn: str) -> AsyncIterator[Database]:
    database = Database(dsn, size=2)
    try:
        yield database
    finally:
        await database.close()


async def count_records(database: Database, selection: Selection = EVERYTHING) -> int:
    async with database.snapshot() as session:
        return await count(session, selection)


async def verify_database(
    database: Database,
    *,
    secret: str | None,
    keys: Collection[str] = (),
    witness: Witness | None = None,
    now: datetime,
    advance: Advance = lambda _: None,
) -> Verdict:
    """`secret`: the setting SECRET_KEY. `keys`: public keys that are trusted beside its own."""
    signer = await Checkpoints(database, secret).signer()
    auditor = Auditor({signer.public, *keys}, now=now, witness=witness)
    done = 0
    async with database.snapshot() as session:
        async for part in parts(session):
            auditor.take(part)
            done += isinstance(part, Entry)
            if done == _PAGE:
                advance(done)
                done = 0
        async for number, root in roots(session):
            auditor.heads(number, root)
    advance(done)
    verdict = auditor.verdict()
    if not secret:
        verdict.remarks.append(OWN_KEY)
    return verdict


def verify_file(
    path: Path,
    *,
    keys: Collection[str] = (),
    witness: Witness | None = None,
    advance: Advance = lambda _: None,
) -> Verdict:
    """Without `keys`, nobody says whose the signatures are: a doubt. Raises BadLine with the line, OSError."""
    reader, counted, end, at, done = Reader(), Counter[type](), None, 1, 0
    with path.open("rb") as file:
        try:
            header = reader.read(next(file, b""))
            if not isinstance(header, Header):
                raise BadLine("the header is missing")
            complete = header.part_of is None
            auditor = Auditor(keys or {header.key}, now=header.exported_at, complete=complete, witness=witness)
            for line in file:
                at, done = at + 1, done + len(line)
                if at % _PAGE == 0:
                    advance(done)
                    done = 0
                part = reader.read(line)
                if end is not None or isinstance(part, Header):
                    raise BadLine("it stands after the end, or is a second header")
                if isinstance(part, End):
                    end = part
                else:
                    auditor.take(part)
                    counted[type(part)] += 1
        except (ValueError, TypeError, AttributeError, OverflowError) as error:  # a stranger wrote it
            raise BadLine(f"line {at} of {path} cannot be read: {error}") from error
    return _judge_file(auditor.verdict(), header, _end(counted), end, trusted=bool(keys))


def _judge_file(verdict: Verdict, header: Header, counted: End, end: End | None, *, trusted: bool) -> Verdict:
    if end is None:
        verdict.add(Finding("file_cut_off", "The file has no end: a part of it is missing."))
    elif end != counted:
        verdict.add(Finding("file_cut_off", "The file does not hold as many lines of each kind as its end says."))
    if header.part_of is not None:
        verdict.remarks.append(header.proves)
    if not trusted:
        verdict.doubts.append(
            f"Only the file itself says that its key is the desk's ({header.key}): give the desk's key with --key."
        )
    return verdict


def _end(counted: Counter[type]) -> End:
    return End(*(counted[kind] for kind in (Checkpoint, Opened, Covered, Entry)))


async def export(
    database: Database,
    path: Path,
    *,
    secret: str | None,
    selection: Selection,
    part_of: dict[str, str | int] | None,
    now: datetime,
    advance: Advance = lambda _: None,
) -> End:
    """What was written. The file appears under its name when it is whole. Raises OSError."""
    signer = await Checkpoints(database, secret).signer()
    counted = Counter[type]()
    unfinished = path.with_name(f"{path.name}.part")
    with unfinished.open("w", encoding="utf-8", newline="\n") as file:
        file.write(header_line(Header(now, signer.public, part_of)))
        async with database.snapshot() as session:
            paths = Paths(session)
            async for part in parts(session, selection):
                if isinstance(part, Covered):
                    part = replace(part, path=await paths.of(part))
                file.write(part_line(part))
                counted[type(part)] += 1
                if isinstance(part, Entry) and counted[Entry] % _PAGE == 0:
                    advance(_PAGE)
        file.write(end_line(_end(counted)))
    unfinished.replace(path)
    return _end(counted)
