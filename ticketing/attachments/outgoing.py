"""Files on their way to a customer: how a connector gets at what a reply carries."""

from dataclasses import dataclass
from datetime import datetime

from core.errors import FileGone
from core.messages import OutboundFile
from ticketing.attachments.attachment import Attachment
from ticketing.attachments.kinds import UNKNOWN
from ticketing.attachments.links import GetLinks, Links
from ticketing.attachments.store import FileStore


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What it takes."""

    links: GetLinks
    store: FileStore


def outbound_file(attachment: Attachment, links: Links, store: FileStore, *, now: datetime) -> OutboundFile:
    """Raises FileGone: its bytes are not stored."""
    sha256, size = attachment.sha256, attachment.size
    if sha256 is None or size is None:
        raise FileGone(f"{attachment.name} is not stored here.")
    return OutboundFile(
        name=attachment.name,
        content_type=attachment.content_type or UNKNOWN,
        size=size,
        url=links.for_providers(attachment.id, attachment.name, now=now),
        open=lambda: store.read(sha256),
    )
