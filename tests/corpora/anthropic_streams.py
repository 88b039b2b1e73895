"""Recorded streams of the Messages API: the Claude brain survives each, and believes none that is no triage."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from starlette.types import Receive, Scope, Send

from ai.claude.brain import ClaudeBrain
from core.errors import DeskError
from emulators.anthropic import Organization
from emulators.server import Served
from tests.ai.bursts import a_burst
from tests.ai.conftest import Books, a_config
from tests.corpora.findings import Finding
from tests.playbooks import VOCABULARY
from ticketing.triage.model_call import Outcome

# What a name of the recordings says about how they end; the others are whole, and say something that is no triage.
_ENDS: Mapping[str, Outcome] = {
    "refusal": Outcome.REFUSAL,
    "incomplete": Outcome.TRUNCATED,
}


async def check(folder: Path) -> Finding:
    """Each stream of `folder` (`*.txt`) that the brain takes for something else than it is has failed."""
    found = Finding("Anthropic: recorded streams")
    for path in sorted(folder.glob("*.txt")):
        found.checked += 1
        books = Books()
        said = await _understood(path.read_bytes(), books)
        expected = next((outcome for name, outcome in _ENDS.items() if path.name.startswith(name)), Outcome.NOT_JSON)
        outcomes = [call.outcome.value for call in books.calls]
        if said or outcomes != [expected]:
            found.failures.append(f"{path.name}: {said or 'refused'}, {outcomes} instead of {expected.value}")
        elif not books.calls[0].usage.input:
            found.failures.append(f"{path.name}: nothing in the books, although it names its tokens")
    return found


async def _understood(stream: bytes, books: Books) -> str:
    """Empty if the brain refused it in words of ours."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream"), (b"request-id", b"req_recorded")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": stream})

    async with Served(app) as served:
        brain = ClaudeBrain(replace(a_config(Organization()), base_url=served.url), books)
        try:
            return f"believed: {await brain.triage(a_burst('My mug is broken.'), VOCABULARY)}"
        except DeskError:
            return ""
        except Exception as error:
            return repr(error)
        finally:
            await brain.close()
