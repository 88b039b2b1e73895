"""Pictures on their way into posts: sent once, shown when Slack can, and never in the way of the words beside them."""

from dataclasses import dataclass, field, replace
from uuid import UUID

import pytest

from bot.client import Slack
from bot.showing import send_picture, show_conversation, show_ticket
from core.errors import ChannelUnavailable
from core.ids import new_id
from emulators.slack import Channel, Workspace, as_text
from tests.bot.cards import a_card, a_light_card, a_picture, an_entry
from tests.bot.conftest import clock
from tests.bot.test_files import PICTURE, chunks
from tests.fakes.light_cards import FakeLightCards
from tests.fakes.rooms import FakeRooms
from ticketing.attachments.previews import DuePicture, Preview


@dataclass
class Octets:
    size: int = len(PICTURE)

    @property
    def chunks(self) -> object:
        return chunks()


@dataclass
class FakePictures:
    """One picture. Held to nothing but its own port: `tests/journey/test_files.py` runs the real one."""

    slack_file: str | None = None
    is_shown: bool = False
    sent_so_far: list[str] = field(default_factory=list)

    async def due(self, file_id: UUID) -> DuePicture | None:
        async def preview() -> Preview:
            return Octets()  # type: ignore[return-value]

        return None if self.is_shown else DuePicture("cup.heic", self.slack_file, preview)

    async def sent(self, file_id: UUID, slack_file: str) -> None:
        self.slack_file = slack_file
        self.sent_so_far.append(slack_file)

    async def ready(self, file_id: UUID, slack_file: str) -> None:
        self.is_shown = True

    async def lost(self, file_id: UUID, slack_file: str) -> None:
        self.slack_file = None

    async def is_ready(self, file_id: UUID) -> bool:
        return self.is_shown


class TestSendPicture:
    async def test_a_picture_is_sent_once_however_often_the_job_runs(self, workspace: Workspace, slack: Slack) -> None:
        pictures = FakePictures()
        for _ in range(3):
            assert await send_picture(new_id(), pictures=pictures, client=slack)
        (file,) = workspace.files
        assert (file.id, file.name) == (pictures.slack_file, "cup.jpg")

    async def test_while_slack_is_not_done_with_it_the_job_comes_again_and_sends_nothing_new(
        self, workspace: Workspace, slack: Slack
    ) -> None:
        pictures = FakePictures()
        workspace.files.processing = float("inf")
        with pytest.raises(ChannelUnavailable):
            await send_picture(new_id(), pictures=pictures, client=slack)
        assert not pictures.is_shown
        workspace.files.finish()
        assert await send_picture(new_id(), pictures=pictures, client=slack)
        assert len(pictures.sent_so_far) == 1

    async def test_one_that_slack_has_lost_is_sent_again(self, workspace: Workspace, slack: Slack) -> None:
        pictures = FakePictures(slack_file="F0LOST0001")
        with pytest.raises(ChannelUnavailable):
            await send_picture(new_id(), pictures=pictures, client=slack)
        assert await send_picture(new_id(), pictures=pictures, client=slack)
        assert len(pictures.sent_so_far) == 1


class TestThePost:
    async def test_a_picture_that_slack_does_not_show_yet_comes_into_the_post_later(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms
    ) -> None:
        card = a_card(ticket_id=new_id())
        rooms.put(card, channel=support.id)
        workspace.files.processing = float("inf")
        file = replace(a_picture(), slack_file=await slack.upload("cup.png", chunks(), size=len(PICTURE)))
        rooms.add_entry(an_entry(ticket_id=card.ticket_id, text="Look!", attachments=(file,)))

        async def show() -> None:
            await show_ticket(card.ticket_id, job="job", rooms=rooms, client=slack, clock=clock)

        with pytest.raises(ChannelUnavailable) as again:
            await show()
        assert again.value.retry_after is not None
        _, post = workspace.channel_messages(support)
        assert "Look!" in as_text(post)
        assert "📎 cup.jpg" in as_text(post)
        assert "(picture" not in as_text(post)
        workspace.files.finish()
        await show()
        _, post = workspace.channel_messages(support)
        assert "(picture: cup.jpg)" in as_text(post)

    async def test_one_that_slack_never_shows_is_given_up_and_its_link_stays(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms
    ) -> None:
        card = a_card(ticket_id=new_id())
        rooms.put(card, channel=support.id)
        rooms.add_entry(an_entry(ticket_id=card.ticket_id, attachments=(a_picture(),)))
        for _ in range(2):
            with pytest.raises(ChannelUnavailable):
                await show_ticket(card.ticket_id, job="job", rooms=rooms, client=slack, clock=clock)
        for job in ("job", "another"):
            await show_ticket(card.ticket_id, job=job, rooms=rooms, client=slack, clock=clock)
        _, post = workspace.channel_messages(support)
        assert "📎 cup.jpg" in as_text(post)
        assert len(workspace.channel_messages(support)) == 2


class TestTheLightCard:
    async def test_it_stands_there_without_the_picture_until_slack_shows_it(
        self, workspace: Workspace, support: Channel, slack: Slack
    ) -> None:
        cards = FakeLightCards()
        workspace.files.processing = float("inf")
        file = replace(a_picture(), slack_file=await slack.upload("cup.png", chunks(), size=len(PICTURE)))
        card = a_light_card(conversation_id=new_id(), attachments=(file,))
        cards.put(card, channel=support.id)

        async def show() -> None:
            await show_conversation(card.conversation_id, job="job", cards=cards, client=slack, clock=clock)

        with pytest.raises(ChannelUnavailable):
            await show()
        (message,) = workspace.channel_messages(support)
        assert "accessory" not in message["blocks"][1]
        workspace.files.finish()
        await show()
        (message,) = workspace.channel_messages(support)
        assert message["blocks"][1]["accessory"]["slack_file"] == {"id": file.slack_file}
