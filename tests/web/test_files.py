"""Files over HTTP: for whoever has a link, for as long as it is good, in parts if asked, and never as a page."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from obstore.store import LocalStore, MemoryStore

from core.errors import NotFound
from emulators.server import Served
from storage.blobs.store import BlobStore, key_of
from tests.factories import NOW
from tests.fakes.inbox import FakeHealth, FakeInbox
from tests.pictures import a_picture
from ticketing.attachments.attachment import Attachment, FileState
from ticketing.attachments.fetch import stored
from ticketing.attachments.links import Links, Variant
from ticketing.attachments.store import Slice
from web.app import build
from web.files import FileDoor, part_of
from web.ports import LookupUnavailable

LINKS = Links("https://desk.example", b"key")
PHOTO = a_picture(size=(900, 600))
NONE: Mapping[str, str] = {}
PAGE = b"<!doctype html><script>alert(1)</script>"


@dataclass
class Shelf:
    """The files behind the door, and the client in front of it."""

    http: httpx.AsyncClient
    blobs: BlobStore
    rows: dict[UUID, Attachment] = field(default_factory=dict)
    away: bool = False  # the database

    async def put(self, content: bytes, name: str = "photo.jpg") -> Attachment:
        async def chunks() -> AsyncIterator[bytes]:
            yield content

        kept = await self.blobs.receive(chunks(), most=10**8)
        await self.blobs.settle(kept)
        file = stored(Attachment(uuid4(), name, FileState.AWAITED, NOW), kept)
        self.rows[file.id] = file
        return file

    async def find(self, file_id: UUID) -> Attachment:
        if self.away:
            raise LookupUnavailable
        if file_id not in self.rows:
            raise NotFound("There is no such file.")
        return self.rows[file_id]

    async def open(self, sha256: str, *, thumbnail: bool = False, start: int = 0, end: int | None = None) -> Slice:
        return await self.blobs.open(sha256, thumbnail=thumbnail, start=start, end=end)

    async def get(
        self,
        file: Attachment,
        variant: Variant = Variant.ORIGINAL,
        method: str = "GET",
        headers: Mapping[str, str] = NONE,
    ) -> httpx.Response:
        url = urlsplit(LINKS.for_people(file.id, file.name, now=NOW, variant=variant))
        return await self.http.request(method, f"{url.path}?{url.query}", headers=headers)


async def links() -> Links:
    return LINKS


@pytest.fixture
async def shelf() -> AsyncIterator[Shelf]:
    made = Shelf(httpx.AsyncClient(verify=False), BlobStore(MemoryStore()))
    app = build(
        webhooks={},
        inbox=FakeInbox(),
        health=FakeHealth(),
        public_base_url="https://desk.example",
        slack=None,
        files=FileDoor(made, links, lambda: NOW),
    )
    async with (
        Served(app) as served,
        httpx.AsyncClient(base_url=served.url, verify=False, trust_env=False) as made.http,
    ):
        yield made


class TestAFile:
    async def test_a_photo_is_shown_in_place_and_can_do_nothing(self, shelf: Shelf) -> None:
        file = await shelf.put(PHOTO, "Müg.jpg")
        answer = await shelf.get(file)
        assert (answer.status_code, answer.content) == (200, PHOTO)
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["content-length"] == str(len(PHOTO))
        assert answer.headers["content-disposition"] == "inline; filename=\"M_g.jpg\"; filename*=UTF-8''M%C3%BCg.jpg"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"].startswith("private")

    async def test_its_small_picture_has_a_link_of_its_own(self, shelf: Shelf) -> None:
        file = await shelf.put(PHOTO)
        answer = await shelf.get(file, Variant.THUMBNAIL)
        assert answer.content.startswith(b"\xff\xd8\xff")
        assert 0 < len(answer.content) < len(PHOTO)
        assert answer.headers["etag"] != (await shelf.get(file)).headers["etag"]

    @pytest.mark.parametrize("content", [PAGE, b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'])
    async def test_a_page_is_downloaded_as_bytes_whatever_it_is_called(self, shelf: Shelf, content: bytes) -> None:
        answer = await shelf.get(await shelf.put(content, "photo.jpg"))
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert "sandbox" in answer.headers["content-security-policy"]

    async def test_a_paper_keeps_its_type_and_is_downloaded(self, shelf: Shelf) -> None:
        answer = await shelf.get(await shelf.put(b"%PDF-1.7\n", "invoice.pdf"))
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"].startswith("attachment;")

    async def test_head_says_the_same_without_the_bytes(self, shelf: Shelf) -> None:
        file = await shelf.put(PHOTO)
        for variant in Variant:
            got, head = await shelf.get(file, variant), await shelf.get(file, variant, "HEAD")
            assert head.content == b""
            assert {**head.headers, "date": ""} == {**got.headers, "date": ""}

    async def test_what_the_browser_has_is_not_sent_again(self, shelf: Shelf) -> None:
        file = await shelf.put(PHOTO)
        etag = (await shelf.get(file)).headers["etag"]
        again = await shelf.get(file, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")

    async def test_nothing_can_be_posted_to_it(self, shelf: Shelf) -> None:
        assert (await shelf.get(await shelf.put(PHOTO), method="POST")).status_code == 405


class TestParts:
    @pytest.mark.parametrize(
        ("asked", "part"),
        [
            ("bytes=0-99", (0, 100)),
            ("bytes=900-", (900, 1000)),
            ("bytes=-100", (900, 1000)),
            ("bytes=-5000", (0, 1000)),
            ("bytes=990-5000", (990, 1000)),
            ("bytes=1000-", ()),
            ("bytes=-0", ()),
            ("bytes=5-1", None),
            ("bytes=-", None),
            ("bytes=0-1,5-9", None),
            ("items=0-1", None),
            ("", None),
        ],
    )
    def test_of_a_thousand_bytes(self, asked: str, part: tuple[int, int] | tuple[()] | None) -> None:
        assert part_of(asked, 1000) == part

    async def test_a_part_is_sent_alone(self, shelf: Shelf) -> None:
        file = await shelf.put(PHOTO)
        answer = await shelf.get(file, headers={"Range": "bytes=100-199"})
        assert (answer.status_code, answer.content) == (206, PHOTO[100:200])
        assert answer.headers["content-range"] == f"bytes 100-199/{len(PHOTO)}"

    async def test_a_part_that_does_not_exist_is_refused(self, shelf: Shelf) -> None:
        answer = await shelf.get(await shelf.put(PHOTO), headers={"Range": "bytes=999999-"})
        assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(PHOTO)}")

    async def test_a_part_of_something_older_is_all_of_it(self, shelf: Shelf) -> None:
        answer = await shelf.get(await shelf.put(PHOTO), headers={"Range": "bytes=0-9", "If-Range": '"older"'})
        assert (answer.status_code, answer.content) == (200, PHOTO)


class TestLinks:
    async def test_a_link_that_is_over_says_what_to_do(self, shelf: Shelf) -> None:
        file = await shelf.put(PHOTO)
        url = urlsplit(LINKS.for_people(file.id, file.name, now=NOW - timedelta(days=40)))
        answer = await shelf.http.get(f"{url.path}?{url.query}")
        assert answer.status_code == 410
        assert "Open the ticket in Slack" in answer.text

    @pytest.mark.parametrize("query", ["", "e=99999999999&s=00", "e=&s=", "e=1&s=%ff&v=thumb", "v=nonsense"])
    async def test_a_link_that_is_not_ours_is_refused(self, shelf: Shelf, query: str) -> None:
        file = await shelf.put(PHOTO)
        answer = await shelf.http.get(f"/files/{file.id}/photo.jpg?{query}")
        assert answer.status_code == 403
        assert PHOTO not in answer.content

    async def test_no_file_goes_by_a_name_that_is_no_id(self, shelf: Shelf) -> None:
        assert (await shelf.http.get("/files/passwd/photo.jpg")).status_code == 403

    async def test_a_good_link_to_a_file_that_is_not_there_any_more_says_so(self, shelf: Shelf) -> None:
        file = await shelf.put(PHOTO)
        assert file.sha256 is not None
        await shelf.blobs.delete(file.sha256)
        assert (await shelf.get(file)).status_code == 410
        shelf.rows[file.id] = replace(file, state=FileState.GONE, sha256=None)
        assert (await shelf.get(file)).status_code == 410
        del shelf.rows[file.id]
        assert (await shelf.get(file)).status_code == 410

    async def test_a_store_that_is_away_is_not_described_to_strangers(self, shelf: Shelf, tmp_path: Path) -> None:
        file = await shelf.put(PHOTO)
        shelf.blobs = BlobStore(LocalStore(tmp_path))
        assert file.sha256 is not None
        (tmp_path / key_of(file.sha256)).parent.write_text("no folder")
        answer = await shelf.get(file)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert "try again" in answer.text
        assert str(tmp_path) not in answer.text

    async def test_while_the_database_is_away_it_says_to_come_again(self, shelf: Shelf) -> None:
        file = await shelf.put(PHOTO)
        shelf.away = True
        answer = await shelf.get(file)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert answer.headers["content-type"].startswith("text/html")
