"""The file store, over any object store: content under its SHA-256, in slices of a few hundred kilobytes.

A file is received in a temporary place and put where it stays once it is whole. Whoever dies in between leaves only
something temporary, which `prune` removes a day later.
"""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore

from core.errors import FileGone, FileTooLarge
from core.ids import new_id
from storage.blobs.content_type import FIRST_BYTES, content_type
from storage.blobs.pictures import Picture, look_at
from ticketing.attachments.kinds import UNKNOWN, is_picture
from ticketing.attachments.names import size_words
from ticketing.attachments.store import Kept, Slice, StoreAway

TEMPORARY = "tmp"
KEPT = "kept"
KEEP_TEMPORARY = timedelta(days=1)
_THUMBNAIL = ".thumb"
_PART = 5 * 1024 * 1024  # bytes: S3 takes no smaller part of an upload but the last
_AT_ONCE = 2  # parts
_SLICE = 256 * 1024  # bytes, reading
_SPOOL = 256 * 1024  # bytes of a picture that are kept in memory; the rest of it in a file without a name
_MOST_TEMPORARY = 1000  # things removed in one round

_FAILED = (BaseError, OSError)  # what obstore raises


class BlobStore:
    """The storage side of `ticketing.attachments.store.FileStore`."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._looking = asyncio.Semaphore(1)  # one picture at a time: each may take the memory that pictures may

    async def receive(self, chunks: AsyncIterator[bytes], *, most: int) -> Kept:
        place = f"{TEMPORARY}/{new_id().hex}"
        with tempfile.SpooledTemporaryFile(_SPOOL) as copy:
            reading = _Reading(chunks, most, copy)
            try:
                await obstore.put_async(
                    self._store, place, reading.pieces(), chunk_size=_PART, max_concurrency=_AT_ONCE
                )
            except Exception as error:
                await self._forget(place)
                if reading.failed is not None:
                    raise reading.failed from None
                if isinstance(error, _FAILED):
                    raise _away(error) from error
                raise
            kind = content_type(bytes(reading.first))
            picture = await self._look_at(copy, kind) if is_picture(kind) else None
        if picture is None:
            kind = UNKNOWN if is_picture(kind) else kind
            return Kept(place, reading.hash.hexdigest(), reading.size, kind)
        if picture.thumbnail is not None:
            await self._put(place + _THUMBNAIL, picture.thumbnail)
        return Kept(
            place,
            reading.hash.hexdigest(),
            reading.size,
            kind,
            picture.width,
            picture.height,
            picture.thumbnail is not None,
        )

    async def settle(self, kept: Kept) -> None:
        try:
            if kept.has_thumbnail:
                await obstore.rename_async(self._store, kept.place + _THUMBNAIL, key_of(kept.sha256) + _THUMBNAIL)
            await obstore.rename_async(self._store, kept.place, key_of(kept.sha256))
        except _FAILED as error:
            raise _away(error) from error

    async def read(self, sha256: str) -> AsyncIterator[bytes]:
        async for chunk in (await self.open(sha256)).chunks:
            yield chunk

    async def open(self, sha256: str, *, thumbnail: bool = False, start: int = 0, end: int | None = None) -> Slice:
        """From byte `start` up to `end`. Raises FileGone, StoreAway."""
        key = key_of(sha256) + (_THUMBNAIL if thumbnail else "")
        try:
            if start or end is not None:
                size = (await obstore.head_async(self._store, key))["size"]
                end = size if end is None else min(end, size)
                found = await obstore.get_async(self._store, key, options={"range": (start, end)})
            else:
                found = await obstore.get_async(self._store, key)
                size = end = found.meta["size"]
        except FileNotFoundError as error:
            raise FileGone("The file is not in the store any more.") from error
        except _FAILED as error:
            raise _away(error) from error
        return Slice(start, end, size, _read(found))

    async def delete(self, sha256: str) -> None:
        """Safe to repeat. Raises StoreAway."""
        for key in (key_of(sha256), key_of(sha256) + _THUMBNAIL):
            try:
                await obstore.delete_async(self._store, key)
            except FileNotFoundError:
                pass
            except _FAILED as error:
                raise _away(error) from error

    async def keep(self, name: str, content: bytes) -> None:
        """Something of ours that is no customer's file, under a name of its own. Safe to repeat. Raises StoreAway."""
        await self._put(f"{KEPT}/{name}", content)

    async def kept(self, name: str) -> bytes:
        """Raises FileGone, StoreAway."""
        try:
            return bytes(await (await obstore.get_async(self._store, f"{KEPT}/{name}")).bytes_async())
        except FileNotFoundError as error:
            raise FileGone("It is not in the store any more.") from error
        except _FAILED as error:
            raise _away(error) from error

    async def prune(self, *, now: datetime) -> int:
        """Remove what was received and never settled, a day later; how much there was. Raises StoreAway."""
        old = now - KEEP_TEMPORARY
        folder = self._store.prefix if isinstance(self._store, LocalStore) else None
        gone = await asyncio.to_thread(_prune_parts, Path(folder), old) if folder else 0
        try:
            async for listed in obstore.list(self._store, prefix=f"{TEMPORARY}/", chunk_size=100):
                for each in listed:
                    if each["last_modified"] < old and gone < _MOST_TEMPORARY:
                        await self._forget(each["path"])
                        gone += 1
        except _FAILED as error:
            raise _away(error) from error
        return gone

    async def problem(self) -> str | None:
        """Why it cannot be written, in words for an operator; None: it can."""
        place = f"{TEMPORARY}/{new_id().hex}"
        try:
            await self._put(place, b"can this be written?")
            await obstore.delete_async(self._store, place)
        except (StoreAway, *_FAILED) as error:
            return str(error)
        return None

    async def _look_at(self, copy: IO[bytes], kind: str) -> Picture | None:
        copy.seek(0)
        async with self._looking:
            return await asyncio.to_thread(look_at, copy, kind)

    async def _put(self, place: str, content: bytes) -> None:
        try:
            await obstore.put_async(self._store, place, content)
        except _FAILED as error:
            raise _away(error) from error

    async def _forget(self, place: str) -> None:
        with suppress(*_FAILED):
            await obstore.delete_async(self._store, place)


