"""What is done with a file, by what its bytes are. Whatever can run a script is only ever downloaded."""

PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_PLAYED = frozenset(
    {
        "audio/aac",
        "audio/amr",
        "audio/flac",
        "audio/mp4",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "audio/webm",
        "video/mp4",
        "video/ogg",
        "video/quicktime",
        "video/webm",
    }
)
UNKNOWN = "application/octet-stream"


def is_picture(content_type: str | None) -> bool:
    """Of a kind that is shown in place, and that has a thumbnail."""
    return content_type in PICTURES


def is_shown_inline(content_type: str | None) -> bool:
    """Whether a browser may show it. Everything else is downloaded, so that it never runs under our address."""
    return content_type in PICTURES or content_type in _PLAYED


_SCRIPTED = frozenset({"text/html", "application/xhtml+xml", "text/javascript", "application/javascript"})


def served_type(content_type: str | None) -> str:
    """What a browser or a provider is told. Of what could run a script: that it is bytes."""
    if content_type is None or content_type in _SCRIPTED or content_type.endswith("xml"):
        return UNKNOWN
    return content_type


_EXTENSIONS = {
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "audio/aac": ".aac",
    "audio/amr": ".amr",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "text/plain": ".txt",
    "text/vcard": ".vcf",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
}


def default_name(claimed_type: str | None) -> str:
    """What a file is called that came without a name: "photo.jpg", "voice.ogg"."""
    plain = (claimed_type or "").partition(";")[0].strip().lower()
    kind = {"image": "photo", "audio": "voice", "video": "video"}.get(plain.partition("/")[0], "file")
    return kind + _EXTENSIONS.get(plain, "")
