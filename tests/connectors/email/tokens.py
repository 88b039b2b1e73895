"""Who gives access tokens: the token endpoint of an OAuth provider, on this machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from connectors.email.config import OAuth


class TokenEndpoint:
    """Each answer names another token, `token`. `refusal` is (status, body) in place of it."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.refusal: tuple[int, str] | None = None
        self.lifetime: object = 3600
        self.url = ""

    def oauth(self, **changed: str) -> OAuth:
        said = {"client_id": "desk", "client_secret": "hush", "scope": "mail", **changed}
        return OAuth(self.url, **said)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(dict(await request.post()))
        if self.refusal is not None:
            return web.Response(status=self.refusal[0], text=self.refusal[1], content_type="application/json")
        token = f"token-{len(self.asked)}"
        return web.json_response({"access_token": token, "expires_in": self.lifetime, "token_type": "Bearer"})


@asynccontextmanager
async def token_endpoint() -> AsyncIterator[TokenEndpoint]:
    endpoint, application = TokenEndpoint(), web.Application()
    application.router.add_post("/token", endpoint.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    endpoint.url = f"http://127.0.0.1:{runner.addresses[0][1]}/token"
    try:
        yield endpoint
    finally:
        await runner.cleanup()
