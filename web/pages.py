"""What pages that show strangers' things have in common: they may do nothing, and say so when there is nothing."""

from html import escape

from starlette.responses import Response

INERT = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


_RETRY_AFTER = "30"  # seconds


def not_now(words: str) -> Response:
    """What is needed is away; the same link works again once it is back."""
    response = said(503, "Not now", words)
    response.headers["Retry-After"] = _RETRY_AFTER
    return response


def said(status: int, title: str, words: str) -> Response:
    """For a person with a browser."""
    page = f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>"
    page += f"<h1>{escape(title)}</h1><p>{escape(words)}</p></html>"
    return Response(page, status, {**INERT, "Cache-Control": "no-store"}, media_type="text/html")
