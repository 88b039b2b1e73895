"""The page of a whole mail. A stranger wrote it: nothing of it runs, loads, or reaches beyond its own frame.

Text stands on the page as text. What the mail looked like stands in a frame that may do nothing but open links; its
pictures are in it as data. The browser is told so twice, by the frame's sandbox and by the page's policy.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

_HERE = Path(__file__).parent / "templates"
_FRAME_STYLE = (
    ":root{color-scheme:light}body{margin:12px;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere;"
    "background:#fff;color:#1a1a1a}img{max-width:100%;height:auto}pre{white-space:pre-wrap}"
    "blockquote{margin:8px 0;padding-left:10px;border-left:3px solid #ccc}"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of its text. `folded`: a quote or a signature, shown when somebody asks for it under this name."""

    text: str
    folded: str | None = None


@dataclass(frozen=True, slots=True)
class PageFile:
    """`url` None: there is no such link, as `why` says."""

    name: str
    size: str
    url: str | None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class MailPage:
    """What the page says. All of it is escaped where it stands; `html` was made harmless by whoever read the mail."""

    subject: str
    headers: Sequence[tuple[str, str]]
    pieces: Sequence[Piece]
    files: Sequence[PageFile] = ()
    proven: str | None = None  # how it is known to be its sender's
    doubt: str | None = None  # why it may not be
    automatic: str | None = None
    html: str | None = None
    blocked_images: int = 0
    missing: str | None = None  # why this is not all of it


def page(mail: MailPage, *, download: str | None) -> str:
    """As HTML. `download`: where its bytes are."""
    return _template().render(mail=mail, download=download, style=_style(), frame=_frame(mail.html))


def policy() -> str:
    """The page's Content-Security-Policy, which the frame within it is under, too."""
    styles = " ".join(f"'sha256-{_hash(each)}'" for each in (_style(), _FRAME_STYLE))
    return (
        f"default-src 'none'; img-src data:; style-src {styles}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox allow-downloads"
    )


def _frame(html: str | None) -> str | None:
    if html is None:
        return None
    return (
        '<!doctype html><html><head><meta charset="utf-8"><base target="_blank">'
        f"<style>{_FRAME_STYLE}</style></head><body>{html}</body></html>"
    )


@cache
def _style() -> str:
    return (_HERE / "mail.css").read_text()


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # few processes ever show a mail

    made = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return made.get_template("mail.html")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
