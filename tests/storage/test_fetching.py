"""Files of customers: in order, once, and in words where they cannot be had; whatever is killed on the way."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import obstore
import pytest
from obstore.store import MemoryStore

from connectors.contract import OpenFile
from core.errors import AccountRefused, ChannelError, ChannelUnavailable, FileGone, FileTooLarge
from core.messages import RemoteFile
from storage.blobs.store import BlobStore, key_of
from storage.light_cards import SqlLightCards
from storage.playbooks import Playbooks
from storage.rooms import SqlRooms
from tests.factories import RULES, a_suggestion, an_inbound
from tests.fakes.files import FakeFiles
from tests.pictures import a_picture
from tests.storage.desk import DeskAtWork, Says
from tests.storage.mortals import Fate, Killed, Mortal, MortalWork
from ticketing.attachments.attachment import FileState, ShownFile
from ticketing.attachments.fetch import Fetchable, fetch_file
from ticketing.attachments.links import Links
from ticketing.attachments.ports import FileSource
from ticketing.attachments.store import FileStore, Kept
from ticketing.conversations.file_message import file_message
from ticketing.conversations.ports import StoredEvent

MOST = 1_000_000
PHOTO = a_picture()
NOTHING = a_suggestion(worthy=False, confidence=0.2, awaits_answer=False)


class FilesAtWork:
    """A desk whose customers send files."""

    def __init__(self, desk: DeskAtWork) -> None:
        self.desk = desk
        self.provider = FakeFiles({"photo": PHOTO})
        self.objects = MemoryStore()
        self.store = BlobStore(self.objects)

    async def links(self) -> Links:
        return Links("https://desk.example", b"key")

    async def arrives(self, *files: RemoteFile, text: str = "", key: str = "SM1") -> UUID:
        """A message with these files, filed; the conversation."""
        inbound = an_inbound(text, key=key, files=files)
        event = StoredEvent(1, "fake", None, self.desk.now, settled=False)  # type: ignore[arg-type]  # it is parsed
        async with self.desk.start() as uow:
            await file_message(inbound, event, sender=None, uow=uow, now=self.desk.now)
        (row,) = await self.desk.rows("SELECT id FROM conversation")
        conversation_id: UUID = row.id
        return conversation_id

    async def awaited(self) -> list[UUID]:
        """The files of the jobs that fetch them, in order."""
        rows = await self.desk.rows("SELECT payload FROM pgqueuer WHERE entrypoint = 'FileAwaited' ORDER BY id")
        return [UUID(json.loads(bytes(row.payload))["file_id"]) for row in rows]

    async def fetch(self, file_id: UUID, *, source: FileSource | None = None, store: FileStore | None = None) -> None:
        sources = {"fake": Fetchable(source or self.provider, MOST)}
        await fetch_file(
            file_id, sources=sources, store=store or self.store, start=self.desk.start, clock=self.desk.clock
        )

    async def in_light_card(self, conversation_id: UUID) -> tuple[ShownFile, ...]:
        cards = SqlLightCards(
            self.desk.database, sure_enough=RULES.sure_enough, links=self.links, clock=self.desk.clock
        )
        return (await cards.card(conversation_id)).attachments

    async def in_room(self, ticket_id: UUID) -> list[tuple[ShownFile, ...]]:
        rooms = SqlRooms(self.desk.database, Playbooks(), links=self.links)
        return [entry.attachments for entry in await rooms.begin_entries(ticket_id, now=self.desk.now)]

    async def row(self) -> Any:
        (row,) = await self.desk.rows("SELECT * FROM attachment")
        return row

    async def objects_there(self) -> set[str]:
        return {each["path"] async for listed in obstore.list(self.objects) for each in listed}


@pytest.fixture
def files(desk: DeskAtWork) -> FilesAtWork:
    return FilesAtWork(desk)


def a_file(source: str = "photo", **fields: Any) -> RemoteFile:
    return RemoteFile(source, **fields)


class TestArriving:
    async def test_ten_photos_at_once_are_one_conversation_for_people_in_their_order(self, files: FilesAtWork) -> None:
        for number in range(10):
            files.desk.now += timedelta(milliseconds=10)
            conversation = await files.arrives(a_file(name=f"{number}.jpg"), key=f"SM{number}")
        await files.desk.understand(conversation, Says(NOTHING))
        assert await files.desk.count("ticket") == 0
        (row,) = await files.desk.rows("SELECT awaiting_since FROM conversation")
        assert row.awaiting_since is not None
        shown = await files.in_light_card(conversation)
        assert [file.name for file in shown] == [f"{number}.jpg" for number in range(10)]
        assert {(file.state, file.url) for file in shown} == {(FileState.AWAITED, None)}

    async def test_photos_to_an_open_ticket_stand_in_its_room_in_their_order(self, files: FilesAtWork) -> None:
        conversation = await files.arrives(text="My mug is broken.", key="SM0")
        ticket = await files.desk.ticket(conversation, await files.desk.person())
        for number in range(1, 11):
            files.desk.now += timedelta(milliseconds=10)
            await files.arrives(a_file(name=f"{number}.jpg"), key=f"SM{number}")
        await files.desk.understand(conversation, Says(NOTHING))
        assert await files.desk.count("ticket") == 1
        shown = await files.in_room(ticket.id)
        assert [file.name for entry in shown for file in entry] == [f"{number}.jpg" for number in range(1, 11)]
        assert (await SqlRooms(files.desk.database, Playbooks()).card(ticket.id)).files == 10

    async def test_the_same_message_again_brings_no_file_again(self, files: FilesAtWork) -> None:
        for _ in range(3):
            await files.arrives(a_file(), a_file("other"))
        assert await files.desk.count("attachment") == 2
        assert len(await files.awaited()) == 2

    async def test_names_are_made_safe_and_claims_kept(self, files: FilesAtWork) -> None:
        await files.arrives(a_file(name="../../\u202egpj.exe", content_type="image/jpeg\x00"))
        row = await files.row()
        assert (row.name, row.claimed_type, row.content_type) == ("gpj.exe", "image/jpeg", None)


class TestFetching:
    async def test_a_photo_is_stored_and_shown_with_a_link(self, files: FilesAtWork) -> None:
        conversation = await files.arrives(a_file(content_type="image/jpeg"))
        (file_id,) = await files.awaited()
        await files.fetch(file_id)
        (shown,) = await files.in_light_card(conversation)
        assert (shown.name, shown.content_type, shown.size) == ("photo.jpg", "image/jpeg", len(PHOTO))
        assert (shown.state, shown.is_picture, shown.has_thumbnail) == (FileState.STORED, True, True)
        assert shown.url is not None
        assert shown.url.startswith(f"https://desk.example/files/{file_id}/photo.jpg?e=")
        assert (await files.desk.jobs())[-1] == "ConversationChanged"

    async def test_a_ticket_that_shows_it_is_shown_again(self, files: FilesAtWork) -> None:
        conversation = await files.arrives(a_file(), text="My mug is broken.")
        await files.desk.understand(conversation)
        (row,) = await files.desk.rows("SELECT id FROM ticket")
        await files.in_room(row.id)
        await files.desk.rows("UPDATE room_entry SET posting_since = NULL, slack_ts = '1.1' RETURNING id")
        await files.fetch((await files.awaited())[0])
        assert (await files.desk.jobs())[-1] == "FileSettled"
        assert [file.state for entry in await files.in_room(row.id) for file in entry] == [FileState.STORED]

    async def test_by_two_at_once_it_stands_once(self, files: FilesAtWork) -> None:
        await files.arrives(a_file())
        (file_id,) = await files.awaited()
        await asyncio.gather(*(files.fetch(file_id) for _ in range(4)))
        assert (await files.row()).state == "stored"
        assert (await files.desk.jobs()).count("ConversationChanged") == 1
        await files.fetch(file_id)
        assert len(files.provider.fetched) <= 4

    @pytest.mark.parametrize(
        ("error", "state", "why"),
        [
            (FileGone("Twilio has deleted it."), "gone", "Twilio has deleted it."),
            (FileTooLarge("It has 30 MB."), "refused", "It has 30 MB."),
        ],
    )
    async def test_what_cannot_be_had_says_why(
        self, files: FilesAtWork, error: ChannelError, state: str, why: str
    ) -> None:
        files.provider.files["photo"] = error
        conversation = await files.arrives(a_file())
        await files.fetch((await files.awaited())[0])
        (shown,) = await files.in_light_card(conversation)
        assert (shown.state, shown.why, shown.url) == (state, why, None)

    async def test_what_is_larger_than_it_said_is_refused_while_it_comes(self, files: FilesAtWork) -> None:
        files.provider.files["photo"] = bytes(MOST + 1)
        await files.arrives(a_file(size=10))
        await files.fetch((await files.awaited())[0])
        row = await files.row()
        assert (row.state, row.sha256) == ("refused", None)
        assert await files.objects_there() == set()

    async def test_a_provider_that_is_away_is_asked_again_and_given_up_after_a_day(self, files: FilesAtWork) -> None:
        files.provider.files["photo"] = ChannelUnavailable("The provider is away.")
        await files.arrives(a_file())
        (file_id,) = await files.awaited()
        with pytest.raises(ChannelUnavailable):
            await files.fetch(file_id)
        assert (await files.row()).state == "awaited"
        files.desk.now += timedelta(days=1)
        await files.fetch(file_id)
        row = await files.row()
        assert (row.state, row.why) == (
            "gone",
            "It could not be fetched for a day, so it was given up. The provider is away.",
        )

    async def test_a_channel_that_is_off_is_waited_for(self, files: FilesAtWork) -> None:
        await files.arrives(a_file())
        (file_id,) = await files.awaited()
        with pytest.raises(ChannelUnavailable, match="switched off"):
            await fetch_file(file_id, sources={}, store=files.store, start=files.desk.start, clock=files.desk.clock)

    async def test_an_account_that_is_refused_waits_for_an_admin_and_says_so(self, files: FilesAtWork) -> None:
        files.provider.files["photo"] = AccountRefused("Twilio refuses our token.")
        conversation = await files.arrives(a_file())
        (file_id,) = await files.awaited()
        with pytest.raises(AccountRefused):
            await files.fetch(file_id)
        (shown,) = await files.in_light_card(conversation)
        assert (shown.state, shown.why) == (FileState.AWAITED, "Twilio refuses our token.")
        files.provider.files["photo"] = PHOTO
        await files.fetch(file_id)
        (shown,) = await files.in_light_card(conversation)
        assert (shown.state, shown.why) == (FileState.STORED, None)


class MortalSource:
    """The provider's side of a fetch, with a step before and after."""

    def __init__(self, source: FakeFiles, fate: Fate) -> None:
        self._source, self._fate = source, fate

    @asynccontextmanager
    async def fetch(self, source: str, *, most: int) -> AsyncIterator[OpenFile]:
        self._fate.step()
        async with self._source.fetch(source, most=most) as opened:
            self._fate.step()
            yield opened


