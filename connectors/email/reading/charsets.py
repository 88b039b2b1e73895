"""Bytes to text, whatever charset they claim. Always an answer, without what a database refuses."""

import codecs
import re
from encodings.aliases import aliases

from charset_normalizer import from_bytes

_SAMPLE = 4096  # bytes that are looked at to guess a charset
_FEW = 300  # bytes are too few for statistics
_LETTER = re.compile(rb"[A-Za-z]")
_HIGH = re.compile(rb"[\x80-\xff]+")
_TOLERATED = 0.02  # of the characters may be unreadable before the charset counts as a wrong claim

# Codecs that Python has besides charsets: a mail may not choose one of those.
_NO_CHARSETS = frozenset({"base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec"})
_KNOWN = (frozenset(aliases.values()) - _NO_CHARSETS) | {
    "cp874",
    "cp720",
    "cp737",
    "cp856",
    "cp1006",
    "koi8_u",
    "koi8_t",
}
# What mailers call them, and the larger set that they mean by it.
_MEANT = {
    "iso8859_1": "cp1252",
    "latin_1": "cp1252",
    "ascii": "utf_8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso8859_9": "cp1254",
    "iso8859_11": "cp874",
    "tis_620": "cp874",
    "iso2022_jp": "iso2022_jp_ext",
}
_NICKNAMES = {
    "ks_c_5601_1987": "cp949",
    "ks_c_5601": "cp949",
    "x_sjis": "cp932",
    "x_euc_jp": "euc_jp",
    "x_gbk": "gb18030",
    "x_mac_roman": "mac_roman",
    "macintosh": "mac_roman",
    "unicode_1_1_utf_7": "utf_7",
    "utf_8mb4": "utf_8",
    "utf8mb4": "utf_8",
    "unicode": "utf_16",
    "iso_8859_8_i": "iso8859_8",
    "iso_8859_8_e": "iso8859_8",
    "windows_874": "cp874",
    "x_windows_949": "cp949",
    "x_cp1252": "cp1252",
    "ansi": "cp1252",
}
_UNSAFE = re.compile("[\x00\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def known_charset(name: str) -> str | None:
    """Python's name for it; None for what is no charset."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.strip().lower()[:60]).strip("_")
    if plain in _NICKNAMES:
        return _NICKNAMES[plain]
    try:
        found = codecs.lookup(plain).name.replace("-", "_")
    except (LookupError, ValueError):
        return None
    canonical = aliases.get(found, found)
    return _MEANT.get(canonical, canonical) if canonical in _KNOWN else None


def decode(content: bytes, charset: str | None = None) -> tuple[str, str | None]:
    """The text, and what was wrong with the claimed charset in words (None: nothing).

    In order: the claimed charset, UTF-8, the claimed one with few unreadable characters, a guess, Latin-1.
    """
    codec = known_charset(charset) if charset else None
    wrong = f"charset {_shown(charset)} is none" if charset and codec is None else None
    for name in (codec, "utf_8"):
        if name and (text := _strict(content, name)) is not None:
            return safe(text), wrong or (None if name == codec or not codec else f"the text is not {_shown(charset)}")
    if codec and (text := _mostly(content, codec)) is not None:
        return safe(text), f"some characters are not {_shown(charset)}"
    return safe(_guessed(content)), wrong or f"the text is not {_shown(charset or 'utf-8')}"


def safe(text: str) -> str:
    """Without what is no character: NUL, halves of pairs, noncharacters."""
    return _UNSAFE.sub("\ufffd", text) if _UNSAFE.search(text) else text


def _shown(charset: str | None) -> str:
    return "".join(each for each in (charset or "")[:40] if each.isprintable())


def _strict(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _mostly(content: bytes, codec: str) -> str | None:
    try:
        text = content.decode(codec, "replace")
    except (UnicodeError, LookupError, ValueError):
        return None
    return text if text.count("\ufffd") <= len(text) * _TOLERATED else None


def _guessed(content: bytes) -> str:
    sample = content[:_SAMPLE]
    # A sample that begins where the text stops being ASCII tells more than an English greeting.
    if (first := next((at for at, each in enumerate(content[: 64 * _SAMPLE]) if each > 127), 0)) > _SAMPLE // 2:
        sample = content[first - 64 : first - 64 + _SAMPLE]
    if len(sample) < _FEW and _looks_western(sample):
        return content.decode("cp1252" if _strict(content, "cp1252") is not None else "latin_1")
    if best := from_bytes(sample).best():
        codec = known_charset(best.encoding)
        if codec and (text := _mostly(content, codec)) is not None:
            return text
    return content.decode("latin_1")


def _looks_western(sample: bytes) -> bool:
    """Letters with accents stand among plain ones; those of other alphabets stand together."""
    runs = _HIGH.findall(sample)
    high, plain = sum(map(len, runs)), len(_LETTER.findall(sample))
    return high <= 2 * len(runs) and high < plain
