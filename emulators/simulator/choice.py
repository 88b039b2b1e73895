"""Something that whoever sits at the page may choose for the application, and what then happens."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from emulators.simulator.phones import Json


class CannotChoose(Exception):
    """It could not be done; the words are for whoever chose."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A menu in the page's head. `choose` gets the key of an option, and says what happened. Raises CannotChoose."""

    label: str
    options: Mapping[str, str]  # keys, and what they are called
    choose: Callable[[str], Awaitable[str]]

    async def deed(self, body: Json) -> Json:
        """As the page calls it. Raises KeyError: there is no such option."""
        key = str(body["option"])
        return {"said": await self.choose(key), "label": self.options[key]} if key in self.options else _no(key)

    def as_json(self) -> Json:
        return {"label": self.label, "options": dict(self.options)}


def _no(key: str) -> Json:
    raise KeyError(key)
