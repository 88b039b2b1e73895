"""Surveys and offers where there are no buttons: links go out, and the page behind one does what a press would do."""

import asyncio
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from obstore.store import MemoryStore

from core.messages import Button
from storage.blobs.store import BlobStore
from tests.playbooks import RESOLVED, a_playbook
from tests.storage.desk import DeskAtWork
from tests.storage.test_offers import TEXT, moves, offered, statuses
from tests.storage.test_surveys import MINUTE, asked, shown, survey
from ticketing.answers.give import COMMENT_LENGTH, COMMENTS, CommentsFull
from ticketing.answers.link import AnswerLink, check
from ticketing.answers.question import NothingAsked, OfferAsked, ScoreAsked
from ticketing.attachments.links import Links
from ticketing.attachments.outgoing import Outgoing
from ticketing.offers.offer import Answer
from ticketing.tickets.comment import TextRefused

LINKS = Links("https://desk.example", b"key")


@pytest.fixture(autouse=True)
def _with_links(desk: DeskAtWork) -> None:
    async def links() -> Links:
        return LINKS

    desk.outgoing = Outgoing(links, BlobStore(MemoryStore()))


def sent_links(desk: DeskAtWork) -> list[AnswerLink]:
    """Of the newest message; each is one of ours."""
    return [_followed(button, desk) for button in desk.channel.sent[-1].buttons]


def _followed(button: Button, desk: DeskAtWork) -> AnswerLink:
    parts = urlsplit(button.url or "")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    link = AnswerLink(unquote(parts.path.removeprefix("/answers/")), query["e"], query["s"])
    check(LINKS, link, now=desk.now)
    assert link.data == button.data
    return link


