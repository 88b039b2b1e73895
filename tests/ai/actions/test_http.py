"""Actions that a playbook declares, called over real sockets: what is escaped, and what comes of an answer."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from ai.actions.desk_actions import CallableActions, DeskActions
from ai.actions.registry import Catalogue
from emulators.server import Served
from tests.ai.actions.acting import a_context
from tests.ticketing.playbook.broken import BASE
from threadline import Actor, Context, Customer, Identity, Outcome, OutcomeKind, Ticket, action
from ticketing.playbook.language import compile_playbook
from ticketing.playbook.playbook import Playbook

DECLARED = """
actions:
  look:
    label: Look
    description: Finds a thing.
    get: '{{secret.url}}/things/{{thing}}/x?q={{q}}&for={{customer.email}}&one=1'
    parameters: {thing: text, q: {required: false}}
    headers: {X-Who: 'by {{customer.name}}', Authorization: 'Bearer {{secret.token}}'}
    result:
      path: {path: path}
      query: {path: query}
      who: {path: headers.x-who}
      auth: {path: headers.authorization}
      key: {path: headers.idempotency-key}
  change:
    label: Change
    description: Changes a thing.
    patch: '{{secret.url}}/things/{{thing}}'
    may: [ai, agent]
    idempotent: false
    parameters:
      thing: text
      amount: number
      sure: {kind: yes_no, required: false}
      at: {kind: date, required: false}
      names: {kind: texts, required: false}
    json: {amount: '{{amount}}', sure: '{{sure}}', at: '{{at}}', names: '{{names}}', note: 'for {{thing}} ({{amount}})'}
    result:
      body: {path: body}
      key: {path: headers.idempotency-key}
  settle:
    label: Settle
    description: Writes, once for each key.
    post: '{{secret.url}}/answer'
    may: [ai, agent]
    idempotent: true
    parameters: {status: number, text: text}
    json: {status: '{{status}}', text: '{{text}}'}
  settle_each_time:
    label: Settle each time
    description: Writes, each time.
    post: '{{secret.url}}/answer'
    may: [ai, agent]
    idempotent: false
    parameters: {status: number, text: text}
    json: {status: '{{status}}', text: '{{text}}'}
  answer:
    label: Answer
    description: Answers as told.
    post: '{{secret.url}}/answer'
    writes: false
    parameters: {status: number, text: text}
    json: {status: '{{status}}', text: '{{text}}'}
    result:
      words: {path: a.words}
      number: {path: a.number, kind: number}
      sure: {path: a.sure, kind: yes_no}
      at: {path: a.at, kind: date}
      names: {path: a.names, kind: texts}
      second: {path: list.1}
