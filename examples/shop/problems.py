"""What the shop answers when it does not do what was asked: problem+json (RFC 9457), in words.

`code` is for programs and stays; `detail` is for people: what happened, and what to do.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """The body of every refusal."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str


class Refused(Exception):
    """Not done. Each kind has a status; each case has a code."""

    status: ClassVar[int] = 422
    title: ClassVar[str] = "The shop's rules forbid it"

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class Unreadable(Refused):
    status = 400
    title = "The request cannot be understood"


class Unknown(Refused):
    status = 404
    title = "There is no such thing"


class Stranger(Refused):
    status = 401
    title = "The API key is missing or wrong"


class TooLarge(Refused):
    status = 413
    title = "The request is too large"


def answered(refused: Refused) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(refused, Stranger) else None
    return problem(refused.status, refused.title, refused.code, refused.detail, headers=headers)


def problem(status: int, title: str, code: str, detail: str, *, headers: dict[str, str] | None = None) -> Response:
    body = Problem(title=title, status=status, code=code, detail=detail)
    return JSONResponse(body.model_dump(), status, headers, media_type=MEDIA_TYPE)


def register(app: FastAPI) -> None:
    """Every refusal of this app, the framework's own included, is a problem in words."""

    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> Response:
        return answered(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        return problem(422, "The request is not valid", "invalid", _where(error.errors()))

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        headers = dict(error.headers) if error.headers else None
        if error.status_code not in {404, 405}:
            return problem(error.status_code, error.detail, "unreadable", "Send one JSON object.", headers=headers)
        detail = f"{request.method} {request.url.path[:200]} is not part of this API: /openapi.json lists what is."
        return problem(error.status_code, error.detail, "not_in_this_api", detail, headers=headers)


def _where(errors: Sequence[Any]) -> str:
    """The first few complaints, each with its place: `body.amount: Input should be greater than 0`."""
    told = [f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in errors[:5]]
    return f"{'; '.join(told)}."[:600]
