"""Message-ID, In-Reply-To, References: ids without their brackets, also where those are missing or doubled."""

import re

from connectors.email import limits

_BRACKETED = re.compile(r"<([^<>]{1,2000})>")


def ids(value: str) -> tuple[str, ...]:
    """All ids of a header in its order, each once. Of very many the first and the newest are kept.

    Words around them are left out (In-Reply-To: "Your message of Monday <a@b>"). Ids that were folded in the middle
    are put together again.
    """
    found = [_plain(each) for each in _BRACKETED.findall(value)]
    if not any(found):
        found = [_plain(each) for each in re.split(r"[\s,;]+", value) if "@" in each]
    known = list(dict.fromkeys(each for each in found if each))
    return tuple(known if len(known) <= limits.REFERENCES else [known[0], *known[1 - limits.REFERENCES :]])


def message_id(value: str) -> str | None:
    """The one id of a mail; also one that is none by the rules, as long as it is one word."""
    found = ids(value)
    if found:
        return found[0]
    plain = _plain(value)
    return plain if plain and " " not in value.strip() else None


def _plain(said: str) -> str:
    whole = "".join(said.split()).strip("<>")
    raw = whole.encode("utf-8", "surrogatepass")
    return whole if len(raw) <= limits.ID else raw[: limits.ID].decode("utf-8", "ignore")
