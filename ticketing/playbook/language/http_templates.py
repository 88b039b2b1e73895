"""Texts with places of an HTTP action: address, headers and body. A caller's words never choose where a call goes."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from urllib.parse import unquote

from ticketing.playbook.closest import closest
from ticketing.playbook.http_actions import CONTEXT, SETTING, Body, Place, Template
from ticketing.playbook.language.problems import Path, Report
from ticketing.playbook.places import PLACE

_ORIGIN = re.compile(
    r"https?://(?:[a-zA-Z0-9-]+\.)*[a-zA-Z0-9-]+(?::[0-9]{1,5})?|https?://\[[0-9a-fA-F:.]+\](?::[0-9]{1,5})?"
)
_ONE_SETTING = re.compile(r"\{\{\s{0,9}secret\.[a-z][a-z0-9_]{0,60}\s{0,9}\}\}")
_SECRET_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}")
# What the connection itself says.
_OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "content-type", "te", "upgrade", "expect"}
)

Address = tuple[Template, Template, tuple[tuple[str, Template], ...]]


class Templates:
    """Reads the texts of one action; what is wrong with them is told, and `sound` is False then."""

    def __init__(self, path: Path, parameters: Collection[str], report: Report) -> None:
        self._path, self._parameters, self._report = path, parameters, report
        self._used: set[str] = set()
        self.sound = True

    def address(self, method: str, url: str) -> Address:
        """Origin, path and query. Places stand after the host; a setting may be the whole of what stands before."""
        found = _ONE_SETTING.match(url) or _ORIGIN.match(url)
        if found is None or url[found.end() :][:1] not in ("", "/", "?"):
            hint = "Begin with https://host/ or {{secret.NAME}}/: no argument may stand there."
            self._tell((method,), "The address does not say where the call goes", hint)
            return Template(()), Template(()), ()
        if "#" in url or not url.isprintable() or " " in PLACE.sub("", url):
            self._tell((method,), "The address has a blank, a # or a hidden sign in it", "Write a blank as %20.")
        path, _, query = url[found.end() :].partition("?")
        if any(unquote(each) in (".", "..") for each in path.split("/")):
            self._tell((method,), "The address leads up with dots", "Write the path as it is.")
        return self.text((method,), found[0]), self.text((method,), path), tuple(self._query(method, query))

    def _query(self, method: str, query: str) -> list[tuple[str, Template]]:
        pairs = [pair.partition("=") for pair in query.split("&") if pair]
        return [(unquote(name), self.text((method,), unquote(value))) for name, _, value in pairs]

    def headers(self, entries: Mapping[str, str]) -> tuple[tuple[str, Template], ...]:
        for name, text in entries.items():
            where: Path = ("headers", name)
            if not _HEADER.fullmatch(name) or name.lower() in _OURS:
                self._tell(
                    where, f'"{name}" is no header that can be given', "The connection says it, or it is no name."
                )
            if not text.isprintable():
                self._tell(where, f"Header {name} has more than one line", "Write it on one line.")
        return tuple((name, self.text(("headers", name), text)) for name, text in entries.items())

    def body(self, where: Path, data: Body) -> Body:
        """The same with templates for texts. Keys are as they are written."""
        match data:
            case str():
                return self.text(where, data)
            case list():
                return [self.body((*where, index), each) for index, each in enumerate(data)]
            case dict():
                return {name: self.body((*where, name), each) for name, each in data.items()}
            case Decimal():
                return float(data)
        return data

    def text(self, where: Path, text: str) -> Template:
        parts: list[str | Place] = []
        at = 0
        for found in PLACE.finditer(text):
            parts += [text[at : found.start()], Place(self._known(where, found[1].strip()))]
            at = found.end()
        parts.append(text[at:])
        if "{{" in "".join(each for each in parts if isinstance(each, str)):
            self._tell(where, "A place is not closed", "Write {{name}}.")
        return Template(tuple(each for each in parts if each != ""))

    def _known(self, where: Path, name: str) -> str:
        if name.startswith(SETTING):
            if not _SECRET_NAME.fullmatch(name.removeprefix(SETTING)):
                hint = "Small letters, digits and _: {{secret.shop_token}} is THREADLINE_ACTION_SHOP_TOKEN."
                self._tell(where, f'"{name}" is no name of a setting', hint)
        elif name not in self._parameters and name not in CONTEXT:
            self._tell(
                where, f'There is no "{name}" to fill in', closest(name, [*self._parameters, *CONTEXT, "secret.NAME"])
            )
        self._used.add(name)
        return name

    def tell_unused(self) -> None:
        for name in self._parameters:
            if name not in self._used:
                message = f"{name} is asked for and never used"
                self._tell(("parameters", name), message, f"Write {{{{{name}}}}} somewhere, or take it out.")

    def _tell(self, where: Path, message: str, hint: str) -> None:
        self.sound = False
        self._report.add((*self._path, *where), message, hint)
