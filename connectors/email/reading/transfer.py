"""Content-Transfer-Encoding undone, also where it was done badly."""

import binascii

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_OTHERS = bytes(set(range(256)) - set(_ALPHABET))
_PLAIN = frozenset({"", "7bit", "8bit", "binary", "7-bit", "8-bit"})


def undone(content: bytes, encoding: str) -> tuple[bytes, str | None]:
    """The bytes that were meant, and what was wrong in words (None: nothing)."""
    name = encoding.strip().lower()
    if name in _PLAIN:
        return content, None
    if name == "base64":
        return base64_bytes(content)
    if name == "quoted-printable":
        return _quoted_printable(content)
    if name in {"uuencode", "x-uuencode", "x-uue", "uue"}:
        return uudecoded(content.splitlines()), None
    return content, "an unknown Content-Transfer-Encoding: the part is taken as it is"


def base64_bytes(content: bytes) -> tuple[bytes, str | None]:
    """Foreign characters are left out; where the end is missing, so is what it held."""
    # Padding ends a run, and some mailers join runs: each is decoded by itself.
    runs = [run for run in (each.translate(None, _OTHERS) for each in _runs(content)) if run]
    whole = all(len(run) % 4 != 1 for run in runs)
    found = b"".join(
        binascii.a2b_base64(run[: len(run) - (len(run) % 4 == 1)] + b"=" * (-len(run) % 4))
        for run in runs
        if len(run) > 1
    )
    return found, None if whole else "base64 that ends too early"


def _runs(content: bytes) -> list[bytes]:
    return content.split(b"=") if b"=" in content else [content]


def _quoted_printable(content: bytes) -> tuple[bytes, str | None]:
    try:
        return binascii.a2b_qp(content), None
    except (binascii.Error, ValueError):
        return content, "quoted-printable that cannot be read: the part is taken as it is"


def uudecoded(lines: list[bytes]) -> bytes:
    """The file between `begin` and `end`; lines that are broken are read as far as they go."""
    found = []
    for line in lines:
        if line.startswith(b"begin ") or not line.strip():
            continue
        if line.strip() == b"end":
            break
        found.append(_uu_line(line))
    return b"".join(found)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        length = (((line[0] - 32) & 63) * 4 + 5) // 3  # as long as it says: some encoders add a checksum
        try:
            return binascii.a2b_uu(line[:length])
        except (binascii.Error, ValueError):
            return b""
