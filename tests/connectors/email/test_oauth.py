"""Access tokens in place of passwords: asked for, kept while they last, and refused in words without a secret."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from connectors.email.config import OAuth, SmtpServer
from connectors.email.mailbox import MailboxFeed
from connectors.email.oauth import AccessTokens
from connectors.email.sending.connections import Connections
from connectors.email.server_urls import imap_server, smtp_server
from core.errors import AccountRefused, ChannelUnavailable
from tests.connectors.email.letters import letter
from tests.connectors.email.mailbox.following import ADDRESS, Following
from tests.connectors.email.mailbox.scripted import ScriptedImap
from tests.connectors.email.tokens import TokenEndpoint, token_endpoint


@pytest.fixture
async def endpoint() -> AsyncIterator[TokenEndpoint]:
    async with token_endpoint() as endpoint:
        yield endpoint


async def current(tokens: AccessTokens) -> str:
    return await asyncio.to_thread(tokens.current)


class TestAccessTokens:
    async def test_one_is_asked_for_by_the_programs_own_right_or_what_somebody_allowed(
        self, endpoint: TokenEndpoint
    ) -> None:
        assert await current(AccessTokens(endpoint.oauth())) == "token-1"
        assert await current(AccessTokens(endpoint.oauth(refresh_token="allowed", scope=""))) == "token-2"
        own = {"grant_type": "client_credentials", "client_id": "desk", "client_secret": "hush", "scope": "mail"}
        allowed = {"grant_type": "refresh_token", "client_id": "desk", "client_secret": "hush"}
        assert endpoint.asked == [own, {**allowed, "refresh_token": "allowed"}]

    async def test_it_is_kept_while_it_lasts(self, endpoint: TokenEndpoint) -> None:
        tokens = AccessTokens(endpoint.oauth())
        assert [await current(tokens) for _ in range(3)] == ["token-1"] * 3
        tokens.forget()
        assert await current(tokens) == "token-2"

    @pytest.mark.parametrize("lifetime", [60, "60", -1])
    async def test_one_that_ends_soon_is_not_used_again(self, endpoint: TokenEndpoint, lifetime: object) -> None:
        endpoint.lifetime = lifetime
        tokens = AccessTokens(endpoint.oauth())
        assert [await current(tokens) for _ in range(2)] == ["token-1", "token-2"]

    async def test_a_refusal_is_said_without_the_secret(self, endpoint: TokenEndpoint) -> None:
        endpoint.refusal = (
            400,
            '{"error": "invalid_client", "error_description": "AADSTS7000215:\\r\\nInvalid secret"}',
        )
        with pytest.raises(AccountRefused, match=r"desk: invalid_client: AADSTS7000215: Invalid secret\.") as caught:
            await current(AccessTokens(endpoint.oauth()))
        assert "hush" not in caught.value.message

    @pytest.mark.parametrize("refusal", [(503, ""), (429, "{}"), (200, "<html>"), (200, "[]"), (200, "{}")])
    async def test_a_provider_in_trouble_is_asked_again(
        self, endpoint: TokenEndpoint, refusal: tuple[int, str]
    ) -> None:
        tokens = AccessTokens(endpoint.oauth())
        endpoint.refusal = refusal
        with pytest.raises(ChannelUnavailable, match=r"127\.0\.0\.1 gave no access token"):
            await current(tokens)
        endpoint.refusal = None
        assert await current(tokens) == "token-2"

    async def test_nobody_there_is_said(self) -> None:
        with pytest.raises(ChannelUnavailable, match=r"gave no access token \(ConnectError\)"):
            await current(AccessTokens(OAuth("http://127.0.0.1:1/token", "desk", "hush")))


class TestReading:
    async def test_a_mailbox_opens_by_a_token_and_asks_for_one_only_when_the_last_one_ended(
        self, endpoint: TokenEndpoint
    ) -> None:
        async with ScriptedImap({1: letter()}) as server:
            server.token = "token-1"
            feed = MailboxFeed(ADDRESS, server.server(password="", oauth=endpoint.oauth(), first="all", poll=0.2))
            following = await Following(feed).until(1)
            server.hang_up()
            assert await following.look() == 0
            feed.close()
            assert len(endpoint.asked) == 1
            assert server.said("AUTHENTICATE XOAUTH2") == 2
            assert server.said("LOGIN") == 0

    async def test_a_token_that_is_not_believed_is_said(self, endpoint: TokenEndpoint) -> None:
        async with ScriptedImap({1: letter()}) as server:
            feed = MailboxFeed(ADDRESS, server.server(password="", oauth=endpoint.oauth(), first="all"))
            with pytest.raises(AccountRefused, match=r"refused the login of mia"):
                await Following(feed).look()
            feed.close()


class TestSending:
    @pytest.mark.parametrize("believed", [True, False])
    async def test_a_server_is_logged_in_to_by_a_token(self, endpoint: TokenEndpoint, believed: bool) -> None:
        heard: list[str] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 ready\r\n")
            while line := (await reader.readline()).decode().strip():
                heard.append(line)
                match line.split()[0].upper():
                    case "EHLO":
                        writer.write(b"250-ready\r\n250 AUTH XOAUTH2\r\n")
                    case "AUTH":
                        writer.write(b"235 welcome\r\n" if believed else b"535 5.7.3 Authentication unsuccessful\r\n")
                    case _:
                        writer.write(b"221 bye\r\n")
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            there = SmtpServer("127.0.0.1", "mia", port=port, tls="none", oauth=endpoint.oauth())
            connections = Connections(there, helo="shop.example")
            if believed:
                async with connections.one():
                    pass
            else:
                with pytest.raises(AccountRefused):
                    async with connections.one():
                        pass
            await connections.close()
        said = next(line for line in heard if line.startswith("AUTH XOAUTH2 "))
        assert b64decode(said.split()[2]) == b"user=mia\1auth=Bearer token-1\1\1"


class TestWritten:
    KEYS = "client_id=desk&client_secret=hush"

    @pytest.mark.parametrize(
        ("written", "oauth"),
        [
            (
                f"microsoft=shop.example&{KEYS}",
                OAuth(
                    "https://login.microsoftonline.com/shop.example/oauth2/v2.0/token",
                    "desk",
                    "hush",
                    scope="https://outlook.office365.com/.default",
                ),
            ),
            (f"google&{KEYS}&refresh_token=r", OAuth("https://oauth2.googleapis.com/token", "desk", "hush", "r")),
            (
                f"token_url=https://id.example/t&{KEYS}&scope=a+b",
                OAuth("https://id.example/t", "desk", "hush", "", "a b"),
            ),
        ],
    )
    def test_stands_in_the_address_of_the_server(self, written: str, oauth: OAuth) -> None:
        server = imap_server(f"imaps://mia@mail.example?{written}")
        assert server.oauth == oauth
        assert replace(server, oauth=None, password="p") == imap_server("imaps://mia:p@mail.example")
        assert smtp_server(f"smtps://mia@mail.example?{written}").oauth == oauth
        assert "hush" not in repr(server)

    @pytest.mark.parametrize(
        "url",
        [
            f"imaps://mia:password@mail.example?google&{KEYS}",
            f"imaps://mail.example?google&{KEYS}",
            "imaps://mia@mail.example?google&client_id=desk",
            f"imaps://mia@mail.example?token_url=http://id.example/t&{KEYS}",
            f"smtps://mail.example?google&{KEYS}",
        ],
    )
    def test_what_can_never_work_is_refused_without_the_secret(self, url: str) -> None:
        with pytest.raises(ValueError, match=r"[A-Za-z]{3}") as caught:
            imap_server(url) if url.startswith("imap") else smtp_server(url)
        assert "hush" not in str(caught.value)
