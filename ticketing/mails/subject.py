"""Subjects of mails: the same thread under "Re:", "AW:" and "Fwd:". Pure."""

import re

# Of answers and of what was forwarded, in the languages of most mailers; also counted: "Re[2]:", "AW (3):".
_PREFIX = re.compile(
    r"\s*(?:re|aw|antw|antwort|sv|vs|ref|rv|res|odp|vá|ynt|atb|r|fwd?|wg|wtr|tr|enc|i|vb|doorst|pd|továbbítás|回复|转发|答复|返信)"
    r"\s{0,2}(?:\[\d{1,3}\]|\(\d{1,3}\))?\s{0,2}[:：]",
    re.I,
)
_TOKEN = re.compile(r"\s*\[#[A-Za-z]{0,8}-?\d{1,12}\]\s*")
_MOST = 20  # prefixes


def plain_subject(subject: str) -> str:
    """Without what mailers put before it, and without a ticket's number."""
    plain = _TOKEN.sub(" ", subject).strip()
    for _ in range(_MOST):
        found = _PREFIX.match(plain)
        if found is None:
            break
        plain = plain[found.end() :].strip()
    return plain


def with_subject(text: str, subject: str, known: str | None) -> str:
    """The words of a mail, its subject before them where that is news: nobody has to open the mail to know it."""
    plain = plain_subject(subject)
    if not plain or plain == (known or "") or text.lstrip().lower().startswith(plain.lower()):
        return text
    return f"{plain}\n\n{text}" if text.strip() else plain
