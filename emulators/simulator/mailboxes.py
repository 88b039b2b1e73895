"""Customers' mailboxes on the page: what stands in them, what their owners do, and their mails as pages of their own.

A customer's `number` is their address here; a mail is called by that, a colon, and its place in their mailbox.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from functools import partial
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulators.mail import Enclosed, KeptMail, MailCustomer, MailServer
from emulators.simulator.customers import DOCUMENT
from emulators.simulator.phones import PICTURES, Fact, Json
from emulators.telegram import drawn

_MOST_NAME = 80
_SAMPLES = {
    "picture": Enclosed("picture.jpg", "image/jpeg", drawn("It arrived like this")),
    "document": Enclosed("invoice.pdf", "application/pdf", DOCUMENT),
}
# A mail's own page runs nothing and loads nothing. Its links open beside it; its height can be measured by the page.
_SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
_MAIL_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox {_SANDBOX}"
    )
}


class CannotWrite(Exception):
    """It could not be done; the words are for whoever sits at the page."""


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """Those of one server. New mails go to `desk`: a name with an address, or an address."""

    server: MailServer
    desk: str

    def facts(self) -> Iterator[Fact]:
        for customer in list(self.server.customers):
            state = (customer.name, customer.away, customer.gone)
            yield f"customer/{customer.address}", state, partial(_owner, customer)
            for kept in list(customer.mails):
                parts = (kept.read, kept.arrived, kept.failure)
                yield f"mail/{customer.address}:{kept.number}", parts, partial(_shown, customer, kept)

    def deeds(self) -> Json:
        """What can be done, by its name."""
        return {
            "mail_customer": self._add,
            "mail_write": self._write,
            "mail_reply": self._reply,
            "mail_read": self._read,
            "mail_away": self._away,
            "mail_gone": self._gone,
        }

    def routes(self) -> Sequence[Route]:
        return [
            Route("/mail/{address}/{number:int}", self._page),
            Route("/mail/{address}/{number:int}/{place:int}", self._file),
        ]

    async def _add(self, body: Json) -> Json:
        """Somebody new with a mailbox, whose address is made of their name."""
        name = str(body["name"]).strip()[:_MOST_NAME]
        if not name:
            raise CannotWrite("A customer needs a name.")
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        local = re.sub(r"[^a-z0-9]+", ".", plain).strip(".") or "customer"
        known = {each.address for each in self.server.customers}
        names = (local, *(f"{local}.{number}" for number in range(2, 100)))
        address = next((f"{each}@customer.example" for each in names if f"{each}@customer.example" not in known), None)
        if address is None:
            raise CannotWrite("There are too many of that name.")
        return _owner(self.server.customer(address, name=name))

    async def _write(self, body: Json) -> Json:
        subject, text = _on_one_line(str(body["subject"])), str(body["text"])
        return _done(await self._customer(body).write(self.desk, subject, text, files=_files(body)))

    async def _reply(self, body: Json) -> Json:
        """To the mail that is numbered `mail`."""
        customer = self._customer(body)
        return _done(await customer.reply(_kept(customer, int(body["mail"])), str(body["text"]), files=_files(body)))

    async def _read(self, body: Json) -> Json:
        """Everything of a `thread`."""
        customer = self._customer(body)
        unread = [each for each in customer.mails if each.thread == body["thread"] and not each.read]
        for each in unread:
            each.read = True
        return {"read": len(unread)}

    async def _away(self, body: Json) -> Json:
        """`text` is what the mailbox answers by itself; "" ends that."""
        customer = self._customer(body)
        customer.go_away(str(body["text"]))
        return _owner(customer)

    async def _gone(self, body: Json) -> Json:
        """Give the mailbox up, or with `gone` false take it back."""
        customer = self._customer(body)
        (customer.leave if body["gone"] else customer.come_back)()
        return _owner(customer)

    def _customer(self, body: Json) -> MailCustomer:
        return {each.address: each for each in self.server.customers}[str(body["number"])]

    async def _page(self, request: Request) -> Response:
        kept = self._found(request)
        if kept is None or not kept.html:
            return Response(status_code=404)
        base = '<base target="_blank">'
        html = kept.html.replace("<head>", f"<head>{base}", 1) if "<head>" in kept.html else base + kept.html
        return Response(html, headers=_MAIL_HEADERS, media_type="text/html")

    async def _file(self, request: Request) -> Response:
        """Only pictures are shown; what else there is can be kept."""
        kept, place = self._found(request), int(request.path_params["place"])
        if kept is None or not 0 <= place < len(kept.files):
            return Response(status_code=404)
        file = kept.files[place]
        if file.content_type in PICTURES:
            return Response(file.content, media_type=file.content_type)
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"}
        return Response(file.content, headers=headers, media_type="application/octet-stream")

    def _found(self, request: Request) -> KeptMail | None:
        owner = next((each for each in self.server.customers if each.address == request.path_params["address"]), None)
        number = int(request.path_params["number"])
        return next((each for each in owner.mails if each.number == number), None) if owner else None


def _owner(customer: MailCustomer) -> Json:
    known = {"number": customer.address, "address": customer.address, "name": customer.name, "channel": "email"}
    return known | {"blocks": False, "away": customer.away, "gone": customer.gone}


def _shown(customer: MailCustomer, kept: KeptMail) -> Json:
    name, address = parseaddr(str(kept.message.get("From", "")))
    path = f"/mail/{quote(customer.address)}/{kept.number}"
    return {
        "customer": customer.address,
        "number": kept.number,
        "thread": kept.thread,
        "mine": kept.mine,
        "from": name or address,
        "address": address,
        "to": parseaddr(str(kept.message.get("To", "")))[1],
        "subject": kept.subject,
        "text": kept.written or kept.text,
        "rest": kept.text[len(kept.written) :].strip() if kept.written else "",
        "page": path if kept.html and not kept.mine else None,
        "files": [
            {
                "name": each.name,
                "size": len(each.content),
                "url": f"{path}/{place}",
                "picture": each.content_type in PICTURES,
            }
            for place, each in enumerate(kept.files)
        ],
        "read": kept.read,
        "automatic": kept.automatic,
        "arrived": kept.arrived if kept.mine else None,
        "failure": kept.failure,
        "at": kept.at.timestamp(),
    }


def _kept(customer: MailCustomer, number: int) -> KeptMail:
    return {each.number: each for each in customer.mails}[number]


def _on_one_line(words: str) -> str:
    return " ".join(words.split())


def _files(body: Json) -> list[Enclosed]:
    """Each a `sample`, or `content` in base64 with its `name` and `type`. Raises ValueError for what is no base64."""
    return [_SAMPLES[each["sample"]] if "sample" in each else _given(each) for each in body.get("files") or []]


def _given(file: Json) -> Enclosed:
    try:
        content = base64.b64decode(str(file["content"]), validate=True)
    except binascii.Error as error:
        raise ValueError("the file is not in base64") from error
    return Enclosed(_on_one_line(str(file["name"])), str(file.get("type") or "application/octet-stream"), content)


def _done(kept: KeptMail) -> Json:
    return {"ok": kept.arrived, "failure": kept.failure, "thread": kept.thread}
