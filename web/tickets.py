"""A ticket's lasting address. Who followed a link of ours is led to the card in Slack, where Slack asks who they are;
on a desk without Slack they see how the ticket stands, without a word of the customer's.

Everybody else sees one and the same page, whatever the number: nobody learns here which tickets there are.
"""

import base64
import hashlib
import re
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from web.pages import not_now
from web.ports import LookupUnavailable, Standing, Tickets

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
dl { display: grid; grid-template-columns: auto 1fr; gap: .4rem 1rem; margin: 1.2rem 0; text-align: left }
dt { opacity: .7 }
dd { margin: 0; overflow-wrap: anywhere }
"""


def _page(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>{title}</title><style>{_STYLE}</style></head>
<body><main>
{body}
</main></body>
</html>
"""


_IN_SLACK = _page(
    "Open in Slack",
    """<h1>This desk works in Slack</h1>
<p>Tickets are shown to the people of the desk, there.</p>
<a href="slack://open">Open in Slack</a>
<p>Then type <code>/ticket</code> and the number.</p>""",
)
_NOT_IN_SLACK = _page(
    "A support desk",
    """<h1>This is a support desk</h1>
<p>The link in a mail to one of its people shows how a ticket stands: please open it from there, whole.</p>""",
)
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

    def __init__(self, tickets: Tickets, *, in_slack: bool = True) -> None:
        self._tickets, self._in_slack = tickets, in_slack

    async def __call__(self, request: Request) -> Response:
        number, signature = str(request.path_params["number"]), request.query_params.get("s", "")
        try:
            found = await self._found(int(number), signature) if signature and _NUMBER.fullmatch(number) else None
        except LookupUnavailable:
            return not_now("The ticket cannot be looked up at the moment: try again soon.")
        return found or HTMLResponse(_IN_SLACK if self._in_slack else _NOT_IN_SLACK, headers=_HEADERS)

    async def _found(self, number: int, signature: str) -> Response | None:
        if self._in_slack:
            place = await self._tickets.place(number, signature)
            return RedirectResponse(place, 302, _HEADERS) if place is not None else None
        standing = await self._tickets.standing(number, signature)
        return HTMLResponse(_standing(standing), headers=_HEADERS) if standing is not None else None


def _standing(ticket: Standing) -> str:
    facts = (
        ("Status", ticket.status),
        ("Priority", ticket.priority),
        ("Type", ticket.type),
        ("Assigned to", ticket.assignee or "nobody yet"),
    )
    rows = "\n".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    return _page(f"Ticket #{ticket.number}", f"<h1>Ticket #{ticket.number}</h1>\n<dl>\n{rows}\n</dl>")
