"""Files as doors show them, out of what `queries/files.py` has PostgreSQL make."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from ticketing.attachments.attachment import FileState, ShownFile
from ticketing.attachments.kinds import is_picture
from ticketing.attachments.links import Links, Variant


def shown_files(column: Sequence[Sequence[Any]] | None, links: Links | None, now: datetime) -> tuple[ShownFile, ...]:
    """Without `links`, nothing leads to them."""
    return tuple(_shown(values, links, now) for values in column or ())


def _shown(values: Sequence[Any], links: Links | None, now: datetime) -> ShownFile:
    key, name, content_type, size, state, why, has_thumbnail, slack_file = values
    file_id, stored = UUID(key), state == FileState.STORED
    url = thumbnail = None
    if links is not None and stored:
        url = links.for_people(file_id, name, now=now)
        if has_thumbnail:
            thumbnail = links.for_people(file_id, name, now=now, variant=Variant.THUMBNAIL)
    return ShownFile(
        file_id,
        name,
        content_type,
        size,
        FileState(state),
        why,
        is_picture(content_type),
        has_thumbnail,
        url,
        thumbnail,
        slack_file,
    )
