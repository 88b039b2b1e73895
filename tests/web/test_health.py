"""What an operator, a load balancer and Prometheus can ask."""

from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from emulators.server import Served
from tests.connectors.whatsapp.forms import INBOUND
from tests.fakes.inbox import FakeHealth, FakeInbox
from tests.web.conftest import Door
from ticketing.resolution.numbers import RunNumbers
from web.app import build


async def test_the_process_lives_even_while_the_database_does_not(door: Door) -> None:
    door.health.trouble = "connection refused"
    assert (await door.http.get("/healthz")).json() == {"status": "ok"}


async def test_ready_says_why_it_is_not(door: Door) -> None:
    assert (await door.http.get("/readyz")).status_code == 200
    door.health.trouble = "connection refused"
    answer = await door.http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["detail"] == "connection refused"


async def test_what_another_process_suffers_from_is_said_and_makes_this_one_no_less_ready() -> None:
    async def remarks() -> dict[str, str]:
        return {"slack": "There is no socket to Slack."}

    app = build(webhooks={}, inbox=FakeInbox(), health=FakeHealth(), public_base_url="", slack=None, remarks=remarks)
    async with Served(app) as served, httpx.AsyncClient(base_url=served.url, verify=False, trust_env=False) as http:
        answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "slack": "There is no socket to Slack."})


async def test_metrics_count_what_became_of_webhooks(door: Door) -> None:
    for auth_token in ("theirs", None, None):
        await (door.post("/hooks/whatsapp", INBOUND, auth_token=auth_token) if auth_token
               else door.post("/hooks/whatsapp", INBOUND))  # fmt: skip
    door.inbox.down = True
    await door.post("/hooks/whatsapp", INBOUND)
    lines = (await door.http.get("/metrics")).text.splitlines()
    for outcome in ("accepted", "duplicate", "refused", "unavailable"):
        assert f'threadline_webhooks_total{{channel="whatsapp",outcome="{outcome}"}} 1.0' in lines
    assert 'threadline_webhook_seconds_count{channel="whatsapp"} 2.0' in lines


@pytest.mark.parametrize(
    ("behind", "said"), [(timedelta(seconds=75), "75.0"), (timedelta(), "0.0"), (None, "NaN")], ids=str
)
async def test_metrics_say_how_far_cards_are_behind(behind: timedelta | None, said: str) -> None:
    async def lag() -> timedelta | None:
        return behind

    app = build(webhooks={}, inbox=FakeInbox(), health=FakeHealth(), public_base_url="", slack=None, lag=lag)
    async with Served(app) as served, httpx.AsyncClient(base_url=served.url, verify=False, trust_env=False) as http:
        lines = (await http.get("/metrics")).text.splitlines()
    assert f"threadline_cards_behind_seconds {said}" in lines


async def test_the_api_describes_itself(door: Door) -> None:
    described = (await door.http.get("/openapi.json")).json()
    assert described["info"]["title"] == "Threadline"
    assert "/readyz" in described["paths"]


async def test_metrics_say_how_runs_are_going_and_nothing_where_nobody_knows() -> None:
    known: list[RunNumbers | None] = [
        RunNumbers(
            {("working", "act_alone"): 2},
            {("done", "act_alone"): 7},
            {"return": 9},
            {"return": Decimal("89.50")},
            (2, 4.5),
        ),
        None,
    ]

    async def runs() -> RunNumbers | None:
        return known.pop(0)

    app = build(webhooks={}, inbox=FakeInbox(), health=FakeHealth(), public_base_url="", slack=None, runs=runs)
    async with Served(app) as served, httpx.AsyncClient(base_url=served.url, verify=False, trust_env=False) as http:
        lines = (await http.get("/metrics")).text.splitlines()
        unknown = (await http.get("/metrics")).text
    assert [each for each in lines if each.startswith("threadline_run")] == [
        'threadline_runs_open{autonomy="act_alone",state="working"} 2.0',
        'threadline_runs_ended{autonomy="act_alone",state="done"} 7.0',
        'threadline_runs_total{type="return"} 9.0',
        'threadline_runs_given_total{type="return"} 89.5',
        'threadline_run_seconds{quantile="0.5"} 2.0',
        'threadline_run_seconds{quantile="0.95"} 4.5',
    ]
    assert "threadline_run" not in unknown
