"""What pages that show strangers' things have in common: they may do nothing, and say so when there is nothing."""

from html import escape

from starlette.responses import Response

INERT = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


def said(status: int, title: str, words: str) -> Response:
    """For a person with a browser."""
    page = f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>"
    page += f"<h1>{escape(title)}</h1><p>{escape(words)}</p></html>"
    return Response(page, status, {**INERT, "Cache-Control": "no-store"}, media_type="text/html")
