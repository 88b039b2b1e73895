"""Whether a mail is from whom it says, by what our own mail server found (RFC 8601). From: alone proves nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from connectors.email.judging.ours import Ours
from connectors.email.mail import Mail
from connectors.email.reading.addresses import ascii_domain

_MOST = 50  # results in one header
_LONGEST = 8000  # letters of the header
_METHOD = re.compile(r"^\s*([a-z][\w-]{0,30})(?:/\d+)?\s*=\s*([a-z]{1,20})\b", re.I)
_PROPERTY = re.compile(r"\b([a-z]{1,20}\.[\w-]{1,40})\s*=\s*(\"[^\"]{0,400}\"|[^\s;]{1,400})", re.I)


class Proof(StrEnum):
    """Whether the sender's domain stands behind a mail."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"  # nobody says so
    FAILED = "failed"  # somebody says it does not


@dataclass(frozen=True, slots=True)
class Authenticity:
    """`why` is for people."""

    proof: Proof
    why: str


@dataclass(frozen=True, slots=True)
class _Result:
    method: str
    result: str
    properties: dict[str, str] = field(default_factory=dict)

    def domain(self, *names: str) -> str:
        """Of the first of these properties that is there: the domain in it."""
        value = next((self.properties[name] for name in names if name in self.properties), "")
        return ascii_domain(value.strip('"<>').rpartition("@")[2].rstrip("."))


def authenticity(mail: Mail, ours: Ours) -> Authenticity:
    """Trusts the topmost Authentication-Results of our own server only: the others can be anybody's.

    Aligned means that the proven domain is the sender's or one above it. The other way round, as RFC 7489 allows with a
    list of public suffixes, counts only where our server says "dmarc=pass".
    """
    if not ours.authserv_id:
        return Authenticity(Proof.UNVERIFIED, "no mail server is named whose checks count (authserv-id)")
    domain = _domain(mail)
    if domain is None:
        return Authenticity(Proof.UNVERIFIED, "it names no sender, or several")
    results = _results(mail, ours.authserv_id)
    if results is None:
        return Authenticity(Proof.UNVERIFIED, f"{ours.authserv_id} has left no Authentication-Results")
    return _weighed(results, domain)


def _weighed(results: list[_Result], domain: str) -> Authenticity:
    dmarc = [each for each in results if each.method == "dmarc"]
    if any(each.result == "pass" and each.domain("header.from") in {domain, ""} for each in dmarc):
        return Authenticity(Proof.VERIFIED, f"dmarc=pass for {domain}")
    if any(each.result == "fail" for each in dmarc):
        return Authenticity(Proof.FAILED, f"dmarc=fail: {domain} says that such mails are not its own")
    for each in results:
        proven = _proven(each)
        if each.result == "pass" and proven and _stands_behind(proven, domain):
            return Authenticity(Proof.VERIFIED, f"{each.method}=pass for {proven}, which stands behind {domain}")
    failed = [each for each in results if each.result in {"fail", "hardfail"} and each.method in {"spf", "dkim"}]
    passed = [f"{each.method}=pass for {_proven(each)}" for each in results if each.result == "pass" and _proven(each)]
    if failed and not passed:
        return Authenticity(Proof.FAILED, ", ".join(f"{each.method}=fail" for each in failed[:3]))
    words = ", ".join(passed[:3])
    return Authenticity(Proof.UNVERIFIED, f"nothing proven is about {domain}" + (f" ({words})" if words else ""))


def _proven(result: _Result) -> str:
    if result.method == "dkim":
        return result.domain("header.d", "header.i")
    return result.domain("smtp.mailfrom", "smtp.mail", "smtp.from") if result.method == "spf" else ""


def _stands_behind(proven: str, domain: str) -> bool:
    return proven == domain or ("." in proven and domain.endswith(f".{proven}"))


def _domain(mail: Mail) -> str | None:
    found = {(each.address or "").rpartition("@")[2] for each in mail.sender}
    one = found.pop() if len(found) == 1 and len(mail.headers.raws("from")) == 1 else ""
    return one or None


def _results(mail: Mail, authserv_id: str) -> list[_Result] | None:
    for value in mail.headers.raws("authentication-results"):
        first, *rest = _sections(value[:_LONGEST])
        words = first.split()
        if words and words[0].lower().rstrip(".") == authserv_id.lower().rstrip("."):
            return list(_read(rest))
    return None


def _sections(value: str) -> list[str]:
    """At the semicolons, comments taken out: in a comment stands what the sender chose, `dmarc=pass` for one."""
    found, depth, quoted = [""], 0, False
    pieces: list[str] = []
    skip = False
    for mark in value:
        if skip:
            skip = False
        elif mark == "\\":
            skip = True
        elif mark == '"' and not depth:
            quoted = not quoted
            pieces.append(mark)
        elif not quoted and mark in "()":
            depth = max(0, depth + (1 if mark == "(" else -1))
            pieces.append(" ")
        elif depth:
            continue
        elif mark == ";" and not quoted:
            found[-1] = "".join(pieces)
            pieces = []
            found.append("")
        else:
            pieces.append(mark)
    found[-1] = "".join(pieces)
    return found


def _read(sections: list[str]) -> Iterator[_Result]:
    for section in sections[:_MOST]:
        if said := _METHOD.match(section):
            # The first value counts: a second one may have been slipped into a quoted reason.
            properties: dict[str, str] = {}
            for found in _PROPERTY.finditer(section):
                properties.setdefault(found[1].lower(), found[2])
            yield _Result(said[1].lower(), said[2].lower(), properties)
