"""How actions reach other systems: what came of a request says what happens next, and a guard keeps private places."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from ai.actions.connections import Connections
from ai.actions.guard import Guard
from emulators.server import Served
from threadline import Answer, Http, NotFound, OutcomeUnknown, Refused, Unavailable, url_path


def the_other_side() -> FastAPI:
    app = FastAPI()

    @app.api_route("/echo/{rest:path}", methods=["GET", "POST", "DELETE"])
    async def echo(request: Request) -> Response:
        body = (await request.body()).decode()
        path = request.scope["raw_path"].decode()
        headers = {name: request.headers.get(name) for name in ("authorization", "content-type")}
        told = {"method": request.method, "path": path, "query": dict(request.query_params), "body": body, **headers}
        return JSONResponse(told)

    @app.get("/large")
    async def large() -> Response:
        return Response(b"x" * 20_000)

    @app.api_route("/to", methods=["GET", "POST"])
    async def to(target: str) -> Response:
        return RedirectResponse(target)

    @app.get("/round")
    async def around() -> Response:
        return RedirectResponse("/round")

    @app.get("/busy")
    async def busy() -> Response:
        return Response(status_code=429, headers={"Retry-After": "7"})

    return app


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with Served(the_other_side()) as served:
        yield served.url


@pytest.fixture
async def http() -> AsyncIterator[Connections]:
    made = Connections(most_bytes=10_000)
    yield made
    await made.close()


@pytest.fixture
async def guarded(url: str) -> AsyncIterator[Connections]:
    """It reaches the other side alone."""
    made = Connections(Guard([url.removeprefix("http://")]), most_bytes=10_000)
    yield made
    await made.close()


async def hangs_up() -> tuple[asyncio.Server, str]:
    """A server that reads what is asked, and closes the line."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


class TestConnections:
    async def test_carry_query_body_and_headers(self, http: Http, url: str) -> None:
        answer = await http.request(
            "POST", f"{url}/echo/x", query={"q": "a&b=c", "n": 2}, json={"amount": 1}, headers={"Authorization": "me"}
        )
        assert answer.ok
        assert answer.json() == {
            "method": "POST",
            "path": "/echo/x",
            "query": {"q": "a&b=c", "n": "2"},
            "body": '{"amount":1}',
            "authorization": "me",
            "content-type": "application/json",
        }

    async def test_what_somebody_wrote_stays_one_segment_of_the_path(self, http: Http, url: str) -> None:
        answer = await http.request("GET", url + url_path("echo", "../../refunds?all=1#x%2F é"))
        assert answer.json()["path"] == "/echo/..%2F..%2Frefunds%3Fall%3D1%23x%252F%20%C3%A9"
        with pytest.raises(NotFound):
            url_path("orders", "..")

    async def test_one_pool_serves_many_at_once(self, http: Http, url: str) -> None:
        answers = await asyncio.gather(*(http.request("GET", f"{url}/echo/{n}") for n in range(200)))
        assert [each.json()["path"] for each in answers] == [f"/echo/{n}" for n in range(200)]

    async def test_where_nobody_listens_nothing_was_done(self, http: Http) -> None:
        server, gone = await hangs_up()
        server.close()
        await server.wait_closed()
        with pytest.raises(Unavailable, match=r"127\.0\.0\.1 cannot be reached"):
            await http.request("POST", gone)

    async def test_a_name_that_leads_nowhere_was_never_asked(self, http: Http) -> None:
        with pytest.raises(Unavailable):
            await http.request("POST", "http://nowhere.invalid/")

    async def test_where_the_line_broke_nobody_knows(self, http: Http) -> None:
        server, url = await hangs_up()
        with pytest.raises(OutcomeUnknown, match="did not come through"):
            await http.request("POST", url, json={})
        server.close()

    async def test_an_answer_that_is_too_large_is_not_read(self, http: Http, url: str) -> None:
        with pytest.raises(OutcomeUnknown, match="larger than"):
            await http.request("GET", f"{url}/large")
        assert (await http.request("GET", f"{url}/echo/after")).ok

    @pytest.mark.parametrize("url", ["no-host", "http://[/", "ftp://example.com/"])
    async def test_an_address_that_cannot_be_is_refused(self, url: str, http: Http) -> None:
        with pytest.raises(Refused, match="cannot be read"):
            await http.request("GET", url)

    async def test_the_code_of_a_desk_sees_redirects(self, http: Http, url: str) -> None:
        assert (await http.request("GET", f"{url}/to?target=/echo/1")).status == 307


