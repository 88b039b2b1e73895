"""Answering where something was pressed or typed, at the address that came with it: good for five answers in thirty
minutes, and in every channel, also where the app is no member and could not post.
"""

import aiohttp

from bot.refusals import Unanswered
from bot.wire import Json
from core.errors import ChannelError, ChannelUnavailable, MessageRefused, OutcomeUnknown

_GONE = frozenset({400, 403, 404, 410})


async def answer_at(session: aiohttp.ClientSession, url: str, body: Json, *, proxy: str | None = None) -> None:
    """Raises MessageRefused (it is too old, or Slack does not take the blocks), ChannelUnavailable, OutcomeUnknown."""
    try:
        async with session.post(url, json=body, proxy=proxy) as response:
            if response.status != 200:
                raise _refusal(response.status, (await response.text())[:200])
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise ChannelUnavailable("Slack cannot be reached: nothing was done.") from error
    except TimeoutError as error:
        raise Unanswered("Slack did not answer in time: it may still do it.") from error
    except (aiohttp.ClientError, OSError) as error:
        raise OutcomeUnknown("The connection broke before Slack answered: it may have done it.") from error


def _refusal(status: int, words: str) -> ChannelError:
    if status == 429:
        return ChannelUnavailable("Slack asks us to slow down.", retry_after=1)
    if status in _GONE:
        return MessageRefused(f"This message is too old to be changed: ask again. ({words})", vendor_code=words[:60])
    return OutcomeUnknown(f"Slack answered {status}: it may have done it or not.")