class TestSurvey:
    async def test_a_look_changes_nothing_and_an_answer_counts_once(self, desk: DeskAtWork) -> None:
        ticket = await asked(desk, buttons=10, letters=True)
        four = sent_links(desk)[3].data
        for _ in range(3):  # programs that look for viruses follow every link
            assert await desk.desk.question(four) == ScoreAsked(None, 4)
        assert (await survey(desk)).state == "asked"

        for _ in range(3):
            desk.now += MINUTE
            told = await desk.desk.give_answer(four)
            assert (told.words, told.counted) == ("Thank you for your rating!", True)
        row = await survey(desk)
        assert (row.state, row.score, row.comment) == ("answered", 4, None)
        assert await shown(desk, ticket) == [("⭐⭐⭐⭐☆ 4/5", None)]
        assert await desk.count("activity WHERE kind = 'survey.answered'") == 1
        assert await desk.desk.question(four) == ScoreAsked(None, 4, given=4)
        assert [row.status for row in await desk.rows("SELECT status FROM ticket")] == [RESOLVED]

    async def test_several_at_once_are_one_answer(self, desk: DeskAtWork) -> None:
        await asked(desk, buttons=10, letters=True)
        four = sent_links(desk)[3].data
        await asyncio.gather(*(desk.desk.give_answer(four, score=2, comment="late") for _ in range(8)))
        assert (await survey(desk)).score == 2
        assert await desk.count("message WHERE text = 'late'") == 1
        assert await desk.count("activity WHERE kind = 'survey.answered'") == 1

    async def test_another_score_may_be_chosen_and_changed_and_changed_back(self, desk: DeskAtWork) -> None:
        ticket = await asked(desk, buttons=10, letters=True)
        for score in (2, 5, 2):
            desk.now += MINUTE
            await desk.desk.give_answer(sent_links(desk)[3].data, score=score)
        assert (await survey(desk)).score == 2
        assert await shown(desk, ticket) == [("⭐⭐☆☆☆ 2/5", None), ("⭐⭐⭐⭐⭐ 5/5", None)]
        assert await desk.broken_chains() == []

    async def test_what_is_written_beside_it_is_kept_shown_and_understood(self, desk: DeskAtWork) -> None:
        ticket = await asked(desk, buttons=10, letters=True)
        received = (await desk.jobs()).count("MessageReceived")
        await desk.desk.give_answer(sent_links(desk)[0].data, comment="  The mug is broken\x00 again. ")
        assert (await survey(desk)).comment == "The mug is broken again."
        assert await shown(desk, ticket) == [("The mug is broken again.", "⭐☆☆☆☆ 1/5")]
        assert (await desk.jobs()).count("MessageReceived") == received + 1
        assert await desk.count("message WHERE NOT triaged AND text LIKE 'The mug is broken again%'") == 1
        with pytest.raises(TextRefused):
            await desk.desk.give_answer(sent_links(desk)[0].data, comment="x" * (COMMENT_LENGTH + 1))

    async def test_the_same_comment_is_one_message_and_a_few_are_enough(self, desk: DeskAtWork) -> None:
        ticket = await asked(desk, buttons=10, letters=True)
        four = sent_links(desk)[3].data
        received = (await desk.jobs()).count("MessageReceived")
        for number in range(COMMENTS):
            for _ in range(2):
                desk.now += MINUTE
                await desk.desk.give_answer(four, comment=f"Comment {number}")
        with pytest.raises(CommentsFull):
            await desk.desk.give_answer(four, score=1, comment="One more")
        assert (await desk.desk.give_answer(four, comment="Comment 2")).counted, "it is there already"
        assert len(await shown(desk, ticket)) == COMMENTS
        assert (await desk.jobs()).count("MessageReceived") == received + COMMENTS
        assert (await desk.desk.give_answer(four, score=2)).counted, "the score may still be changed"
        assert (await survey(desk)).score == 2

    async def test_a_blocked_senders_and_an_unknown_link_do_nothing(self, desk: DeskAtWork) -> None:
        await asked(desk, buttons=10, letters=True)
        four = sent_links(desk)[3].data
        await desk.rows_changed("UPDATE identity SET blocked_at = now()")
        unknown = "csat:00000000-0000-0000-0000-000000000001:4"
        for data in (four, unknown, "offer:x:y", "csat::", ""):
            told = await desk.desk.give_answer(data)
            assert not told.counted
            assert told.words.startswith("This button has no effect")
            assert isinstance(await desk.desk.question(data), NothingAsked)
        assert (await survey(desk)).score is None

    async def test_only_the_customer_gets_the_links(self, desk: DeskAtWork) -> None:
        await asked(desk, buttons=10, letters=True)
        letter = desk.channel.sent[-1].letter
        assert letter is not None
        assert (letter.cc, letter.automatic) == ((), True)


class TestOffer:
    async def test_accepting_moves_the_ticket_once_as_the_customer(self, desk: DeskAtWork) -> None:
        desk.follow(a_playbook(TEXT))
        await offered(desk, buttons=10, letters=True)
        accept, not_solved = (link.data for link in sent_links(desk))
        asking = await desk.desk.question(accept)
        assert isinstance(asking, OfferAsked)
        assert asking.chosen is Answer.ACCEPTED
        assert "Is that all right?" in asking.words
        assert (await statuses(desk)) == ["proposed"]

        told = [await desk.desk.give_answer(data) for data in (accept, accept, not_solved)]
        assert [each.counted for each in told] == [True, True, False]
        assert told[0].words == "Thank you! We have noted that you accept."
        assert (await statuses(desk)) == ["accepted"]
        assert (await moves(desk)).count(("customer", "accepted")) == 1
        assert await desk.desk.question(not_solved) == NothingAsked(None, Answer.ACCEPTED)

    async def test_once_the_ticket_has_moved_on_it_has_no_effect(self, desk: DeskAtWork) -> None:
        desk.follow(a_playbook(TEXT))
        ticket = await offered(desk, buttons=10, letters=True)
        accept = sent_links(desk)[0].data
        (mia, *_) = await desk.desk.people()
        await desk.desk.change_status(ticket.id, "open", by=mia)
        assert await desk.desk.question(accept) == NothingAsked(None)
        assert not (await desk.desk.give_answer(accept)).counted
        assert (await statuses(desk)) == ["open"]
