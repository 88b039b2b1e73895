"""One organization, and the real SDK pointed at it, refusing what does not fit its own types."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient

from emulators.anthropic import Organization, running

MODEL = "claude-haiku-5-5"
ASKED: dict[str, Any] = {
    "model": MODEL,
    "max_tokens": 500,
    "messages": [{"role": "user", "content": "Is it broken?"}],
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "broken": {"type": "boolean"},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}},
        "grade": {"enum": ["low", "high"]},
        "owner": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    },
    "required": ["broken", "parts", "grade", "owner"],
    "additionalProperties": False,
    "$defs": {
        "Part": {
            "type": "object",
            "properties": {"name": {"type": "string"}},
            "required": ["name"],
            "additionalProperties": False,
        }
    },
}
FITTING = {
    "broken": True,
    "parts": [{"name": "the handle, which is now in two pieces"}],
    "grade": "high",
    "owner": None,
}


def structured(schema: Any = SCHEMA) -> dict[str, Any]:
    return ASKED | {"output_config": {"format": {"type": "json_schema", "schema": schema}}}


@pytest.fixture
async def organization() -> AsyncIterator[Organization]:
    async with running(Organization()) as served:
        yield served


@pytest.fixture
async def client(organization: Organization) -> AsyncIterator[AsyncAnthropic]:
    async with AsyncAnthropic(
        api_key=organization.api_key,
        base_url=organization.url,
        max_retries=0,
        timeout=20,
        http_client=DefaultAsyncHttpxClient(verify=False),  # loading certificates takes longer than a test
        _strict_response_validation=True,
    ) as made:
        yield made
