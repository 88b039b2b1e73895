"""Files in the store: whole or not at all, once for each content, and never more of them in memory than a slice."""

import asyncio
import hashlib
import io
import os
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import obstore
import pytest
from obstore.store import LocalStore, MemoryStore, ObjectStore
from PIL import Image

from core.errors import ChannelUnavailable, FileGone, FileTooLarge
from core.instants import utc_now
from storage.blobs.places import open_store
from storage.blobs.store import BlobStore, key_of
from tests.pictures import a_jpeg_in_scans, a_photo_held_sideways, a_picture, a_png_bomb
from ticketing.attachments.store import StoreAway

MOST = 1_000_000


@pytest.fixture(params=["folder", "memory"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    return LocalStore(tmp_path) if request.param == "folder" else MemoryStore()


@pytest.fixture
def blobs(objects: ObjectStore) -> BlobStore:
    return BlobStore(objects)


async def pieces(content: bytes, *, of: int = 10_000) -> AsyncIterator[bytes]:
    for at in range(0, len(content), of):
        yield content[at : at + of]


async def stored(blobs: BlobStore, content: bytes) -> str:
    kept = await blobs.receive(pieces(content), most=MOST)
    await blobs.settle(kept)
    return kept.sha256


async def everything(objects: ObjectStore) -> list[str]:
    return sorted([each["path"] async for listed in obstore.list(objects) for each in listed])


async def read(blobs: BlobStore, sha256: str) -> bytes:
    return b"".join([chunk async for chunk in blobs.read(sha256)])


class TestReceiving:
    async def test_what_was_received_stands_under_its_hash(self, blobs: BlobStore, objects: ObjectStore) -> None:
        content = os.urandom(300_000)
        sha256 = await stored(blobs, content)
        assert sha256 == hashlib.sha256(content).hexdigest()
        assert await everything(objects) == [f"{sha256[:2]}/{sha256}"]
        assert await read(blobs, sha256) == content

    async def test_the_same_content_at_once_stands_once(self, blobs: BlobStore, objects: ObjectStore) -> None:
        content = a_picture()
        (sha256, *others) = await asyncio.gather(*(stored(blobs, content) for _ in range(5)))
        assert others == [sha256] * 4
        assert await everything(objects) == [key_of(sha256), key_of(sha256) + ".thumb"]
        assert await read(blobs, sha256) == content

    async def test_more_than_is_taken_is_refused_while_it_comes_and_nothing_of_it_stays(
        self, blobs: BlobStore, objects: ObjectStore
    ) -> None:
        read = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal read
            while True:
                read += 1
                yield bytes(100_000)

        with pytest.raises(FileTooLarge, match=r"larger than 1\.0 MB"):
            await blobs.receive(endless(), most=MOST)
        assert read == 11
        assert await everything(objects) == []

    async def test_what_breaks_off_leaves_nothing_and_says_why(self, blobs: BlobStore, objects: ObjectStore) -> None:
        async def cut() -> AsyncIterator[bytes]:
            yield bytes(200_000)
            raise ChannelUnavailable("The provider hung up.")

        with pytest.raises(ChannelUnavailable, match="hung up"):
            await blobs.receive(cut(), most=MOST)
        assert await everything(objects) == []

    async def test_an_empty_file_is_none(self, blobs: BlobStore, objects: ObjectStore) -> None:
        with pytest.raises(FileGone, match="empty"):
            await blobs.receive(pieces(b""), most=MOST)
        assert await everything(objects) == []

    async def test_a_cancelled_one_leaves_nothing_that_is_listed(self, blobs: BlobStore, objects: ObjectStore) -> None:
        begun = asyncio.Event()

        async def stuck() -> AsyncIterator[bytes]:
            yield bytes(200_000)
            begun.set()
            await asyncio.Event().wait()

        receiving = asyncio.create_task(blobs.receive(stuck(), most=MOST))
        await begun.wait()
        receiving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await receiving
        assert await everything(objects) == []


class TestPictures:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
    async def test_a_picture_gets_a_small_one(self, blobs: BlobStore, kind: str) -> None:
        kept = await blobs.receive(pieces(a_picture(kind, size=(900, 600))), most=MOST)
        assert (kept.content_type, kept.width, kept.height) == (f"image/{kind.lower()}", 900, 600)
        await blobs.settle(kept)
        small = await thumbnail(blobs, kept.sha256)
        assert (small.format, small.size) == ("JPEG", (480, 320))

    async def test_a_photo_held_sideways_is_upright_and_its_small_one_tells_neither_who_took_it_nor_where(
        self, blobs: BlobStore
    ) -> None:
        kept = await blobs.receive(pieces(a_photo_held_sideways(size=(640, 400))), most=MOST)
        assert (kept.width, kept.height) == (400, 640)
        await blobs.settle(kept)
        small = await thumbnail(blobs, kept.sha256)
        assert small.size == (300, 480)
        assert not small.getexif()
        red, _, blue = small.getpixel((150, 20))  # type: ignore[misc]  # the left half of the photo is on top now
        assert red > 200 > blue

    async def test_what_is_see_through_is_shown_on_white(self, blobs: BlobStore) -> None:
        out = io.BytesIO()
        Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
        sha256 = await stored(blobs, out.getvalue())
        assert (await thumbnail(blobs, sha256)).getpixel((25, 25)) == (255, 255, 255)

    async def test_a_bomb_is_kept_and_not_unpacked(self, blobs: BlobStore) -> None:
        kept = await blobs.receive(pieces(a_png_bomb(edge=9000)), most=MOST)
        assert (kept.content_type, kept.has_thumbnail, kept.width) == ("image/png", False, 9000)
        beyond_belief = await blobs.receive(pieces(a_png_bomb(edge=30_000)), most=MOST)
        assert (beyond_belief.content_type, beyond_belief.has_thumbnail) == ("application/octet-stream", False)

    async def test_a_large_photo_gets_a_small_one_only_if_it_is_decoded_line_by_line(self, blobs: BlobStore) -> None:
        for content, shown in (
            (a_picture("JPEG", size=(4200, 4000)), True),
            (a_jpeg_in_scans(edge=400), True),
            (a_jpeg_in_scans(edge=4200), False),  # all of it would be in memory, at six bytes a pixel
            (a_jpeg_in_scans(edge=4200, comment=b"\xff\xda\x00\x0c\x03\x01\x00\x02\x00\x03\x00\x00\x3f\x00"), False),
        ):
            kept = await blobs.receive(pieces(content), most=MOST)
            assert (kept.content_type, kept.has_thumbnail) == ("image/jpeg", shown)

    async def test_a_damaged_picture_is_kept_without_a_small_one(self, blobs: BlobStore) -> None:
        kept = await blobs.receive(pieces(a_picture("PNG")[:-300]), most=MOST)
        assert (kept.content_type, kept.has_thumbnail) == ("image/png", False)

    @pytest.mark.parametrize(
        "content", [b"GIF89a<script>alert(1)</script>", b"\xff\xd8\xff<html>", b"\x89PNG\r\n\x1a\n" + bytes(50)]
    )
    async def test_what_only_begins_like_a_picture_is_none(self, blobs: BlobStore, content: bytes) -> None:
        assert (await blobs.receive(pieces(content), most=MOST)).content_type == "application/octet-stream"

    async def test_a_page_called_a_photo_is_a_page(self, blobs: BlobStore) -> None:
        kept = await blobs.receive(pieces(b"<html><script>alert(1)</script></html>"), most=MOST)
        assert (kept.content_type, kept.has_thumbnail) == ("text/html", False)


async def thumbnail(blobs: BlobStore, sha256: str) -> Image.Image:
    part = await blobs.open(sha256, thumbnail=True)
    return Image.open(io.BytesIO(b"".join([chunk async for chunk in part.chunks])))


class TestReading:
    async def test_a_part_of_a_file(self, blobs: BlobStore) -> None:
        content = os.urandom(1000)
        sha256 = await stored(blobs, content)
        part = await blobs.open(sha256, start=10, end=20)
        assert (part.start, part.end, part.size) == (10, 20, 1000)
        assert b"".join([chunk async for chunk in part.chunks]) == content[10:20]

    async def test_what_is_not_there_is_gone(self, blobs: BlobStore) -> None:
        with pytest.raises(FileGone):
            await blobs.open("00" * 32)
        with pytest.raises(FileGone):
            await blobs.open("00" * 32, start=5)

    async def test_what_was_deleted_is_gone_and_deleting_it_again_is_nothing(self, blobs: BlobStore) -> None:
        sha256 = await stored(blobs, a_picture())
        await blobs.delete(sha256)
        await blobs.delete(sha256)
        with pytest.raises(FileGone):
            await read(blobs, sha256)


class TestForgetting:
    async def test_what_was_received_and_never_settled_goes_after_a_day(
        self, blobs: BlobStore, objects: ObjectStore
    ) -> None:
        await blobs.receive(pieces(a_picture()), most=MOST)
        sha256 = await stored(blobs, b"kept")
        now = utc_now()
        assert await blobs.prune(now=now) == 0
        assert await blobs.prune(now=now + timedelta(days=1, minutes=1)) == 2
        assert await everything(objects) == [key_of(sha256)]

    async def test_what_a_killed_program_had_half_written_goes_too(self, tmp_path: Path) -> None:
        (tmp_path / "tmp").mkdir()
        half = tmp_path / "tmp" / "0123#1"
        half.write_bytes(b"half")
        os.utime(half, (time.time() - 90_000,) * 2)
        assert await BlobStore(LocalStore(tmp_path)).prune(now=utc_now()) == 1
        assert not half.exists()


class TestPlaces:
    async def test_a_store_that_cannot_be_written_says_so(self, tmp_path: Path) -> None:
        (tmp_path / "tmp").write_text("in the way")
        blobs = BlobStore(LocalStore(tmp_path))
        with pytest.raises(StoreAway):
            await blobs.receive(pieces(b"hello"), most=MOST)
        assert await blobs.problem() is not None

    async def test_a_folder_named_by_a_url_is_made(self, tmp_path: Path) -> None:
        blobs = BlobStore(open_store((tmp_path / "new one").as_uri(), tmp_path))
        assert await blobs.problem() is None
        assert (tmp_path / "new one").is_dir()

    def test_without_a_url_files_are_on_this_machine(self, tmp_path: Path) -> None:
        store = open_store(None, tmp_path)
        assert isinstance(store, LocalStore)
        assert Path(str(store.prefix)).is_dir()

    @pytest.mark.parametrize("url", ["nowhere", "ftp://example.com/files", "s3://"])
    def test_an_address_that_is_none_is_refused_in_words(self, url: str, tmp_path: Path) -> None:
        with pytest.raises(ChannelUnavailable, match="ATTACHMENTS_URL"):
            open_store(url, tmp_path)

    @pytest.mark.parametrize(
        "url", ["s3://bucket/folder", "gs://bucket/folder", "https://account.blob.core.windows.net/container"]
    )
    def test_other_stores_are_opened_without_a_connection(self, url: str, tmp_path: Path) -> None:
        assert "Store" in repr(open_store(url, tmp_path))
