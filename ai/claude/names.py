"""Names that stay in the house: a sign goes out wherever one stands, whole or in parts of three letters or more.

What comes back with a sign in it gets the name again. What else names somebody goes out as it was written: nicknames,
other spellings, other people's names.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

CUSTOMER = "{{customer}}"
AGENT = "{{agent}}"
_SIGNS = re.compile(rf"({re.escape(CUSTOMER)}|{re.escape(AGENT)})(?:[^\S\n]+\1)+")  # last name first, say
_PART = re.compile(r"[^\W\d_]{3,}")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}")
# Of names, but of any sentence, too: by themselves they name nobody.
_PARTICLES = "von van vom zur der den del des dos das the and und bin ibn abu mrs"
_SMALL = frozenset(_PARTICLES.split())
_NEVER = r"(?!)"
_GAP = re.compile(r"[^\S\n]*" + re.escape(CUSTOMER))


@dataclass(frozen=True, slots=True)
class Names:
    """Either may be empty: nobody is called so."""

    customer: str
    agent: str = ""

    def hidden(self, text: str) -> str:
        """In one go: a name may be a word of a sign."""
        signs = {CUSTOMER: _pattern(self.customer), AGENT: _pattern(self.agent)}
        either = "|".join(f"({pattern})" for pattern in signs.values())
        signed = re.sub(either, lambda found: [*signs][(found.lastindex or 1) - 1], text, flags=re.IGNORECASE)
        return _SIGNS.sub(r"\1", signed)

    def shown(self, text: str, addresses: Mapping[str, str]) -> str:
        """With names and `addresses` put back. A customer without a name leaves no gap."""
        for masked, address in addresses.items():
            text = text.replace(masked, address)
        text = text.replace(AGENT, self.agent)
        return text.replace(CUSTOMER, self.customer) if self.customer else _GAP.sub("", text)

    def addresses(self, texts: Iterable[str]) -> dict[str, str]:
        """Those with a name in them, by what goes out instead. Where two look the same then, neither is put back."""
        found = {address for text in texts for address in _ADDRESS.findall(text)}
        masked = [self.hidden(each) for each in found]
        return {
            sign: each for sign, each in zip(masked, found, strict=True) if sign != each and masked.count(sign) == 1
        }


def _pattern(name: str) -> str:
    """Of a name and its parts, the longest first. A single letter stands in every word."""
    parts = {each for each in _PART.findall(name) if each.casefold() not in _SMALL}
    whole = {name.strip()} if len(name.strip()) > 1 else set()
    return "|".join(map(_by_itself, sorted(whole | parts, key=len, reverse=True))) or _NEVER


def _by_itself(name: str) -> str:
    """Of a name that is no part of a longer word. Scripts without capitals may join it to its neighbours."""
    before, after = (
        edge if end.lower() != end.upper() else ""
        for edge, end in ((r"(?<![^\W\d_])", name[0]), (r"(?![^\W\d_])", name[-1]))
    )
    return f"{before}{re.escape(name)}{after}"
