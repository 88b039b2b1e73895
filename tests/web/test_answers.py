"""The pages behind links in our mails: following a link changes nothing, its button answers once."""

import hashlib
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest

from emulators.server import Served
from tests.fakes.inbox import FakeHealth, FakeInbox
from ticketing.answers.give import CommentsFull
from ticketing.answers.link import AnswerLink
from ticketing.answers.question import NothingAsked, OfferAsked, Question, ScoreAsked, Told
from ticketing.attachments.links import LinkExpired, LinkForged
from ticketing.offers.offer import Answer
from ticketing.tickets.comment import TextRefused
from web.answers import AnswerDoor
from web.app import build
from web.ports import AnswersUnavailable

GOOD = "/answers/csat:1:4?e=9&s=good"


@dataclass
class FakeAnswers:
    """Asks `asked`, and remembers what it was told."""

    asked: Question = field(default_factory=lambda: ScoreAsked("en", 4))
    given: list[tuple[str, int | None, str]] = field(default_factory=list)
    away: bool = False

    async def question(self, link: AnswerLink) -> Question:
        self._check(link)
        return self.asked

    async def give_answer(self, link: AnswerLink, *, score: int | None, comment: str) -> Told:
        self._check(link)
        if comment == "the sixth":
            raise CommentsFull("enough")
        if len(comment) > 2000:
            raise TextRefused("too long")
        self.given.append((link.data, score, comment))
        return Told("de", "Danke für Ihre Bewertung!", counted=True)

    def _check(self, link: AnswerLink) -> None:
        if self.away:
            raise AnswersUnavailable
        if link.expires == "0":
            raise LinkExpired("over")
        if link.signature != "good":
            raise LinkForged("no")


@pytest.fixture
def answers() -> FakeAnswers:
    return FakeAnswers()


@pytest.fixture
async def http(answers: FakeAnswers) -> AsyncIterator[httpx.AsyncClient]:
    app = build(
        webhooks={},
        inbox=FakeInbox(),
        health=FakeHealth(),
        public_base_url="https://desk.example",
        slack=None,
        answers=AnswerDoor(answers),
    )
    async with Served(app) as served, httpx.AsyncClient(base_url=served.url, verify=False, trust_env=False) as http:
        yield http


async def test_who_follows_the_link_is_asked_and_has_not_answered(
    http: httpx.AsyncClient, answers: FakeAnswers
) -> None:
    for _ in range(3):
        page = await http.get(GOOD)
        assert page.status_code == 200
        assert (await http.head(GOOD)).status_code == 200
    assert "How did we do?" in page.text
    assert re.findall(r'value="(\d)" required( checked)?', page.text) == [
        *(("1", ""), ("2", ""), ("3", "")),
        ("4", " checked"),
        ("5", ""),
    ]
    assert page.text.count("<button") == 1
    assert answers.given == []


async def test_the_button_answers_with_what_was_chosen_and_written(
    http: httpx.AsyncClient, answers: FakeAnswers
) -> None:
    page = await http.post(GOOD, data={"score": "5", "comment": "Sehr nett,\r\ndanke <b>"})
    assert answers.given == [("csat:1:4", 5, "Sehr nett,\ndanke <b>")]
    assert page.status_code == 200
    assert '<html lang="de">' in page.text
    assert "Danke für Ihre Bewertung!" in page.text


@pytest.mark.parametrize("score", ["", "0", "6", "4.0", "²", "x" * 500])
async def test_a_score_that_there_is_not_leaves_the_links_own(
    http: httpx.AsyncClient, answers: FakeAnswers, score: str
) -> None:
    assert (await http.post(GOOD, data={"score": score})).status_code == 200
    assert answers.given == [("csat:1:4", None, "")]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/answers/csat:1:4?e=9&s=bad", 403, "Das ist kein Link von uns"),
        ("/answers/csat:1:4", 403, "Das ist kein Link von uns"),
        ("/answers/%00%FF?e=9&s=%FF", 403, "Das ist kein Link von uns"),
        ("/answers/csat:1:4?e=0&s=good", 410, "Dieser Link ist abgelaufen"),
    ],
)
async def test_a_link_that_is_none_or_over_says_so(
    http: httpx.AsyncClient, answers: FakeAnswers, path: str, status: int, words: str
) -> None:
    for method in ("GET", "POST"):
        page = await http.request(method, path, headers={"Accept-Language": "de-CH,de;q=0.9,en;q=0.8"})
        assert page.status_code == status
        assert words in page.text
    assert answers.given == []


async def test_who_wrote_too_much_gets_their_words_back(http: httpx.AsyncClient, answers: FakeAnswers) -> None:
    page = await http.post(GOOD, data={"score": "4", "comment": "</textarea><script>" + "x" * 2000})
    assert page.status_code == 422
    assert "Your comment is too long: 2000 characters fit" in page.text
    assert "&lt;/textarea&gt;&lt;script&gt;xxx" in page.text
    assert answers.given == []
    assert (await http.post(GOOD, content=b"comment=" + b"x" * 70_000)).status_code == 413
    assert (await http.post(GOOD, content=b"&".join(b"a=1" for _ in range(50)))).status_code == 400


async def test_who_commented_too_often_gets_their_words_back_and_is_asked_to_write(http: httpx.AsyncClient) -> None:
    page = await http.post(GOOD, data={"score": "4", "comment": "the sixth"})
    assert page.status_code == 409
    assert "Please write to us instead." in page.text
    assert "the sixth" in page.text


async def test_while_the_database_is_away_nothing_is_lost_silently(
    http: httpx.AsyncClient, answers: FakeAnswers
) -> None:
    answers.away = True
    for method in ("GET", "POST"):
        page = await http.request(method, GOOD)
        assert (page.status_code, page.headers["retry-after"]) == (503, "10")
        assert "send it again in a moment" in page.text


async def test_an_offer_shows_its_words_and_one_button(http: httpx.AsyncClient, answers: FakeAnswers) -> None:
    answers.asked = OfferAsked("en", 'We send a new one.\n<img src="x">', Answer.DECLINED)
    page = await http.get("/answers/offer:1:n?e=9&s=good")
    assert "We send a new one.\n&lt;img src=&quot;x&quot;&gt;" in page.text
    assert re.findall(r"<button[^>]*>(.*?)</button>", page.text) == ["Not solved"]


async def test_what_is_answered_or_over_has_no_button(http: httpx.AsyncClient, answers: FakeAnswers) -> None:
    for asked, words in (
        (NothingAsked("en"), "This link has no effect any more"),
        (NothingAsked("en", Answer.ACCEPTED), "We have noted that you accept"),
        (NothingAsked("en", Answer.DECLINED), "We will look into it again"),
    ):
        answers.asked = asked
        page = await http.get(GOOD)
        assert words in page.text
        assert "<button" not in page.text


async def test_the_page_may_do_nothing_but_look_as_it_does_and_send_its_form(http: httpx.AsyncClient) -> None:
    page = await http.get(GOOD)
    style = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)
    assert style is not None
    allowed = b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert page.headers["content-security-policy"] == (
        f"default-src 'none'; style-src 'sha256-{allowed}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert "set-cookie" not in page.headers
    assert "<script" not in page.text
    assert not re.search(r"https?://", page.text)
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
