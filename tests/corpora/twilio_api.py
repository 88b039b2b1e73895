"""What our client sends to Twilio, and what the emulator answers, against Twilio's OpenAPI documents."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
from jsonschema import Draft202012Validator

from connectors.whatsapp import WhatsAppConfig, WhatsAppConnector
from core.ids import new_id
from core.messages import Outbound, OutboundFile, TemplateUse
from emulators.twilio import Account, running
from tests.corpora.findings import Finding

_CORE, _CONTENT = "twilio_api_v2010.json", "twilio_content_v1.json"
_MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages"
# What answers each operation: the document, and the path whose GET has the schema.
_ANSWERS = {
    "messages.create": (_CORE, f"{_MESSAGES}/{{Sid}}.json"),
    "messages.list": (_CORE, f"{_MESSAGES}.json"),
    "messages.fetch": (_CORE, f"{_MESSAGES}/{{Sid}}.json"),
    "media.list": (_CORE, f"{_MESSAGES}/{{MessageSid}}/Media.json"),
    "media.describe": (_CORE, f"{_MESSAGES}/{{MessageSid}}/Media/{{Sid}}.json"),
    "account.fetch": (_CORE, "/2010-04-01/Accounts/{Sid}.json"),
    "templates.list": (_CONTENT, "/v1/Content"),
    "templates.fetch": (_CONTENT, "/v1/Content/{Sid}"),
    "templates.approval": (_CONTENT, "/v1/Content/{Sid}/ApprovalRequests"),
    "templates.list_approvals": (_CONTENT, "/v1/ContentAndApprovals"),
}
# The redirect to a file's bytes has no body; the Senders API is not in these documents.
_WITHOUT_SCHEMA = frozenset(("media.fetch", "senders.list"))
_CUSTOMER = "+4915112345678"


async def check(folder: Path) -> tuple[Finding, Finding]:
    """Send, list and fetch: texts, files and templates; then hold requests and answers against the schemas."""
    names = (_CORE, _CONTENT)
    apis = {name: json.loads(await asyncio.to_thread((folder / name).read_text)) for name in names}
    sent, answered = Finding("Twilio: what our client sends"), Finding("Twilio: the emulator's answers")
    account = Account(limits=False, webhook_url="http://127.0.0.1:9/")
    async with running(account):
        await _talk(account)
    post = apis[_CORE]["paths"][f"{_MESSAGES}.json"]["post"]
    form = post["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    seen = set()
    for call in account.calls:
        seen.add(call.operation)
        if call.operation == "messages.create":
            sent.checked += 1
            sent.failures += _problems(call.operation, apis[_CORE], form, _typed(call.params, form), whole=False)
        if call.operation in _WITHOUT_SCHEMA:
            continue
        document, path = _ANSWERS[call.operation]
        answer = apis[document]["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        answered.checked += 1
        answered.failures += _problems(call.operation, apis[document], answer, call.answer, whole=True)
    answered.failures += [f"{operation} was not tried" for operation in _ANSWERS if operation not in seen]
    return sent, answered


async def _talk(account: Account) -> None:
    config = WhatsAppConfig(account.account_sid, account.auth_token, "https://desk.example.com", api_url=account.url)
    connector = WhatsAppConnector(config)
    template = account.template("welcome", "Hello {{1}}", samples={"1": "Mia"}, buttons=["Yes"])
    account.template("label", "Your label", media=("https://files.example.com/1.png",), status="rejected", why="FORMAT")
    account.drop_webhooks()
    written = await account.customer(_CUSTOMER).photo(caption="Look")
    (media,) = account.media.of(written.sid)
    try:
        for message in _outbound(account.sender.removeprefix("whatsapp:"), template.sid):
            await connector.send(message)
        async with connector.fetch(media.path, most=1_000_000) as file:
            assert [chunk async for chunk in file.chunks]
        await connector.fetch_events(None)
        await connector.templates()
        await connector.check()
    finally:
        await connector.close()
    await account.settle()
    base = f"{account.url}/2010-04-01/Accounts/{account.account_sid}/Messages"
    content = f"{account.url}/v1/Content"
    auth = aiohttp.encode_basic_auth(account.account_sid, account.auth_token)
    async with aiohttp.ClientSession(trust_env=False, headers={"Authorization": auth}) as session:
        for url in (
            f"{base}.json?PageSize=2",
            *(f"{base}/{sid}.json" for sid in account.messages),
            *(f"{base}/{written.sid}/Media.json", f"{account.media.address(media)}.json"),
            *(f"{content}?PageSize=1", f"{content}/{template.sid}", f"{content}/{template.sid}/ApprovalRequests"),
        ):
            async with session.get(url) as answer:
                await answer.read()


def _outbound(ours: str, template: str) -> Iterator[Outbound]:
    for text in ("Your refund is on its way.", "Grüße & mehr+🙂\n<b>", "x" * 1600):
        yield Outbound(new_id(), ours, _CUSTOMER, text)
    file = OutboundFile("label.pdf", "application/pdf", 7, "http://127.0.0.1:9/files/1?sig=a%2Fb", _nothing)
    yield Outbound(new_id(), ours, _CUSTOMER, "Your label", file=file)
    yield Outbound(new_id(), ours, _CUSTOMER, "Hello Mia", template=TemplateUse(template, {"1": "Mia"}))


async def _nothing() -> AsyncIterator[bytes]:
    yield b""


def _problems(name: str, api: Any, schema: Any, value: Any, *, whole: bool) -> list[str]:
    """Against the schema, and no field that it does not know; `whole`: every field that it does know."""
    rooted = {**_nullable(schema), "components": _nullable(api["components"])}
    found = [
        f"{name}: {'.'.join(str(part) for part in error.absolute_path)} {error.message[:200]}"
        for error in Draft202012Validator(rooted).iter_errors(value)
    ]
    resolved = api["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
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
