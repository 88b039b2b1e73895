"""What a file may be called. A name from outside is only words: no path, nothing that reorders or hides them."""

import unicodedata

MOST_LETTERS = 120
_FORBIDDEN = frozenset('/\\:*?"<>|')
_MOST_EXTENSION = 16


def safe_name(name: str | None, *, otherwise: str = "file") -> str:
    """The last part of the path it may be, without characters that control, reorder or mean something to a system.

    Never empty, and at most MOST_LETTERS long; a longer one keeps its extension.
    """
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(" " if each.isspace() else each for each in unicodedata.normalize("NFC", last) if _is_plain(each))
    kept = " ".join(kept.split()).strip(". ")
    if not kept:
        return otherwise
    if len(kept) <= MOST_LETTERS:
        return kept
    stem, dot, extension = kept.rpartition(".")
    if not dot or len(extension) > _MOST_EXTENSION:
        return kept[:MOST_LETTERS].rstrip(". ")
    return f"{stem[: MOST_LETTERS - len(extension) - 1].rstrip('. ')}.{extension}"


def _is_plain(character: str) -> bool:
    # Cc, Cf: control characters and those that turn the writing direction around; Cs, Co, Cn: no characters at all.
    return character.isspace() or (character not in _FORBIDDEN and unicodedata.category(character)[0] != "C")


def size_words(size: int) -> str:
    """Bytes for people: "812 bytes", "34 KB", "2.1 MB"."""
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    if size < 999_500:
        return f"{size / 1000:.0f} KB"
    return f"{size / 1_000_000:.1f} MB"
