"""Mails of our own, and what becomes of them when bytes are changed at random."""

import random
from collections.abc import Iterator

from tests.connectors.email.letters import letter, multipart

_PLAIN = "Content-Type: text/plain; charset=utf-8; format=flowed\n\nGrüße \nvon mir\n-- \nMax"
_HTML = (
    "Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n<p>Gr=FC=DFe"
    '<blockquote type=3D"cite">alt<img src=3D"cid:p@x"></blockquote><table><tr><td>a</td></tr></table>'
)
_PICTURE = (
    "Content-Type: image/png; name*=utf-8''%C3%A4.png\nContent-ID: <p@x>\n"
    "Content-Transfer-Encoding: base64\n\niVBORw0KGgo="
)
_EVENT = "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT"
_STATUS = (
    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\n"
    "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1"
)
_INNER = "Content-Type: message/rfc822\n\nFrom: a@b.example\nSubject: inner\nMessage-ID: <i@x>\n\nInner"


def _seeds() -> Iterator[bytes]:
    alternative = multipart(_PLAIN, _HTML, kind="alternative", boundary="alt")
    related = multipart(f"Content-Type: {alternative[0]}\n\n{alternative[1]}", _PICTURE, kind="related", boundary="rel")
    for content_type, body in (
        alternative,
        multipart(f"Content-Type: {related[0]}\n\n{related[1]}", _EVENT, _INNER, boundary="mix"),
        multipart(_PLAIN, _STATUS, _INNER, kind="report", parameters="; report-type=delivery-status"),
        ("text/plain; charset=utf-8", "Blue.\n\nOn Mon, 23 Nov 2026 at 10:00, Max <max@x.example> wrote:\n> Which?\n"),
        ("text/plain", "FYI\n\nVon: Max <max@x.example>\nGesendet: 23. November 2026\nAn: Dana\nBetreff: Tasse\n\nAlt"),
        ("text/plain", "begin 644 a.txt\n#0V%T\n`\nend\n"),
        ("application/ms-tnef", "\x78\x9f\x3e\x22\x01\x00"),
    ):
        yield letter(
            body,
            Content_Type=content_type,
            Subject="=?utf-8?B?R3LDvMOfZQ==?= [#42]",
            To='"Muster, Max" <max@x.example>, Team: a@b.example;',
            References="<a@x> <b@x>",
            Authentication_Results="mx.shop.example; dkim=pass header.d=customer.example",
        )


SEEDS = tuple(_seeds())
_INSERTED = (
    *(
        b"\n",
        b"\r\n",
        b"\n\n",
        b"--",
        b"--alt\n",
        b"--mix--\n",
        b"=?utf-8?B?",
        b"?=",
        b"\x00",
        b"\xff\xfe",
        b"\xf0\x9f",
    ),
    *(b"Content-Type: multipart/mixed; boundary=alt\n", b"Content-Transfer-Encoding: base64\n", b"charset=utf-7"),
    *(
        b"charset=utf-16",
        b"charset=punycode",
        b"charset=idna",
        b"charset=undefined",
        b"<",
        b">",
        b'"',
        b"(",
        b";",
        b":",
    ),
    *(b"=", b"*0*=", b"begin 644 x\n", b"Message-ID: <[x]@y>\n", b"From: a@[1.2.3.4\n", b"Date: ", b"+AAAA-", b"\\"),
    *(b"<div>", b"<blockquote>", b"&#xFDD0;", b"\xef\xb7\x90", b"report-type=delivery-status", b"> ", b"-- \n"),
)


def mutants(seed: int, count: int) -> Iterator[bytes]:
    """So many mails, each changed in one to a dozen places. The same ones for the same seed."""
    chance = random.Random(seed)
    for _ in range(count):
        raw = bytearray(chance.choice(SEEDS))
        for _ in range(chance.randint(1, 12)):
            _change(raw, chance)
        yield bytes(raw)


def _change(raw: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(raw) + 1)
    match chance.randrange(6):
        case 0:
            raw[at:at] = chance.choice(_INSERTED)
        case 1:
            del raw[at : at + chance.randint(1, 40)]
        case 2:
            raw[at : at + 1] = bytes([chance.randrange(256)])
        case 3:
            raw[at:at] = chance.randbytes(chance.randint(1, 20))
        case 4:
            start = chance.randrange(len(raw) + 1)
            raw[at:at] = raw[start : start + chance.randint(1, 300)]
        case _ if chance.random() < 0.2:
            del raw[at:]
