"""Fetching customers' files from an emulated Twilio, and every way in which that can go wrong."""

from contextlib import suppress
from typing import Any

import pytest
from aiohttp.resolver import ThreadedResolver

from connectors.whatsapp import WhatsAppConfig, WhatsAppConnector
from connectors.whatsapp.files import PublicResolver, TwilioFiles, is_followed
from core.errors import AccountRefused, ChannelError, ChannelUnavailable, FileGone, FileTooLarge
from core.messages import Inbound, RawRequest
from emulators.server import Served
from emulators.twilio import Account, File
from emulators.twilio.media import PIXEL
from tests.connectors.whatsapp.forms import BASE
from tests.emulators.twilio.receiver import Receiver

MEGABYTE = 1024 * 1024
ELSEWHERE = "/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"


async def sent(account: Account, connector: WhatsAppConnector, *files: File) -> str:
    """A customer sends these; where the first one is, as the connector reads it from the webhook."""
    receiver = Receiver()
    async with Served(receiver) as served:
        account.webhook_url = served.url
        await account.customer("+4915112345678").write(media=files or [File("image/png", PIXEL)])
    (event,) = connector.parse(RawRequest(f"{BASE}/hooks/whatsapp", {}, receiver.posted[0].body))
    assert isinstance(event, Inbound)
    return event.files[0].source


async def fetched(connector: WhatsAppConnector, source: str, most: int = 16 * MEGABYTE) -> bytes:
    async with connector.fetch(source, most=most) as file:
        return b"".join([chunk async for chunk in file.chunks])


class TestFetch:
    async def test_brings_the_bytes_with_type_and_size(self, account: Account, connector: WhatsAppConnector) -> None:
        source = await sent(account, connector)
        async with connector.fetch(source, most=MEGABYTE) as file:
            assert (file.content_type, file.size) == ("image/png", len(PIXEL))
            assert b"".join([chunk async for chunk in file.chunks]) == PIXEL

    async def test_credentials_go_to_the_api_and_to_no_other_host(
        self, account: Account, connector: WhatsAppConnector
    ) -> None:
        source = await sent(account, connector)
        assert account.auth_token not in source
        await fetched(connector, source)
        assert [call.status for call in account.calls_of("media.fetch")] == [307]
        assert [(each.authorized, each.status) for each in account.media.downloads] == [(False, 200)]

    async def test_a_big_file_comes_in_pieces(self, account: Account, connector: WhatsAppConnector) -> None:
        source = await sent(account, connector, File("video/mp4", size=MEGABYTE + 1))
        async with connector.fetch(source, most=2 * MEGABYTE) as file:
            sizes = [len(chunk) async for chunk in file.chunks]
        assert sum(sizes) == MEGABYTE + 1
        assert max(sizes) <= 65_536

    async def test_what_is_too_large_is_refused_by_its_length(
        self, account: Account, connector: WhatsAppConnector
    ) -> None:
        source = await sent(account, connector)
        with pytest.raises(FileTooLarge):
            await fetched(connector, source, most=len(PIXEL) - 1)
        assert await fetched(connector, source, most=len(PIXEL)) == PIXEL

    async def test_or_while_it_is_read_where_none_was_announced(
        self, account: Account, connector: WhatsAppConnector
    ) -> None:
        source = await sent(account, connector, File("image/png", size=200_000))
        account.media.faults.next("unannounced")
        async with connector.fetch(source, most=100_000) as file:
            assert file.size is None
            with pytest.raises(FileTooLarge):
                _ = [chunk async for chunk in file.chunks]

    async def test_a_closed_connector_fetches_nothing(self, account: Account, connector: WhatsAppConnector) -> None:
        source = await sent(account, connector)
        await connector.close()
        with pytest.raises(RuntimeError):
            await fetched(connector, source)


