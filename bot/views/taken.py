"""Which files a channel takes from a form in Slack, in words."""

from bot.views import words
from core.messages import Limits
from ticketing.attachments.kinds import UNKNOWN

_IN_FORM = 10_000_000  # bytes of one file: Slack's forms take no more
_MB = 1_000_000
_KINDS = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WebP": "image/webp",
    "PDF": "application/pdf",
    "Word": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "Excel": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "PowerPoint": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "text": "text/plain",
    "MP3": "audio/mpeg",
    "OGG": "audio/ogg",
    "MP4": "video/mp4",
    "ZIP": "application/zip",
}


def taken(channel: str, limits: Limits) -> str | None:
    """ "WhatsApp takes JPEG, PNG up to 5 MB; PDF, text up to 10 MB each." None: it takes no files."""
    if anything := limits.file(UNKNOWN):
        return f"{words.channel(channel)} takes any file of up to {_size(anything)}."
    by_size: dict[int, list[str]] = {}
    for name, content_type in _KINDS.items():
        if most := limits.file(content_type):
            by_size.setdefault(min(most, _IN_FORM), []).append(name)
    if not by_size:
        return None
    groups = [f"{', '.join(names)} up to {_size(most)}" for most, names in sorted(by_size.items())]
    return f"{words.channel(channel)} takes {'; '.join(groups)} each."


def _size(most: int) -> str:
    return f"{min(most, _IN_FORM) // _MB or 1} MB"
