"""Pictures as phones send them, and as enemies do."""

import io
import struct
import zlib

from PIL import Image

PLACE = "Exif\x00\x00 51.5N 0.1W"


def a_picture(kind: str = "JPEG", *, size: tuple[int, int] = (640, 400), mode: str = "RGB") -> bytes:
    """Left half red, right half blue, so that a turned one can be told."""
    image = Image.new(mode, size, "red")
    image.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def a_photo_held_sideways(*, size: tuple[int, int] = (640, 400)) -> bytes:
    """A JPEG whose EXIF says that it is to be turned, who took it, and where."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = "Anna Berg"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def a_png_bomb(edge: int = 30_000) -> bytes:
    """A few kilobytes that claim to be 900 megapixels."""
    header = struct.pack(">IIBBBBB", edge, edge, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def a_jpeg_in_scans(edge: int, *, comment: bytes = b"") -> bytes:
    """A grey square whose colours come one after another: a decoder keeps all of one until it has the last."""
    colours = (1, 2, 3)
    frame = struct.pack(">BHHB", 8, edge, edge, 3) + b"".join(bytes([each, 0x11, 0]) for each in colours)
    one_bit = bytes([1] + [0] * 15 + [0])  # the only code: no difference, and the end of the block
    tables = [_segment(0xDB, b"\0" + bytes([1] * 64)), *(_segment(0xC4, kind + one_bit) for kind in (b"\x00", b"\x10"))]
    blocks = bytes((-(-edge // 8)) ** 2 * 2 // 8 + 1)
    scans = [_segment(0xDA, bytes([1, each, 0, 0, 63, 0])) + blocks for each in colours]
    return b"".join([b"\xff\xd8", *tables, _segment(0xC0, frame), _segment(0xFE, comment), *scans, b"\xff\xd9"])


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