class TestTrouble:
    @pytest.mark.parametrize(
        ("kind", "failure"),
        [
            ("unauthorized", AccountRefused),
            ("gone", FileGone),
            ("loop", ChannelUnavailable),
            ("elsewhere", ChannelUnavailable),
            ("expired", ChannelUnavailable),
            ("cut", ChannelUnavailable),
        ],
    )
    async def test_is_named_by_what_to_do_next_and_the_next_fetch_is_free_of_it(
        self, account: Account, connector: WhatsAppConnector, kind: str, failure: type[ChannelError]
    ) -> None:
        source = await sent(account, connector)
        account.media.faults.next(kind, times=4 if kind == "loop" else 1)
        with pytest.raises(failure) as caught:
            await fetched(connector, source)
        assert type(caught.value) is failure
        assert caught.value.message
        assert await fetched(connector, source) == PIXEL

    @pytest.mark.parametrize("kind", ["late", "mistyped", "unannounced"])
    async def test_what_does_no_harm_brings_the_file(
        self, account: Account, connector: WhatsAppConnector, kind: str
    ) -> None:
        source = await sent(account, connector)
        account.media.faults.next(kind, longest=0.05)
        assert await fetched(connector, source) == PIXEL

    async def test_more_than_was_announced_is_never_read(self, account: Account, connector: WhatsAppConnector) -> None:
        source = await sent(account, connector)
        account.media.faults.next("overlong")
        with suppress(ChannelUnavailable):  # what came too much may come early enough to be noticed
            assert await fetched(connector, source) == PIXEL[: len(PIXEL) // 2]

    @pytest.mark.parametrize(
        ("fault", "failure"),
        [
            ({"status": 429, "retry_after": 7}, ChannelUnavailable),
            ({"status": 500}, ChannelUnavailable),
            ({"html": True}, ChannelUnavailable),
            ({"reset": True, "times": 2}, ChannelUnavailable),
            ({"status": 410, "code": 20404}, FileGone),
        ],
    )
    async def test_the_apis_refusals(
        self, account: Account, connector: WhatsAppConnector, fault: dict[str, Any], failure: type[ChannelError]
    ) -> None:
        source = await sent(account, connector)
        account.faults.next("media.fetch", **fault)
        with pytest.raises(failure) as caught:
            await fetched(connector, source)
        if isinstance(caught.value, ChannelUnavailable):
            assert caught.value.retry_after == fault.get("retry_after")

    async def test_a_deleted_file_is_gone(self, account: Account, connector: WhatsAppConnector) -> None:
        source = await sent(account, connector)
        account.media.delete(source.rpartition("/")[2])
        with pytest.raises(FileGone):
            await fetched(connector, source)

    async def test_nobody_there_may_be_tried_again(self) -> None:
        nobody = TwilioFiles(WhatsAppConfig("AC1", "t", BASE, api_url="http://127.0.0.1:9"))
        with pytest.raises(ChannelUnavailable):
            async with nobody.fetch(ELSEWHERE, most=1):
                pass
        await nobody.close()

    @pytest.mark.parametrize("source", ["", "https://files.example.com/1", "/2010-04-01/Accounts/AC1.json"])
    async def test_what_is_not_at_twilio_is_not_asked_for(
        self, account: Account, connector: WhatsAppConnector, source: str
    ) -> None:
        with pytest.raises(FileGone):
            await fetched(connector, source)
        assert account.calls == []


class TestRedirects:
    async def test_a_host_that_listens_but_is_not_twilios_never_hears_from_us(
        self, account: Account, connector: WhatsAppConnector
    ) -> None:
        stranger = Receiver()
        async with Served(stranger) as served:
            account.media.elsewhere = served.url.replace("127.0.0.1", "0.0.0.0")  # the same machine by another name
            source = await sent(account, connector)
            account.media.faults.next("elsewhere")
            with pytest.raises(ChannelUnavailable, match=r"'0\.0\.0\.0', which is not Twilio's"):
                await fetched(connector, source)
        assert stranger.posted == []

    @pytest.mark.parametrize(
        ("url", "followed"),
        [
            ("https://mms.twiliocdn.com/AC1/abc?Expires=1", True),
            ("https://media.twiliocdn.com/AC1/abc", True),
            ("https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC1/abc?X-Amz-Signature=1", True),
            ("https://media.twiliocdn.com.s3.eu-west-1.amazonaws.com/AC1", True),
            ("https://api.twilio.com/2010-04-01/x", True),
            ("http://mms.twiliocdn.com/AC1/abc", False),
            ("https://mms.twiliocdn.com:8443/AC1", False),
            ("https://nottwilio.com/x", False),
            ("https://twilio.com.example.com/x", False),
            ("https://evil.amazonaws.com/x", False),
            ("https://user@mms.twiliocdn.com/x", False),
            ("https://127.0.0.1/x", False),
            ("https://169.254.169.254/latest", False),
            ("https://[::1]/x", False),
            ("file:///etc/passwd", False),
            ("https://[", False),
            ("", False),
        ],
    )
    def test_only_twilios_own_hosts_are_followed_to(self, url: str, followed: bool) -> None:
        assert is_followed(url, api_url=None) == followed

    def test_a_region_of_twilios_sends_us_to_the_same_hosts(self) -> None:
        region = "https://api.dublin.ie1.twilio.com"
        assert is_followed("https://mms.twiliocdn.com/AC1/abc", api_url=region)
        assert not is_followed("http://api.dublin.ie1.twilio.com/x", api_url=region)

    async def test_a_name_that_leads_into_a_private_network_does_not_resolve(self) -> None:
        assert await ThreadedResolver().resolve("localhost", 443)
        with pytest.raises(OSError, match="no public address"):
            await PublicResolver().resolve("localhost", 443)
