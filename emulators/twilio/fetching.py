"""Fetches the file that a message of ours names, as Twilio does when it is told to send one.

Source: twilio.com/docs/whatsapp/guidance-whatsapp-media-messages, twilio.com/docs/api/errors/63019
"""

from email.message import Message as Headers

import aiohttp
from yarl import URL

from emulators.twilio.media import File

DOWNLOAD_FAILED, INVALID_CONTENT = 63019, 63021
MOST = 16 * 1024 * 1024  # bytes
MOST_IMAGE = 5 * 1024 * 1024
_TAKEN = ("image/jpeg", "image/png", "image/webp", "audio/", "video/mp4", "video/3gpp", "text/", "application/")
_PATIENCE = aiohttp.ClientTimeout(total=15)


async def fetch(url: str) -> File | int:
    """The file, or the error code that the message fails with."""
    try:
        async with (
            aiohttp.ClientSession(timeout=_PATIENCE, trust_env=False, headers={"User-Agent": "TwilioProxy/1.1"}) as web,
            web.get(URL(url, encoded=True)) as answer,
        ):
            if answer.status != 200:
                return DOWNLOAD_FAILED
            headers = Headers()
            headers["Content-Type"] = answer.headers.get("Content-Type", "application/octet-stream")
            headers["Content-Disposition"] = answer.headers.get("Content-Disposition", "inline")
            kind = headers.get_content_type()
            if not kind.startswith(_TAKEN):
                return INVALID_CONTENT
            data = await _read(answer, MOST_IMAGE if kind.startswith("image/") else MOST)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return DOWNLOAD_FAILED
    return File(kind, data, name=headers.get_filename()) if data else DOWNLOAD_FAILED


async def _read(answer: aiohttp.ClientResponse, most: int) -> bytes:
    """All of it; nothing when it is too large."""
    read = bytearray()
    async for chunk in answer.content.iter_chunked(65_536):
        read += chunk
        if len(read) > most:
            return b""
    return bytes(read)
