"""Files, both ways: what a customer sends us, and what we send them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from emulators.server import Served
from emulators.twilio import Account, File
from emulators.twilio.media import PIXEL
from tests.emulators.twilio.clock import Clock
from tests.emulators.twilio.receiver import Receiver
from tests.emulators.twilio.shelf import Shelf

MIA = "whatsapp:+49151000111"
MEGABYTE = 1024 * 1024


class Browser:
    """Fetches one address at a time and follows nothing."""

    def __init__(self, session: aiohttp.ClientSession, account: Account) -> None:
        self._session = session
        self._login = {"Authorization": aiohttp.encode_basic_auth(account.account_sid, account.auth_token)}

    async def get(self, url: str, *, login: bool = False) -> tuple[int, dict[str, str], bytes]:
        headers = self._login if login else {}
        async with self._session.get(url, headers=headers, allow_redirects=False) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, await answer.read()

    async def link(self, url: str) -> str:
        status, headers, _ = await self.get(url, login=True)
        assert status == 307
        return headers["location"]


@pytest.fixture
async def browser(account: Account) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession(trust_env=False) as session:
        yield Browser(session, account)


async def sent_photo(account: Account, receiver: Receiver) -> str:
    """Mia sends a photo; the address under which the desk hears of it."""
    await account.customer(MIA).photo(caption="Look!")
    return receiver.posted[-1].form["MediaUrl0"]


class TestIn:
    async def test_the_desk_hears_of_a_photo_with_address_and_type(self, account: Account, receiver: Receiver) -> None:
        written = await account.customer(MIA).photo(caption="Look!")
        form = receiver.posted[0].form
        assert written.sid.startswith("MM")
        base = f"{account.url}/2010-04-01/Accounts/{account.account_sid}/Messages/{written.sid}/Media/ME"
        assert form["MediaUrl0"].startswith(base)
        assert (form["NumMedia"], form["MediaContentType0"], form["Body"]) == ("1", "image/png", "Look!")
        assert receiver.posted[0].signed_with(account.auth_token)

    async def test_the_api_redirects_who_may_know_to_another_host_with_the_bytes(
        self, account: Account, receiver: Receiver, browser: Browser
    ) -> None:
        url = await sent_photo(account, receiver)
        assert (await browser.get(url))[0] == 401
        link = await browser.link(url)
        assert not link.startswith(account.url)
        status, headers, data = await browser.get(link)
        assert (status, headers["content-type"], data) == (200, "image/png", PIXEL)
        assert [call.operation for call in account.calls] == ["media.fetch"] * 2

    async def test_the_other_host_refuses_and_notes_credentials_that_were_passed_on(
        self, account: Account, receiver: Receiver, browser: Browser
    ) -> None:
        link = await browser.link(await sent_photo(account, receiver))
        assert (await browser.get(link, login=True))[0] == 400
        assert [(each.authorized, each.status) for each in account.media.downloads] == [(True, 400)]

    async def test_a_link_lives_four_hours_and_the_file_until_it_is_deleted(
        self, account: Account, receiver: Receiver, browser: Browser, clock: Clock, sdk: Client
    ) -> None:
        url = await sent_photo(account, receiver)
        old = await browser.link(url)
        clock.passes(timedelta(hours=4))
        assert (await browser.get(old))[0] == 403
        new = await browser.link(url)
        assert (await browser.get(new))[0] == 200
        (message,) = account.messages.values()
        (media,) = await sdk.messages(message.sid).media.list_async()
        assert await sdk.messages(message.sid).media(media.sid).delete_async()
        assert (await browser.get(new))[0] == 404
        assert (await browser.get(url, login=True))[0] == 404

    async def test_several_files_are_listed_with_their_types_in_order(
        self, account: Account, receiver: Receiver, sdk: Client
    ) -> None:
        written = await account.customer(MIA).write(
            media=[File("image/jpeg", b"\xff\xd8"), File("audio/ogg", b"OggS"), File("application/pdf", b"%PDF")]
        )
        form = receiver.posted[0].form
        types = [form[f"MediaContentType{n}"] for n in range(3)]
        assert (form["NumMedia"], types) == ("3", ["image/jpeg", "audio/ogg", "application/pdf"])
        listed = await sdk.messages(written.sid).media.list_async()
        assert [media.content_type for media in listed] == types
        assert [form[f"MediaUrl{n}"].rpartition("/")[2] for n in range(3)] == [media.sid for media in listed]
        described = await sdk.messages(written.sid).media(listed[0].sid).fetch_async()
        assert (described.parent_sid, described.content_type) == (written.sid, "image/jpeg")

    async def test_a_big_file_is_made_while_it_is_read(
        self, account: Account, receiver: Receiver, browser: Browser
    ) -> None:
        await account.customer(MIA).write(media=[File("video/mp4", b"head", size=3 * MEGABYTE + 7)])
        _, headers, data = await browser.get(await browser.link(receiver.posted[0].form["MediaUrl0"]))
        assert (headers["content-length"], len(data), data[:4]) == (str(3 * MEGABYTE + 7), 3 * MEGABYTE + 7, b"head")

    async def test_voice_notes_documents_and_places_are_named_by_kind(
        self, account: Account, receiver: Receiver
    ) -> None:
        mia = account.customer(MIA)
        await mia.voice()
        await mia.document(b"%PDF")
        await mia.location(52.5, 13.4, label="Threadline", address="Torstr. 1, Berlin")
        voice, document, place = (posted.form for posted in receiver.posted)
        assert (voice["MessageType"], voice["MediaContentType0"]) == ("audio", "audio/ogg")
        assert (document["MessageType"], document["MediaContentType0"]) == ("document", "application/pdf")
        assert (place["MessageType"], place["NumMedia"]) == ("location", "0")
        assert (place["Latitude"], place["Longitude"], place["Label"]) == ("52.5", "13.4", "Threadline")

    async def test_an_answer_names_what_it_answers(self, account: Account, receiver: Receiver, sdk: Client) -> None:
        mia = account.customer(MIA)
        await mia.write("hi")
        sent = await sdk.messages.create_async(from_=account.sender, to=MIA, body="Which one?")
        await mia.write("this", replies_to=sent.sid)
        form = receiver.posted[-1].form
        assert (form["OriginalRepliedMessageSid"], form["OriginalRepliedMessageSender"]) == (sent.sid, account.sender)


class TestTrouble:
    @pytest.mark.parametrize(("kind", "status"), [("unauthorized", 401), ("gone", 404)])
    async def test_the_api_may_refuse_it_once(
        self, account: Account, receiver: Receiver, browser: Browser, kind: str, status: int
    ) -> None:
        url = await sent_photo(account, receiver)
        account.media.faults.next(kind)
        assert (await browser.get(url, login=True))[0] == status
        assert (await browser.get(url, login=True))[0] == 307

    async def test_a_redirect_may_lead_round_in_circles_or_to_somebody_else(
        self, account: Account, receiver: Receiver, browser: Browser
    ) -> None:
        url = await sent_photo(account, receiver)
        account.media.faults.next("loop")
        account.media.faults.next("elsewhere")
        assert await browser.link(url) == url
        assert await browser.link(url) == "http://169.254.169.254/latest/meta-data/"

    async def test_a_link_may_have_expired_before_its_time(
        self, account: Account, receiver: Receiver, browser: Browser
    ) -> None:
        account.media.faults.next("expired")
        link = await browser.link(await sent_photo(account, receiver))
        assert (await browser.get(link))[0] == 403
        assert (await browser.get(link))[0] == 200

    async def test_the_bytes_may_break_off(self, account: Account, receiver: Receiver, browser: Browser) -> None:
        account.media.faults.next("cut")
        link = await browser.link(await sent_photo(account, receiver))
        with pytest.raises(aiohttp.ClientError):
            await browser.get(link)
        assert (await browser.get(link))[2] == PIXEL

    async def test_there_may_be_more_of_them_than_announced(
        self, account: Account, receiver: Receiver, browser: Browser
    ) -> None:
        account.media.faults.next("overlong")
        link = await browser.link(await sent_photo(account, receiver))
        parts = urlsplit(link)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
        head, _, data = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        assert f"Content-Length: {len(PIXEL) // 2}".encode() in head
        assert data == PIXEL

    async def test_type_and_length_may_be_wrong_or_missing(
        self, account: Account, receiver: Receiver, browser: Browser
    ) -> None:
        account.media.faults.next("mistyped")
        account.media.faults.next("unannounced")
        account.media.faults.next("late", longest=0.01)
        link = await browser.link(await sent_photo(account, receiver))
        assert (await browser.get(link))[1]["content-type"] == "text/html"
        _, headers, data = await browser.get(link)
        assert ("content-length" in headers, data) == (False, PIXEL)
        assert (await browser.get(link))[2] == PIXEL


class TestOut:
    async def test_our_file_is_fetched_kept_and_on_the_phone_with_its_bytes(
        self, account: Account, sdk: Client, clock: Clock
    ) -> None:
        mia, shelf = account.customer(MIA), Shelf({"/label.pdf": (200, "application/pdf", b"%PDF-1")})
        await mia.write("hi")
        async with Served(shelf) as ours:
            sent = await sdk.messages.create_async(
                from_=account.sender, to=MIA, body="Your label", media_url=[f"{ours.url}/label.pdf?sig=a%2Fb"]
            )
            arrived = await mia.next_message()
        assert sent.num_media == "1"
        assert (arrived.body, arrived.files) == ("Your label", (File("application/pdf", b"%PDF-1", name="label.pdf"),))
        assert shelf.asked == ["/label.pdf?sig=a%2Fb"]
        (media,) = await sdk.messages(sent.sid).media.list_async()
        assert (media.content_type, media.date_created) == ("application/pdf", clock.now)

    @pytest.mark.parametrize(
        ("path", "code"),
        [
            ("/missing", 63019),
            ("/empty.pdf", 63019),
            ("/picture-of-6-mb.png", 63019),
            ("/film-of-17-mb.mp4", 63019),
            ("/odd.bmp", 63021),
        ],
    )
    async def test_what_cannot_be_fetched_or_is_not_taken_fails_in_the_callback(
        self, account: Account, receiver: Receiver, sdk: Client, status_url: str, path: str, code: int
    ) -> None:
        await account.customer(MIA).write("hi")
        shelf = Shelf(
            {
                "/empty.pdf": (200, "application/pdf", b""),
                "/picture-of-6-mb.png": (200, "image/png", bytes(6 * MEGABYTE)),
                "/film-of-17-mb.mp4": (200, "video/mp4", bytes(17 * MEGABYTE)),
                "/odd.bmp": (200, "image/bmp", b"BM"),
            }
        )
        async with Served(shelf) as ours:
            await sdk.messages.create_async(
                from_=account.sender, to=MIA, media_url=[ours.url + path], status_callback=status_url
            )
            await account.settle()
        assert receiver.statuses() == ["failed"]
        assert receiver.at("/status")[0].form["ErrorCode"] == str(code)
        assert account.customer(MIA).inbox == ()

    async def test_nobody_at_the_address_is_a_failed_download(self, account: Account, sdk: Client) -> None:
        await account.customer(MIA).write("hi")
        sent = await sdk.messages.create_async(from_=account.sender, to=MIA, media_url=["http://127.0.0.1:9/x"])
        await account.settle()
        assert (await sdk.messages(sent.sid).fetch_async()).error_code == 63019


class TestLosses:
    async def test_a_lost_message_is_never_posted_and_can_be_found_by_asking(
        self, account: Account, receiver: Receiver, sdk: Client
    ) -> None:
        account.drop_webhooks()
        lost = await account.customer(MIA).photo(caption="lost")
        await account.customer(MIA).write("found")
        assert (lost.ok, [posted.form["Body"] for posted in receiver.posted]) == (False, ["found"])
        listed = await sdk.messages.list_async(to=account.sender)
        assert [(message.body, message.num_media) for message in listed] == [("found", "0"), ("lost", "1")]

    async def test_a_lost_report_leaves_the_message_where_it_is(
        self, account: Account, receiver: Receiver, sdk: Client, status_url: str
    ) -> None:
        await account.customer(MIA).write("hi")
        account.drop_webhooks(1, reports=True)
        sent = await sdk.messages.create_async(from_=account.sender, to=MIA, body="x", status_callback=status_url)
        await account.settle()
        assert receiver.statuses() == ["delivered"]
        assert account.messages[sent.sid].status == "delivered"
        assert account.losses.happened == {"report_lost": 1}

    async def test_a_deleted_message_takes_its_files_along(
        self, account: Account, receiver: Receiver, browser: Browser, sdk: Client
    ) -> None:
        url = await sent_photo(account, receiver)
        (message,) = account.messages.values()
        await sdk.messages(message.sid).delete_async()
        assert (await browser.get(url, login=True))[0] == 404
        with pytest.raises(TwilioRestException) as refused:
            await sdk.messages(message.sid).fetch_async()
        assert refused.value.code == 20404
