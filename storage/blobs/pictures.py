"""Look into a picture, and make a small one of it. Runs in a thread; a hostile one costs a bounded amount of memory.

What cannot be opened as the picture that its first bytes promise is none. The small one is a new JPEG: nothing of the
original but its pixels gets into it, so no place and no name that a camera wrote there.
"""

import contextlib
import io
import warnings
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

EDGE = 480  # pixels of the longer side of a thumbnail
_MOST_PIXELS = 16_000_000  # 64 MB while it is decoded
_MOST_IN_SLICES = 64_000_000  # of a JPEG that is decoded line by line, and smaller at once
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
_ORIENTATION = 0x0112
_SIDEWAYS = frozenset({5, 6, 7, 8})
_START_OF_SCAN = 0xDA  # markers of a JPEG
_WITH_LENGTH = frozenset({*range(0xC0, 0xD0), *range(_START_OF_SCAN, 0xFF)})


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels the right way up, and a JPEG of at most EDGE pixels; None: too large to be decoded, or damaged."""

    width: int
    height: int
    thumbnail: bytes | None


def look_at(file: IO[bytes], content_type: str) -> Picture | None:
    """None: it is no picture of this type after all."""
    from PIL import Image  # it takes a while to load, and most processes do without it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own measure for what is too large; ours is below
        try:
            image = Image.open(file, formats=[_FORMATS[content_type]])
        except Exception:  # any error at all: the bytes are a stranger's
            return None
        width, height, thumbnail = *image.size, None
        with image, contextlib.suppress(Exception):
            if _is_safe(image, file):
                if image.getexif().get(_ORIENTATION) in _SIDEWAYS:  # of a PNG, this decodes it
                    width, height = height, width
                thumbnail = _thumbnail(image)
    return Picture(width, height, thumbnail)


def _is_safe(image: "Image.Image", file: IO[bytes]) -> bool:
    in_slices = image.format == "JPEG" and not image.info.get("progressive") and _is_one_scan(image, file)
    return 0 < image.width * image.height <= (_MOST_IN_SLICES if in_slices else _MOST_PIXELS)


def _is_one_scan(image: "Image.Image", file: IO[bytes]) -> bool:
    """Whether the first scan of a JPEG has all colours: else the decoder holds the whole picture until the last one.

    A file that is not marker after marker up to there is not trusted with it.
    """
    file.seek(2)
    while len(head := file.read(4)) == 4 and head[0] == 0xFF and head[1] in _WITH_LENGTH:
        if head[1] == _START_OF_SCAN:
            return file.read(1) == bytes([len(image.getbands())])
        file.seek(max(int.from_bytes(head[2:]) - 2, 0), io.SEEK_CUR)
    return False


def _thumbnail(image: "Image.Image") -> bytes:
    from PIL import Image, ImageOps

    image.draft("RGB", (EDGE, EDGE))
    image.thumbnail((EDGE, EDGE))
    upright = ImageOps.exif_transpose(image)
    if upright.mode not in {"RGB", "L"}:
        seen = upright.convert("RGBA")
        upright = Image.new("RGB", seen.size, "white")
        upright.paste(seen, mask=seen.getchannel("A"))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=82)
    return out.getvalue()
