"""The API as an application: the shop's own endpoints, what rules it from outside, and the page.

Every endpoint is a coroutine that never waits, so each call is carried out whole before the next one.
"""

from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.trustedhost import TrustedHostMiddleware

from examples.shop import catalogue, control, page, payments, problems
from examples.shop.access import known
from examples.shop.door import Door
from examples.shop.problems import Problem
from examples.shop.shop import Shop

_REFUSED: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": Problem, "description": "Not done, and why", "content": {problems.MEDIA_TYPE: {}}}
}


def application(shop: Shop, *, host: str = "127.0.0.1") -> FastAPI:
    """The ASGI application of this shop. `host`: the name it is reached under, beside those of this machine."""
    app = FastAPI(
        title=shop.books.name, version="1", description=__doc__, docs_url=None, redoc_url=None, responses=_REFUSED
    )
    app.state.shop = shop
    problems.register(app)
    routers = (catalogue.router, payments.router)
    for router in (*routers, control.router):
        app.include_router(router, dependencies=[Depends(known)])
    app.include_router(page.router)
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    app.state.operations = operations(*routers)
    app.add_middleware(Door, routes=routes, faults=shop.faults, ledger=shop.ledger, now=shop.clock.now)
    # A foreign page in the same browser could reach this machine under a name of its own.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", host])
    return app


def operations(*routers: APIRouter) -> frozenset[str]:
    """What a fault can be scripted for."""
    named = (route.operation_id for router in routers for route in router.routes if isinstance(route, APIRoute))
    return frozenset(name for name in named if name)