class TestTheGuard:
    @pytest.mark.parametrize(
        "target",
        [
            "http://127.0.0.1:1/",
            "http://localhost:1/",
            "http://127.1:1/",
            "http://2130706433:1/",
            "http://0x7f.1:1/",
            "http://[::1]:1/",
            "http://[::ffff:127.0.0.1]:1/",
            "http://169.254.169.254/latest/meta-data/",
            "http://10.0.0.1/",
            "http://0.0.0.0:1/",
            "http://user:word@93.184.216.34/",
            "ftp://93.184.216.34/",
            "file:///etc/passwd",
            "http:///path",
            "http://93.184.216.34:99999/",
        ],
    )
    async def test_private_places_are_not_reached(self, target: str, guarded: Http) -> None:
        with pytest.raises(Refused):
            await guarded.request("GET", target)

    async def test_what_an_admin_named_is(self, guarded: Http, url: str) -> None:
        assert (await guarded.request("GET", f"{url}/echo/1")).ok

    async def test_the_same_host_at_another_port_is_not(self, url: str) -> None:
        guarded = Connections(Guard(["127.0.0.1:1", "example.com"]))
        with pytest.raises(Refused, match="THREADLINE_ACTION_HOSTS"):
            await guarded.request("GET", f"{url}/echo/1")
        await guarded.close()

    @pytest.mark.parametrize("target", ["http://127.0.0.1:1/x", "//localhost:1/x", "file:///etc/passwd", "http://[/"])
    async def test_a_redirect_leads_to_no_private_place_either(self, target: str, guarded: Http, url: str) -> None:
        with pytest.raises(Refused):
            await guarded.request("GET", f"{url}/to", query={"target": target})

    async def test_a_redirect_is_followed_without_our_secrets(self, guarded: Http, url: str) -> None:
        answer = await guarded.request(
            "GET", f"{url}/to", query={"target": "/echo/2"}, headers={"Authorization": "secret"}
        )
        assert (answer.json()["path"], answer.json()["authorization"]) == ("/echo/2", None)

    async def test_a_write_follows_none(self, guarded: Http, url: str) -> None:
        assert (await guarded.request("POST", f"{url}/to?target=/echo/2")).status == 307

    async def test_round_in_circles_ends(self, guarded: Http, url: str) -> None:
        with pytest.raises(Refused, match="circles"):
            await guarded.request("GET", f"{url}/round")


class TestAnAnswer:
    @pytest.mark.parametrize(
        ("status", "error"),
        [
            (400, Refused),
            (401, Refused),
            (404, NotFound),
            (410, NotFound),
            (422, Refused),
            (408, Unavailable),
            (429, Unavailable),
            (303, OutcomeUnknown),
            (500, OutcomeUnknown),
            (502, OutcomeUnknown),
            (503, Unavailable),
            (301, Refused),
        ],
    )
    def test_a_status_is_named_by_what_happens_next(self, status: int, error: type[Exception]) -> None:
        with pytest.raises(error, match=rf"The shop said no\. \(HTTP {status}\)"):
            Answer(status, {}, b"").checked("The shop said no.")

    def test_what_was_asked_with_a_key_may_still_be_worked_on(self) -> None:
        with pytest.raises(Refused):
            Answer(409, {}, b"").checked()
        with pytest.raises(OutcomeUnknown):
            Answer(409, {}, b"").checked(keyed=True)
        with pytest.raises(Refused):
            Answer(422, {}, b"").checked(keyed=True)

    def test_a_success_is_itself(self) -> None:
        answer = Answer(201, {}, b'{"a": 1}')
        assert answer.checked() is answer
        assert answer.json() == {"a": 1}

    async def test_the_time_it_names_is_kept(self, http: Http, url: str) -> None:
        with pytest.raises(Unavailable) as told:
            (await http.request("GET", f"{url}/busy")).checked()
        assert told.value.retry_after == 7

    def test_half_of_an_answer_leaves_it_open(self) -> None:
        with pytest.raises(OutcomeUnknown):
            Answer(200, {}, b'{"a": ').json()
