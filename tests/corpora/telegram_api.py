"""What our client and its SDK send, and what the emulator answers and posts, against the Bot API as JSON Schema."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from telegram import Update

from emulators.telegram import BotAccount, Call, running
from tests.corpora.findings import Finding
from tests.corpora.telegram_talk import by_the_sdk, through_our_connector


async def check(folder: Path) -> tuple[Finding, Finding, Finding]:
    """Use every method and do everything a customer can; then hold calls, answers and updates against the schema."""
    schema, api = [
        json.loads(await asyncio.to_thread((folder / name).read_text)) for name in ("schema.json", "api.json")
    ]
    sent = Finding("Telegram: what our client sends")
    answered, told = Finding("Telegram: the emulator's answers"), Finding("Telegram: the emulator's updates")
    account = BotAccount(limits=False)
    async with running(account):
        unread = await through_our_connector(account)
        await by_the_sdk(account)
    strict = _strict(schema["definitions"])
    for call in account.calls:
        if call.operation == "download":
            continue
        sent.checked += 1
        form = schema["methods"][call.operation]
        sent.failures += _problems(call.operation, schema["definitions"], form, _typed(call, form))
        answered.checked += 1
        result = _result(api["methods"][call.operation]["returns"])
        answered.failures += _problems(call.operation, strict, _envelope(result, ok=call.status == 200), call.answer)
    for call in account.calls_of("getUpdates"):
        for update in (call.answer or {}).get("result", []):
            told.checked += 1
            told.failures += _problems("Update", strict, {"$ref": "#/definitions/Update"}, update)
            told.failures += _strange(Update.de_json(update, None))
    told.allowed = len(unread)  # what says nothing that we act on, such as a group's new address by its second message
    return sent, answered, told


def _result(returns: list[str]) -> Any:
    """`["Array of Message"]`, `["Message", "Boolean"]`… as a schema."""
    plain = {"Boolean": "boolean", "Integer": "integer", "String": "string"}

    def one(name: str) -> Any:
        if name.startswith("Array of "):
            return {"type": "array", "items": one(name.removeprefix("Array of "))}
        return {"type": plain[name]} if name in plain else {"$ref": f"#/definitions/{name}"}

    return {"anyOf": [one(name) for name in returns]}


def _envelope(result: Any, *, ok: bool) -> Any:
    told = {"error_code": {"type": "integer"}, "parameters": {"$ref": "#/definitions/ResponseParameters"}}
    properties = {"ok": {"const": ok}, "description": {"type": "string"}} | ({"result": result} if ok else told)
    required = ["ok", "result"] if ok else ["ok", "error_code", "description"]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _problems(name: str, definitions: Any, schema: Any, value: Any) -> list[str]:
    return [
        f"{name}: {'.'.join(str(part) for part in error.absolute_path)} {error.message[:300]}"
        for error in Draft7Validator({**schema, "definitions": definitions}).iter_errors(value)
    ]


def _strict(definitions: Any) -> Any:
    """The same, where no object may have a field that it does not name."""
    return {
        name: {**each, "additionalProperties": False} if "properties" in each else each
        for name, each in definitions.items()
    }


def _strange(update: Update) -> list[str]:
    """Fields that python-telegram-bot knows nothing to do with."""
    parts = (update, update.effective_message, update.effective_user, update.effective_chat, update.callback_query)
    return [f"Update: {type(part).__name__} has {[*part.api_kwargs]}" for part in parts if part and part.api_kwargs]


def _typed(call: Call, form: Any) -> dict[str, Any]:
    """A form's text as the types that the schema names: forms carry text only."""
    read: dict[str, Callable[[str], Any]] = {
        "integer": int,
        "number": float,
        "boolean": lambda text: text == "true",
        "array": json.loads,
        "object": json.loads,
    }

    def value(name: str, given: Any) -> Any:
        if not isinstance(given, str) or name not in form["properties"]:
            return given
        kinds = _kinds(form["properties"][name])
        if "string" in kinds and not ("integer" in kinds and given.lstrip("-").isdecimal()):
            return given
        return next((read[kind](given) for kind in kinds if kind in read), given)

    attached = {name for name in call.params if f"attach://{name}" in str(call.params.get("media", ""))}
    return {name: value(name, given) for name, given in call.params.items() if name not in attached}


def _kinds(schema: Any) -> list[str]:
    if "anyOf" in schema:
        return [kind for each in schema["anyOf"] for kind in _kinds(each)]
    if "$ref" in schema:
        return ["object"]
    kind = schema.get("type", "string")
    return kind if isinstance(kind, list) else [kind]
