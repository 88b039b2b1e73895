"""What people write (`connectors/marks.py`) as Telegram's HTML, and lengths as Telegram counts them. Pure."""

from html import escape

from connectors.marks import rendered


def html(text: str) -> str:
    """The text as Telegram's HTML."""
    return rendered(
        text, words=lambda words: escape(words, quote=False), marked=lambda tag, inner: f"<{tag}>{inner}</{tag}>"
    )


def plain(text: str) -> str:
    """The text as it is read: without the marks."""
    return rendered(text, words=str, marked=lambda _, inner: inner)


def length(text: str) -> int:
    """As Telegram counts: UTF-16 units of what is read, the marks not among them."""
    return len(plain(text).encode("utf-16-le", "surrogatepass")) // 2