"""


def the_other_side() -> FastAPI:
    app = FastAPI()

    @app.post("/answer")
    async def answer(request: Request) -> Response:
        told = await request.json()
        return Response(told["text"], int(told["status"]), media_type="application/problem+json")

    @app.api_route("/{rest:path}", methods=["GET", "PATCH"])
    async def echo(request: Request) -> Response:
        headers = {name: request.headers.get(name) for name in ("x-who", "authorization", "idempotency-key")}
        path, query = request.scope["raw_path"].decode(), request.url.query
        return JSONResponse({"path": path, "query": query, "headers": headers, "body": (await request.body()).decode()})

    return app


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with Served(the_other_side()) as served:
        yield served.url


@pytest.fixture
def playbook() -> Playbook:
    compiled = compile_playbook(BASE + DECLARED, file="p.yaml")
    assert compiled.playbook is not None, "\n".join(map(str, compiled.problems))
    return compiled.playbook


@pytest.fixture
async def desk(url: str) -> AsyncIterator[DeskActions]:
    settings = {"url": url, "token": "the-token-of-the-desk"}
    made = DeskActions(Catalogue(), settings=settings, hosts=[url.removeprefix("http://")])
    yield made
    await made.close()


@pytest.fixture
def actions(desk: DeskActions, playbook: Playbook) -> CallableActions:
    return desk.of(playbook)


def a_customer(name: str = "Mia", *, verified: bool = True) -> Context:
    customer = Customer(name, identities=(Identity("email", "mia+shop@example.com", verified),))
    return Context(
        Actor("agent", "Ada"), datetime(2026, 11, 23, tzinfo=UTC), "key-7", Ticket(12, "return", ""), customer
    )


async def done(actions: CallableActions, name: str, arguments: Mapping[str, Any], context: Context) -> Any:
    outcome = await actions.call(name, arguments, context)
    assert outcome.kind is OutcomeKind.DONE, outcome
    return outcome.value


class TestWhatIsSent:
    async def test_each_value_is_escaped_for_where_it_stands(self, actions: CallableActions) -> None:
        arguments = {"thing": "../admin?x=1#y/é", "q": "a&one=2#c d"}
        seen = await done(actions, "look", arguments, a_customer())
        assert seen == {
            "path": "/things/..%2Fadmin%3Fx%3D1%23y%2F%C3%A9/x",
            "query": "q=a%26one%3D2%23c%20d&for=mia%2Bshop%40example.com&one=1",
            "who": "by Mia",
            "auth": "Bearer the-token-of-the-desk",
            "key": None,
        }

    async def test_what_is_not_given_is_left_out(self, actions: CallableActions) -> None:
        assert (await done(actions, "look", {"thing": "1"}, a_customer()))["query"].startswith("for=")

    @pytest.mark.parametrize("thing", ["..", ".", " ", "", " .. "])
    async def test_nothing_leads_up(self, thing: str, actions: CallableActions) -> None:
        outcome = await actions.call("look", {"thing": thing}, a_customer())
        assert outcome.kind is OutcomeKind.NOT_FOUND

    async def test_a_name_with_a_line_break_makes_no_header(self, actions: CallableActions) -> None:
        outcome = await actions.call("look", {"thing": "1"}, a_customer("Mia\r\nX-Admin: yes"))
        assert (outcome.kind, outcome.words) == (
            "refused",
            "What would stand in the header X-Who has more than one line.",
        )

    async def test_an_address_that_nobody_verified_is_not_the_customers(self, actions: CallableActions) -> None:
        outcome = await actions.call("look", {"thing": "1"}, a_customer(verified=False))
        assert outcome.kind is OutcomeKind.REFUSED
        assert "their first verified e-mail address" in outcome.words

    async def test_values_stay_what_they_are_in_json(self, actions: CallableActions) -> None:
        arguments = {"thing": 'a"b', "amount": "89.10", "sure": True, "names": ["x", '"']}
        seen = await done(actions, "change", arguments, a_customer())
        assert seen == {
            "body": '{"amount":89.1,"sure":true,"names":["x","\\""],"note":"for a\\"b (89.10)"}',
            "key": "key-7",
        }


class TestWhatComesOfIt:
    @pytest.mark.parametrize(("name", "kind"), [("settle", "unavailable"), ("settle_each_time", "refused")])
    async def test_a_key_that_is_being_worked_on_is_asked_for_again(
        self, name: str, kind: str, actions: CallableActions
    ) -> None:
        outcome = await actions.call(name, {"status": 409, "text": "{}"}, a_context())
        assert (outcome.kind, outcome.perhaps_done) == (kind, kind == "unavailable")

    async def answered(self, actions: CallableActions, text: str, status: int = 200) -> Outcome:
        return await actions.call("answer", {"status": status, "text": text}, a_context())

    async def test_what_the_playbook_names_is_taken_as_what_it_is(self, actions: CallableActions) -> None:
        text = (
            '{"a": {"words": 78932, "number": 89.10, "sure": false, "at": "2026-11-23T09:00:00Z",'
            ' "names": ["x", 2, {}]}, "list": [1, "b"], "more": 1}'
        )
        assert (await self.answered(actions, text)).value == {
            "words": "78932",
            "number": "89.10",
            "sure": False,
            "at": "2026-11-23T09:00:00Z",
            "names": ["x", "2"],
            "second": "b",
        }

    @pytest.mark.parametrize(
        "text", ["{}", "[]", "null", '"x"', '{"a": 1, "list": {"1": {}}}', '{"a": {"number": "many", "at": "soon"}}']
    )
    async def test_what_is_not_there_or_something_else_is_null(self, text: str, actions: CallableActions) -> None:
        outcome = await self.answered(actions, text)
        assert outcome.kind is OutcomeKind.DONE
        assert set(outcome.value.values()) == {None}  # type: ignore[union-attr]

    @pytest.mark.parametrize("text", ["", "<html>", '{"a": ', '{"a": NaN}', "[" * 100_000])
    async def test_an_answer_that_is_no_json_may_be_asked_for_again(self, text: str, actions: CallableActions) -> None:
        outcome = await self.answered(actions, text[:4000])
        assert outcome.kind is OutcomeKind.UNAVAILABLE

    async def test_a_refusal_says_why_where_the_other_side_does(self, actions: CallableActions) -> None:
        outcome = await self.answered(actions, '{"detail": "Too\\nlate for that."}', status=422)
        assert (outcome.kind, outcome.words) == ("refused", "Answer: Too late for that. (HTTP 422)")
        outcome = await self.answered(actions, "no", status=404)
        assert (outcome.kind, outcome.words) == ("not_found", "Answer: the other side did not do it. (HTTP 404)")

    async def test_a_setting_that_is_not_there_is_named(self, playbook: Playbook) -> None:
        desk = DeskActions(Catalogue(), settings={})
        outcome = await desk.of(playbook).call("answer", {"status": 200, "text": "{}"}, a_context())
        assert "set THREADLINE_ACTION_URL" in outcome.words

    async def test_private_places_are_not_reached_unless_an_admin_named_them(
        self, playbook: Playbook, url: str
    ) -> None:
        desk = DeskActions(Catalogue(), settings={"url": url, "token": "t"})
        outcome = await desk.of(playbook).call("answer", {"status": 200, "text": "{}"}, a_context())
        assert outcome.kind is OutcomeKind.REFUSED
        assert "THREADLINE_ACTION_HOSTS" in outcome.words
        await desk.close()


class TestTheActionsOfADesk:
    async def test_installed_ones_get_the_settings_and_connections_of_the_desk(
        self, url: str, playbook: Playbook
    ) -> None:
        @action
        async def ask(context: Context) -> int:
            """Ask."""
            return (await context.http.request("GET", context.setting("url") + "/x")).status

        desk = DeskActions(Catalogue([ask]), settings={"url": url})
        assert (await desk.installed.call("ask", {}, a_context())).value == 200
        assert [*desk.of(playbook).specs] == ["answer", "ask", "change", "look", "settle", "settle_each_time"]
        await desk.close()

    async def test_one_that_is_gone_is_told(self, actions: CallableActions) -> None:
        outcome = await actions.call("burn", {}, a_context())
        assert (outcome.kind, outcome.words) == ("failed", "This desk has no action burn (any more).")

    def test_an_installed_one_goes_before_one_of_the_same_name(self, playbook: Playbook) -> None:
        @action
        async def look(context: Context) -> None:
            """Look by code."""

        specs = DeskActions(Catalogue([look]), settings={}).of(playbook).specs
        assert specs["look"].description == "Look by code."

    def test_those_of_a_playbook_are_made_once(self, desk: DeskActions, playbook: Playbook) -> None:
        assert desk.of(playbook) is desk.of(playbook)
