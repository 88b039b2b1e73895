"""A ticket's lasting address. Who followed a link of ours is led to the card in Slack, where Slack asks who they are.

Everybody else sees one and the same page, whatever the number: nobody learns here which tickets there are.
"""

import base64
import hashlib
import re

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from web.ports import Tickets

PATH = "/tickets/{number}"
_NUMBER = re.compile(r"[0-9]{1,9}")
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 0; min-height: 100vh; display: grid; place-items: center }
main { max-width: 26rem; padding: 2rem; text-align: center }
h1 { font-size: 1.3rem; margin: 0 0 .5rem }
a { display: inline-block; margin: 1rem 0; padding: .6rem 1.2rem; border-radius: .5rem; background: #1f3a5f;
    color: #fff; text-decoration: none; font-weight: 600 }
a:focus-visible { outline: 3px solid #7aa7e0; outline-offset: 2px }
code { font-size: .95em }
"""
_PAGE = f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>Open in Slack</title><style>{_STYLE}</style></head>
<body><main>
<h1>This desk works in Slack</h1>
<p>Tickets are shown to the people of the desk, there.</p>
<a href="slack://open">Open in Slack</a>
<p>Then type <code>/ticket</code> and the number.</p>
</main></body>
</html>
"""
_ALLOWED = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_ALLOWED}'; frame-ancestors 'none'",
}


class TicketDoor:
    """The endpoint of `/tickets/{number}?s=…`, for GET and HEAD."""

    def __init__(self, tickets: Tickets) -> None:
        self._tickets = tickets

    async def __call__(self, request: Request) -> Response:
        number, signature = str(request.path_params["number"]), request.query_params.get("s", "")
        if signature and _NUMBER.fullmatch(number):
            place = await self._tickets.place(int(number), signature)
            if place is not None:
                return RedirectResponse(place, 302, _HEADERS)
        return HTMLResponse(_PAGE, headers=_HEADERS)
