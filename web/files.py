"""Files for whoever holds a link: signed, for a while, and inert. Streamed from the store, never whole in memory.

A file is a stranger's. It is shown in place only if it is a picture, a sound or a film; anything else is downloaded.
Should a browser take it for a page all the same, that page may do nothing (`Content-Security-Policy`).
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, quote
from uuid import UUID

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from core.errors import FileGone, NotFound
from core.instants import Clock
from ticketing.attachments.attachment import Attachment, FileState
from ticketing.attachments.kinds import is_shown_inline, served_type
from ticketing.attachments.links import GetLinks, LinkExpired, LinkForged, Variant
from ticketing.attachments.store import StoreAway
from web.pages import INERT, not_now, said
from web.ports import Files, LookupUnavailable

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_THUMBNAIL_TYPE = "image/jpeg"


class FileDoor:
    """The ASGI endpoint of `/files/{file_id}/{name}`, for GET and HEAD."""

    def __init__(self, files: Files, links: GetLinks, clock: Clock) -> None:
        self._files, self._links, self._clock = files, links, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._answer(scope)
        except LinkExpired as error:
            response = said(410, "This link has expired", error.message)
        except LinkForged as error:
            response = said(403, "This is no link of ours", error.message)
        except (NotFound, FileGone) as error:
            response = said(410, "This file is gone", error.message)
        except (StoreAway, LookupUnavailable):  # their words are for us: they may name folders, buckets and machines
            response = not_now("The file cannot be shown at the moment: try again soon.")
        await response(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response:
        file_id, variant = await self._checked(scope)
        attachment = await self._files.find(file_id)
        if attachment.state is not FileState.STORED or attachment.sha256 is None:
            raise FileGone("The file is not stored here.")
        thumbnail = variant is Variant.THUMBNAIL
        if thumbnail and not attachment.has_thumbnail:
            raise FileGone("There is no small picture of this file.")
        asked = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        headers = _headers(attachment, variant)
        if headers["ETag"] in asked.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if scope["method"] == "HEAD" and not thumbnail:  # of the small one only the store knows the size
            return Response(headers=headers | {"Content-Length": str(attachment.size)})
        return await self._content(attachment, thumbnail, headers, asked, with_body=scope["method"] != "HEAD")

    async def _checked(self, scope: Scope) -> tuple[UUID, Variant]:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        one = {name: values[0] for name, values in query.items()}
        try:
            file_id, variant = UUID(scope["path_params"]["file_id"]), Variant(one.get("v", Variant.ORIGINAL))
        except ValueError as error:
            raise LinkForged("There is no such file. Open it from its ticket.") from error
        links = await self._links()
        links.check(file_id, variant, one.get("e", ""), one.get("s", ""), now=self._clock())
        return file_id, variant

    async def _content(
        self,
        attachment: Attachment,
        thumbnail: bool,
        headers: Mapping[str, str],
        asked: Mapping[str, str],
        *,
        with_body: bool,
    ) -> Response:
        assert attachment.sha256 is not None
        assert attachment.size is not None
        part = None
        if not thumbnail and asked.get("if-range", headers["ETag"]) == headers["ETag"]:
            part = part_of(asked.get("range", ""), attachment.size)
            if part == ():
                return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{attachment.size}"})
        start, end = part or (0, None)
        found = await self._files.open(attachment.sha256, thumbnail=thumbnail, start=start, end=end)
        told = {**headers, "Content-Length": str(found.end - found.start)}
        if part:
            told["Content-Range"] = f"bytes {found.start}-{found.end - 1}/{found.size}"
        if not with_body:
            return Response(headers=told)
        return StreamingResponse(found.chunks, 206 if part else 200, told)


def _headers(attachment: Attachment, variant: Variant) -> dict[str, str]:
    thumbnail = variant is Variant.THUMBNAIL
    inline = thumbnail or is_shown_inline(attachment.content_type)
    return {
        **INERT,
        "Content-Type": _THUMBNAIL_TYPE if thumbnail else served_type(attachment.content_type),
        "Content-Disposition": disposition(attachment.name, inline=inline),
        "Cache-Control": "private, max-age=3600",
        "Accept-Ranges": "none" if thumbnail else "bytes",
        "ETag": f'"{attachment.sha256}{"-thumb" if thumbnail else ""}"',
    }


def disposition(name: str, *, inline: bool) -> str:
    """RFC 6266: the name for old browsers, and as it is for the others. `name` holds no quotes: see `names.py`."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace("%", "_")
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def part_of(asked: str, size: int) -> tuple[int, int] | tuple[()] | None:
    """The first byte and the one after the last of a `Range`. (): there is no such part; None: no single part is asked.

    Of several parts none is given apart: the whole answers the question too.
    """
    found = _RANGE.fullmatch(asked.strip())
    if found is None or (not found[1] and not found[2]):
        return None
    if not found[1]:
        last = min(int(found[2]), size)
        return (size - last, size) if last else ()
    start, end = int(found[1]), min(int(found[2]) + 1 if found[2] else size, size)
    if found[2] and int(found[2]) < int(found[1]):
        return None
    return (start, end) if start < size else ()