class MortalStore:
    """The store, with a step before and after each call."""

    def __init__(self, store: BlobStore, fate: Fate) -> None:
        self._store, self._fate = store, fate

    async def receive(self, chunks: AsyncIterator[bytes], *, most: int) -> Kept:
        self._fate.step()
        kept = await self._store.receive(chunks, most=most)
        self._fate.step()
        return kept

    async def settle(self, kept: Kept) -> None:
        self._fate.step()
        await self._store.settle(kept)
        self._fate.step()

    def read(self, sha256: str) -> AsyncIterator[bytes]:
        return self._store.read(sha256)


class MortalFiles(MortalWork):
    """Every call of the files' own port is a step too."""

    async def __aenter__(self) -> "MortalFiles":
        await super().__aenter__()
        self.attachments = Mortal(self.attachments, self._fate)  # type: ignore[assignment]
        return self


async def test_killed_anywhere_a_file_stands_once_and_is_shown(files: FilesAtWork) -> None:
    deaths, died = 0, True
    while died:
        await files.arrives(a_file(), key=f"SM{deaths}")
        file_id = (await files.awaited())[-1]
        fate, died = Fate(deaths), False
        try:
            await fetch_file(
                file_id,
                sources={"fake": Fetchable(MortalSource(files.provider, fate), MOST)},
                store=MortalStore(files.store, fate),
                start=lambda fate=fate: MortalFiles(files.desk, fate),  # type: ignore[misc]  # bound now
                clock=files.desk.clock,
            )
        except Killed:
            died = True
        await files.fetch(file_id)
        deaths += died
    assert deaths > 10  # it was killed at that many places
    rows = await files.desk.rows("SELECT DISTINCT state, sha256 FROM attachment")
    assert [row.state for row in rows] == ["stored"]
    here = key_of(rows[0].sha256)
    lasting = {path for path in await files.objects_there() if not path.startswith("tmp/")}
    assert lasting == {here, f"{here}.thumb"}
    assert (await files.desk.jobs()).count("ConversationChanged") == deaths + 1
