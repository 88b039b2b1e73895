"""What a file is, by its first bytes. What its sender says of it, or its name, counts for nothing.

The kinds that a browser is allowed to show are decided here alone, by marks that nothing else begins with. For the rest
a library is asked: its mistakes cost nothing, because whatever it says is only ever downloaded.
"""

import puremagic

from ticketing.attachments.kinds import UNKNOWN, is_shown_inline

FIRST_BYTES = 4096  # that are looked at

_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"#!AMR", "audio/amr"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"%PDF-", "application/pdf"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BRANDS = {  # of ISO media: the fourth to the twelfth byte are "ftyp" and one of these
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"qt  ": "video/quicktime",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"avif": "image/avif",
}
_VIDEO_BRANDS = (b"iso", b"mp4", b"avc1", b"M4V ", b"MSNV", b"dash", b"3gp")
_TEXTS = (
    (b"begin:vcard", "text/vcard"),
    (b"begin:vcalendar", "text/calendar"),
    (b"<!doctype html", "text/html"),
    (b"<html", "text/html"),
    (b"<?xml", "application/xml"),
    (b"<svg", "image/svg+xml"),
    (b"{\\rtf", "application/rtf"),
)
_CONTROLS = frozenset(range(32)) - set(b"\t\n\r\f\x1b")


def content_type(first: bytes) -> str:
    """The media type of a file that begins so."""
    head = first[:FIRST_BYTES]
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    return _contained(head) or _text(head) or _by_library(head)


def _contained(head: bytes) -> str | None:
    """Containers, which say further on what is in them."""
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return _BRANDS.get(brand) or ("video/mp4" if brand.startswith(_VIDEO_BRANDS) else None)
    if head[:4] == b"OggS":
        return "video/ogg" if b"theora" in head[:128] else "audio/ogg"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    return None


def _text(head: bytes) -> str | None:
    """None: it is no text."""
    if not head or _CONTROLS & set(head):
        return None
    try:
        head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # else the last character is only cut in two
            return None
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:32].lower()
    return next((kind for beginning, kind in _TEXTS if start.startswith(beginning)), "text/plain")


def _by_library(head: bytes) -> str:
    try:
        kind = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    # It takes two letters for a picture, so it may name none of those that are shown.
    return UNKNOWN if not kind or is_shown_inline(kind) or "/" not in kind else kind
