"""The picture of a digest: what was opened and resolved on the last working days, as bars. Same numbers, same bytes."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ticketing.digests.numbers import Numbers

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

CONTENT_TYPE = "image/png"
_WIDTH, _HEIGHT = 1200, 500  # pixels: twice what Slack shows, for sharp screens
_LEFT, _TOP, _BOTTOM = 36, 100, 76
_OPENED, _RESOLVED = (92, 107, 192), (46, 160, 115)
_PAPER, _INK, _QUIET, _RULE = (255, 255, 255), (33, 33, 43), (112, 112, 124), (226, 226, 232)
_TEXT, _SMALL = 36, 32
_WIDEST, _LOWEST = 64, 10  # of a bar


def digest_picture(days: Sequence[Numbers]) -> bytes:
    """A PNG; `days` in order, one at least."""
    from PIL import Image, ImageDraw  # it takes a while to load, and most processes do without it

    image = Image.new("RGB", (_WIDTH, _HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    _legend(draw)
    floor = _HEIGHT - _BOTTOM
    draw.line((_LEFT, floor, _WIDTH - _LEFT, floor), fill=_RULE, width=2)
    highest = max([1, *(count for each in days for count in (each.opened, each.resolved))])
    room = (_WIDTH - 2 * _LEFT) / len(days)
    wide = min(room / 3, _WIDEST)
    for at, each in enumerate(days):
        middle = _LEFT + room * (at + 0.5)
        for left, count, colour in ((middle - wide - 3, each.opened, _OPENED), (middle + 3, each.resolved, _RESOLVED)):
            top = floor - max((floor - _TOP - 44) * count / highest, _LOWEST if count else 0)
            if count:
                draw.rounded_rectangle((left, top, left + wide, floor - 1), radius=5, fill=colour)
            _write(draw, f"{count:,}", left + wide / 2, top - 24, _SMALL, _INK if count else _QUIET)
        _write(draw, f"{each.day:%a} {each.day.day}", middle, floor + 38, _SMALL, _QUIET)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def in_words(days: Sequence[Numbers]) -> str:
    """The same for whoever cannot see it."""
    return "; ".join(f"{each.day:%a} {each.day.day}: {each.opened} opened, {each.resolved} resolved" for each in days)


def _legend(draw: "ImageDraw") -> None:
    left = _LEFT
    for words, colour in (("Opened", _OPENED), ("Resolved", _RESOLVED)):
        draw.rounded_rectangle((left, 24, left + 36, 60), radius=8, fill=colour)
        draw.text((left + 50, 42), words, font=_font(_TEXT), fill=_INK, anchor="lm")
        left += 250


def _write(draw: "ImageDraw", words: str, x: float, y: float, size: int, colour: tuple[int, int, int]) -> None:
    draw.text((x, y), words, font=_font(size), fill=colour, anchor="mm")


def _font(size: int) -> "FreeTypeFont | ImageFont":
    """Pillow's own, so that it looks the same on every machine."""
    from PIL.ImageFont import load_default

    return load_default(size)