class _Reading:
    """What passes through on its way into the store: hashed, counted, and copied if it may be a picture."""

    def __init__(self, chunks: AsyncIterator[bytes], most: int, copy: IO[bytes]) -> None:
        self.hash, self.size, self.first = hashlib.sha256(), 0, bytearray()
        self.failed: Exception | None = None  # reading did, not the store
        self._chunks, self._most, self._copy = chunks, most, copy
        self._copying = True  # until it is known to be no picture

    async def pieces(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._chunks:
                self._take(chunk)
                yield chunk
            self._end()
        except Exception as error:
            self.failed = error
            raise

    def _end(self) -> None:
        if not self.size:
            raise FileGone("It is empty.")

    def _take(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self.size > self._most:
            raise FileTooLarge(f"It is larger than {size_words(self._most)}, the most that is taken.")
        self.hash.update(chunk)
        if self._copying:
            self._copy.write(chunk)
        if len(self.first) < FIRST_BYTES:
            self.first += chunk[: FIRST_BYTES - len(self.first)]
            if len(self.first) == FIRST_BYTES:
                self._copying = is_picture(content_type(bytes(self.first)))


def key_of(sha256: str) -> str:
    """Where content of this hash stands: a folder holds a 256th of all."""
    return f"{sha256[:2]}/{sha256}"


async def _read(found: "obstore.GetResult") -> AsyncIterator[bytes]:
    try:
        async for chunk in found.stream(min_chunk_size=_SLICE):
            yield bytes(chunk)
    except _FAILED as error:
        raise _away(error) from error


def _away(error: Exception) -> StoreAway:
    return StoreAway(f"The file store cannot be used: {error}")


def _prune_parts(folder: Path, old: datetime) -> int:
    """A folder's unfinished uploads, which listing it does not name."""
    gone = 0
    for part in (folder / TEMPORARY).glob("*#*"):
        with suppress(OSError):
            if part.stat().st_mtime < old.timestamp():
                part.unlink()
                gone += 1
    return gone
