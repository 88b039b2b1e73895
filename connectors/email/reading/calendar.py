"""A calendar part (RFC 5545): only what says that it is an invitation, an answer to one, or its end."""

import re

from connectors.email.mail import Invitation

_LOOKED_AT = 100_000  # letters
_FOLD = re.compile(r"\n[ \t]")
_PROPERTY = re.compile(r"^(METHOD|SUMMARY|DTSTART)(?:;[^:\n]{0,300})?:([^\n]{0,1000})$", re.M | re.I)
_ESCAPED = re.compile(r"\\([\\,;nN])")


def invitation(text: str, method: str) -> Invitation:
    """What the part says of itself; `method` as its Content-Type has it, which goes before."""
    plain = _FOLD.sub("", text[:_LOOKED_AT].replace("\r\n", "\n"))
    said: dict[str, str] = {}
    event = plain.upper().find("BEGIN:VEVENT")
    for found in _PROPERTY.finditer(plain):
        name = found[1].upper()
        # A time zone has a DTSTART as well, and stands before the event.
        if name == "METHOD" or found.start() > event >= 0:
            said.setdefault(name, found[2].strip())
    summary = _ESCAPED.sub(lambda each: "\n" if each[1] in "nN" else each[1], said.get("SUMMARY", ""))
    return Invitation(
        method=(method or said.get("METHOD", "")).strip().upper()[:20],
        summary=" ".join(summary.split())[:300] or None,
        starts=said.get("DTSTART") or None,
    )
