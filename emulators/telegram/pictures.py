"""Pictures: the sizes Telegram keeps of one, and one to send when nobody has any. Pure."""

import io
from dataclasses import dataclass

_SMALL = (320, 320)


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    width: int
    height: int


def sizes(content: bytes) -> tuple[Picture, ...] | None:
    """The picture as it is, after a small copy as JPEG if it is not small itself; None for what is no picture."""
    from PIL import Image, UnidentifiedImageError  # here: few of those who start the emulator send pictures

    try:
        with Image.open(io.BytesIO(content)) as picture:
            whole = Picture(content, *picture.size)
            small = picture.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    if whole.width <= _SMALL[0] and whole.height <= _SMALL[1]:
        return (whole,)
    small.thumbnail(_SMALL)
    into = io.BytesIO()
    small.save(into, "JPEG", quality=70)
    return Picture(into.getvalue(), *small.size), whole


def drawn(words: str, *, width: int = 640, height: int = 480) -> bytes:
    """A picture with these words on it, as JPEG."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (width, height), (94, 129, 172))
    ImageDraw.Draw(picture).text((20, 20), words, fill=(255, 255, 255))
    into = io.BytesIO()
    picture.save(into, "JPEG", quality=80)
    return into.getvalue()
