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
    """A cracked mug with these words over it, as JPEG."""
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", (640, 480), (236, 231, 222))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 380, 640, 480), fill=(190, 170, 145))
    pen.ellipse((370, 215, 480, 325), outline=(52, 96, 148), width=22)
    pen.rounded_rectangle((220, 160, 420, 400), 24, fill=(69, 119, 179))
    pen.line(((290, 160), (310, 215), (285, 260), (330, 300), (305, 360)), fill=(30, 40, 60), width=7, joint="curve")
    pen.text((28, 24), words, fill=(60, 52, 44), font=ImageFont.load_default(38))
    picture = picture.resize((width, height))
    into = io.BytesIO()
    picture.save(into, "JPEG", quality=80)
    return into.getvalue()
