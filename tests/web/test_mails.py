"""The page of a whole mail: for whoever has a link, for as long as it is good; nothing in it acts."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest

from app.mail_pages import page_of
from core.errors import FileGone, NotFound
from core.messages import Party
from emulators.server import Served
from tests.connectors.email.letters import letter
from tests.factories import NOW
from tests.fakes.inbox import FakeHealth, FakeInbox
from tests.web.hostile_mail import hostile_mail
from ticketing.attachments.attachment import FileState, ShownFile
from ticketing.attachments.links import Links
from ticketing.mails.kept import KeptMail
from web.app import build
from web.mail_page import MailPage
from web.mails import MailDoor
from web.ports import LookupUnavailable

LINKS = Links("https://desk.example", b"key")


def kept(**changes: object) -> KeptMail:
    values = {
        "event": "event",
        "at": NOW,
        "subject": "Broken mug",
        "sender": Party("dana@customer.example", "Dana"),
        "to": (),
        "cc": (),
        "verified": False,
        "proof": "",
        "automatic": None,
        "words": "The mug is broken.",
        "files": (),
    }
    return KeptMail(**values | changes)  # type: ignore[arg-type]


@dataclass
class Letterbox:
    """The mails behind the door, and the client in front of it."""

    http: httpx.AsyncClient
    mails: dict[UUID, tuple[bytes, KeptMail]] = field(default_factory=dict)
    away: bool = False  # the database

    def put(self, raw: bytes, **changes: object) -> UUID:
        message_id = uuid4()
        self.mails[message_id] = raw, kept(**changes)
        return message_id

    async def page(self, message_id: UUID) -> MailPage:
        if self.away:
            raise LookupUnavailable
        return page_of(*self._found(message_id))

    async def raw(self, message_id: UUID) -> bytes:
        if self.away:
            raise LookupUnavailable
        return self._found(message_id)[0]

    def _found(self, message_id: UUID) -> tuple[bytes, KeptMail]:
        if message_id not in self.mails:
            raise NotFound("There is no such mail.")
        return self.mails[message_id]

    async def get(self, message_id: UUID, kind: str = "", *, ago: timedelta = timedelta()) -> httpx.Response:
        url = urlsplit(LINKS.mail_for_people(message_id, now=NOW - ago))
        return await self.http.get(f"{url.path}{kind}?{url.query}")


async def links() -> Links:
    return LINKS


@pytest.fixture
async def letterbox() -> AsyncIterator[Letterbox]:
    made = Letterbox(httpx.AsyncClient(verify=False))
    app = build(
        webhooks={},
        inbox=FakeInbox(),
        health=FakeHealth(),
        public_base_url="https://desk.example",
        slack=None,
        mails=MailDoor(made, links, lambda: NOW),
    )
    async with (
        Served(app) as served,
        httpx.AsyncClient(base_url=served.url, verify=False, trust_env=False) as made.http,
    ):
        yield made


class TestLinks:
    async def test_whoever_has_one_sees_the_mail(self, letterbox: Letterbox) -> None:
        answer = await letterbox.get(letterbox.put(letter("The mug is broken.", Cc="Eve <eve@x.example>")))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        for words in ("Broken mug", "The mug is broken.", "Dana", "Eve &lt;eve@x.example&gt;"):
            assert words in answer.text

    async def test_nobody_makes_one_up_and_one_of_another_mail_or_of_a_file_is_none(self, letterbox: Letterbox) -> None:
        here, other = letterbox.put(letter("secret")), uuid4()
        for made_for in (LINKS.mail_for_people(other, now=NOW), LINKS.for_people(here, "x", now=NOW)):
            answer = await letterbox.http.get(f"/mails/{here}?{urlsplit(made_for).query}")
            assert (answer.status_code, "secret" in answer.text) == (403, False)
        assert (await letterbox.http.get(f"/mails/{here}/mail.eml?e=9999999999&s=abc")).status_code == 403
        assert (await letterbox.http.get("/mails/nothing?e=1&s=ä")).status_code == 403

    async def test_one_ends(self, letterbox: Letterbox) -> None:
        answer = await letterbox.get(letterbox.put(letter("secret")), ago=timedelta(days=40))
        assert (answer.status_code, "secret" in answer.text) == (410, False)

    async def test_what_is_gone_says_so(self, letterbox: Letterbox) -> None:
        assert (await letterbox.get(uuid4())).status_code == 410

    async def test_while_the_database_is_away_it_says_to_come_again(self, letterbox: Letterbox) -> None:
        here = letterbox.put(letter("secret"))
        letterbox.away = True
        for kind in ("", "/mail.eml"):
            answer = await letterbox.get(here, kind)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
            assert answer.headers["content-type"].startswith("text/html")
            assert "<h1>Not now</h1>" in answer.text


class TestThePage:
    async def test_says_whether_it_is_proven_and_that_no_person_wrote_it(self, letterbox: Letterbox) -> None:
        proven = await letterbox.get(letterbox.put(letter("x"), verified=True, proof="dmarc=pass"))
        doubtful = await letterbox.get(letterbox.put(letter("x"), proof="dmarc=fail", automatic="a holiday note"))
        assert "Proven.</strong> dmarc=pass" in proven.text
        assert "Not proven to be from its sender.</strong> dmarc=fail" in doubtful.text
        assert "a holiday note" in doubtful.text
        assert "roven" not in (await letterbox.get(letterbox.put(letter("x")))).text, "nobody checks it"

    async def test_folds_what_is_quoted(self, letterbox: Letterbox) -> None:
        answer = await letterbox.get(letterbox.put(hostile_mail()))
        shown, folded = answer.text.split("<summary>Quoted text</summary>")
        assert "The mug is broken." in shown
        assert "Which mug is it?" in folded.split("</details>")[0]

    async def test_leads_to_its_files(self, letterbox: Letterbox) -> None:
        stored = ShownFile(
            uuid4(), "a<b>.pdf", "application/pdf", 3_000_000, FileState.STORED, None, False, False, "/f"
        )
        refused = ShownFile(uuid4(), "big.zip", None, None, FileState.REFUSED, "It is too large.", False, False, None)
        text = (await letterbox.get(letterbox.put(letter("x"), files=(stored, refused)))).text
        assert '<a href="/f" rel="noreferrer" dir="auto">a&lt;b&gt;.pdf</a>' in text
        assert "2.9 MB" in text
        assert "It is too large." in text

    async def test_of_a_mail_that_is_not_kept_any_more_its_words_are_left(self, letterbox: Letterbox) -> None:
        from app.mail_pages import MailPages

        class Gone:
            async def kept(self, message_id: UUID) -> KeptMail:
                return kept(words="The <mug> is broken.", cc=(Party("eve@x.example"),))

            async def body(self, channel: str, key: str) -> bytes:
                raise FileGone("It is gone.")

        page = await MailPages(Gone(), Gone()).page(uuid4())  # type: ignore[arg-type]
        assert page.pieces[0].text == "The <mug> is broken."
        assert page.missing is not None
        assert ("Cc", "eve@x.example") in page.headers


class TestNothingActs:
    async def test_no_word_of_a_stranger_becomes_part_of_the_page(self, letterbox: Letterbox) -> None:
        text = (await letterbox.get(letterbox.put(hostile_mail()))).text
        outside = re.sub(r'srcdoc="[^"]*"', "", text)
        assert "<script" not in outside
        assert outside.count("</pre>") == outside.count("<pre")
        frame = re.search(r'srcdoc="([^"]*)"', text)
        assert frame is not None
        for bad in ("script", "onload", "onerror", "<form", "&lt;form", "refresh", "evil.example", "position"):
            assert bad not in frame[1], bad

    async def test_the_browser_is_told_what_it_may_not_do(self, letterbox: Letterbox) -> None:
        answer = await letterbox.get(letterbox.put(hostile_mail()))
        policy = answer.headers["content-security-policy"]
        for rule in ("default-src 'none'", "img-src data:", "base-uri 'none'", "form-action 'none'", "sandbox "):
            assert rule in policy
        assert "unsafe" not in policy
        assert "allow-scripts" not in policy + answer.text
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "no-store" in answer.headers["cache-control"]

    async def test_its_own_pictures_are_in_it_and_others_are_counted(self, letterbox: Letterbox) -> None:
        text = (await letterbox.get(letterbox.put(hostile_mail()))).text
        assert text.count("data:image/png;base64,") == 1
        assert "2 pictures from elsewhere" in " ".join(text.split())

    async def test_a_picture_that_is_none_stays_out(self, letterbox: Letterbox) -> None:
        raw = hostile_mail().replace(b"iVBORw0KGgo", b"PHN2Zz48L3N")
        assert "data:image" not in (await letterbox.get(letterbox.put(raw))).text

    async def test_its_bytes_are_only_ever_downloaded(self, letterbox: Letterbox) -> None:
        raw = hostile_mail()
        answer = await letterbox.get(letterbox.put(raw), "/mail.eml")
        assert answer.content == raw
        assert answer.headers["content-type"] == "message/rfc822"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
