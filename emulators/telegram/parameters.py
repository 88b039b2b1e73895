"""What a call brings: query, form, multipart or JSON, with nested values as JSON text. Reads; decides nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import Request

from emulators.telegram import refusals
from emulators.telegram.refusals import Refused, bad

_YES = {"true", "yes", "1"}


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Parameters:
    values: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name, default)
        return value if isinstance(value, str) else json.dumps(value)

    def number(self, name: str, default: int = 0) -> int:
        try:
            return int(self.values.get(name, default))
        except (TypeError, ValueError) as error:
            raise Refused(bad(f"invalid {name} specified")) from error

    def flag(self, name: str) -> bool:
        return self.text(name).strip('"').lower() in _YES

    def tree(self, name: str) -> Any:
        """A nested value; None where it is not given. Raises Refused for what is no JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError as error:
            raise Refused(bad(f"can't parse {name.replace('_', ' ')} JSON object")) from error

    def chat_id(self) -> int:
        if self.values.get("chat_id", "") == "":
            raise Refused(refusals.NO_CHAT_ID)
        try:
            return int(self.values["chat_id"])
        except (TypeError, ValueError):
            # A name of a channel or group; nobody here has one.
            raise Refused(refusals.CHAT_NOT_FOUND) from None

    def recorded(self) -> dict[str, Any]:
        files = {
            name: {"name": file.name, "content_type": file.content_type, "size": len(file.content)}
            for name, file in self.files.items()
        }
        return {**self.values, **files}


async def parameters(request: Request) -> Parameters:
    """Of the query and the body. Raises Refused for JSON that is none."""
    values: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method != "POST":
        return Parameters(values)
    if kind == "multipart/form-data":
        return await _multipart(request, values)
    body = await request.body()
    if kind == "application/json":
        return Parameters(values | _object(body))
    return Parameters(values | dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)))


async def _multipart(request: Request, values: dict[str, Any]) -> Parameters:
    files: dict[str, Upload] = {}
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                content_type = value.content_type or "application/octet-stream"
                files[name] = Upload(value.filename or name, content_type, await value.read())
            else:
                values[name] = value
    return Parameters(values, files)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refused(bad("can't parse JSON object"))
    return found
