"""Whether the process lives, whether it can work, and what it counted. Reads; changes nothing."""

from collections.abc import Mapping
from datetime import timedelta
from math import nan

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from web.errors import problem
from web.metrics import Metrics
from web.ports import Health, Lag, Remarks, RunLook


async def _nothing() -> Mapping[str, str]:
    return {}


async def _none() -> timedelta:
    return timedelta()


def add_health(
    app: FastAPI,
    health: Health,
    metrics: Metrics,
    remarks: Remarks | None = None,
    lag: Lag | None = None,
    runs: RunLook | None = None,
) -> None:
    """Serve `/healthz`, `/readyz` and `/metrics`.

    Remarks make no process unready: taking this one out of service would mend nothing of another's.
    """

    @app.get("/healthz", summary="The process lives")
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @app.get("/readyz", summary="The database answers", responses={503: {"description": "Why it does not"}})
    async def readyz() -> Response:
        if (reason := await health.problem()) is not None:
            return problem(503, reason, code="NotReady")
        return JSONResponse({"status": "ok", **(await (remarks or _nothing)())})

    @app.get("/metrics", summary="Counters for Prometheus", response_class=Response)
    async def counted() -> Response:
        behind = await (lag or _none)()
        metrics.cards_behind.set(nan if behind is None else behind.total_seconds())
        metrics.runs.numbers = await runs() if runs is not None else None
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)
