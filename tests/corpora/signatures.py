"""Signed examples: the emulators sign them to the letter, and our doors believe those and no others."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from slack_sdk.signature import Clock, SignatureVerifier
from twilio.request_validator import RequestValidator

from connectors.whatsapp import wire
from core.errors import BadSignature
from core.messages import RawRequest
from emulators.slack.delivery import signed
from emulators.twilio import signature
from tests.corpora.findings import Finding

_TOO_FAR = 301  # seconds


class _At(Clock):
    def __init__(self, at: float) -> None:
        self._at = at

    def now(self) -> float:
        return self._at


def check_slack(file: Path) -> Finding:
    finding = Finding("Slack: signature vectors")
    for vector in json.loads(file.read_text()):
        secret, body, stamp = vector["signing_secret"], vector["body"], vector["timestamp"]
        made = signed(secret, body.encode(), float(stamp))["X-Slack-Signature"]
        believes = _verifier(secret, float(stamp))
        _hold(finding, made == vector["signature"], f"the emulator signs {made}")
        _hold(finding, believes(body, stamp, vector["signature"]), "the SDK's verifier does not believe it")
        _hold(finding, not believes(body + "x", stamp, vector["signature"]), "an altered body is believed")
        late = _verifier(secret, float(stamp) + _TOO_FAR)
        _hold(finding, not late(body, stamp, vector["signature"]), "an old signature is believed")
    return finding


def _verifier(secret: str, at: float) -> Callable[[str, str, str], bool]:
    return SignatureVerifier(secret, clock=_At(at)).is_valid


def check_twilio(file: Path) -> Finding:
    finding = Finding("Twilio: signature vectors")
    vectors = json.loads(file.read_text())
    token = vectors["auth_token"]
    for vector in vectors["vectors"]:
        note = vector.get("note", vector["url"])
        pairs: list[tuple[str, str]] = [tuple(p) for p in vector.get("params_list", vector.get("params", {}).items())]
        if vector["valid"] and vector["signature"] == _with_its_port(vector["url"], pairs, token):
            finding.allowed += 1  # the SDK believes this form too; Twilio was not seen to use it, nor does the emulator
        elif vector["valid"]:
            made = signature(vector["url"], pairs, token)
            _hold(finding, made == vector["signature"], f"the emulator signs {made}: {note}")
        _hold(finding, _believed(vector, pairs, token) == vector["valid"], f"our door is of another opinion: {note}")
    return finding


def _with_its_port(url: str, pairs: list[tuple[str, str]], token: str) -> str | None:
    """The signature over the URL with the port that it leaves out; None when it names one."""
    parts = urlsplit(url)
    if parts.port is not None:
        return None
    named = parts._replace(netloc=f"{parts.netloc}:{443 if parts.scheme == 'https' else 80}").geturl()
    return str(RequestValidator(token).compute_signature(named, dict(pairs)))


def _believed(vector: Any, pairs: list[tuple[str, str]], token: str) -> bool:
    raw = vector.get("raw_body")
    kind = "application/json" if raw else "application/x-www-form-urlencoded"
    body = raw.encode() if raw else urlencode(pairs).encode()
    headers = {"content-type": kind, "x-twilio-signature": vector["signature"]}
    try:
        wire.admit(RawRequest(vector["url"], headers, body), auth_token=token)
    except BadSignature:
        return False
    return True


def _hold(finding: Finding, so: bool, otherwise: str) -> None:
    finding.checked += 1
    if not so:
        finding.failures.append(otherwise)
