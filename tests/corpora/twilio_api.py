"""What our client sends to Twilio, and what the emulator answers, against Twilio's OpenAPI document."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
from jsonschema import Draft202012Validator

from connectors.whatsapp import WhatsAppConfig, WhatsAppConnector
from core.ids import new_id
from core.messages import Outbound
from emulators.twilio import Account, running
from tests.corpora.findings import Finding

_PATH = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
_MESSAGE = "api.v2010.account.message"
_CUSTOMER = "+4915112345678"


async def check(document: Path) -> tuple[Finding, Finding]:
    """Send, list and fetch; then hold requests and answers against the schemas."""
    api = json.loads(await asyncio.to_thread(document.read_text))
    sent, answered = Finding("Twilio: what our client sends"), Finding("Twilio: the emulator's answers")
    account = Account(limits=False)
    async with running(account):
        await _talk(account)
    form = api["paths"][_PATH]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    page = api["paths"][_PATH]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    schemas = {"messages.create": {"$ref": f"#/components/schemas/{_MESSAGE}"}, "messages.list": page}
    schemas["messages.fetch"] = schemas["messages.create"]
    for call in account.calls:
        if call.operation == "messages.create":
            sent.checked += 1
            sent.failures += _problems(call.operation, api, form, _typed(call.params, form), whole=False)
        answered.checked += 1
        answered.failures += _problems(call.operation, api, schemas[call.operation], call.answer, whole=True)
    return sent, answered


async def _talk(account: Account) -> None:
    config = WhatsAppConfig(account.account_sid, account.auth_token, "https://desk.example.com", api_url=account.url)
    connector = WhatsAppConnector(config)
    try:
        for text in ("Your refund is on its way.", "Grüße & mehr+🙂\n<b>", "x" * 1600):
            await connector.send(Outbound(new_id(), account.sender.removeprefix("whatsapp:"), _CUSTOMER, text))
    finally:
        await connector.close()
    await account.settle()
    base = f"{account.url}/2010-04-01/Accounts/{account.account_sid}/Messages"
    auth = aiohttp.encode_basic_auth(account.account_sid, account.auth_token)
    async with aiohttp.ClientSession(trust_env=False, headers={"Authorization": auth}) as session:
        for url in (f"{base}.json?PageSize=2", *(f"{base}/{sid}.json" for sid in account.messages)):
            async with session.get(url) as answer:
                await answer.read()


def _problems(name: str, api: Any, schema: Any, value: Any, *, whole: bool) -> list[str]:
    """Against the schema, and no field that it does not know; `whole`: every field that it does know."""
    rooted = {**_nullable(schema), "components": _nullable(api["components"])}
    found = [
        f"{name}: {'.'.join(str(part) for part in error.absolute_path)} {error.message[:200]}"
        for error in Draft202012Validator(rooted).iter_errors(value)
    ]
    resolved = api["components"]["schemas"][_MESSAGE] if "$ref" in schema else schema
    found += [f"{name}: {field} is not known to Twilio" for field in value if field not in resolved["properties"]]
    if whole:
        found += [f"{name}: {field} is missing" for field in resolved["properties"] if field not in value]
    return found


def _nullable(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` as JSON Schema says it."""
    if isinstance(schema, list):
        return [_nullable(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _nullable(value) for name, value in schema.items()}
    if made.get("nullable") is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
        if "enum" in made:
            made["enum"] = [*made["enum"], None]
    return made


def _typed(params: Any, form: Any) -> dict[str, Any]:
    """A form's text as the types that its schema names: forms carry text only."""
    read: dict[str, Callable[[str], Any]] = {"integer": int, "number": float, "array": lambda text: [text]}
    read["boolean"] = lambda text: text == "true"
    kinds = {name: field.get("type", "string") for name, field in form["properties"].items()}
    return {name: read.get(kinds.get(name, "string"), str)(text) for name, text in params.items()}
