"""The way to a ticket's card, within a text."""

from bot.wire import permalink


def numbered(number: int, place: tuple[str, str] | None, site: str) -> str:
    """ "#12", leading to the card. `place`: its channel and ts, if it has one; `site`: of the workspace, if known."""
    return f"<{card_address(place, site)}|#{number}>" if place is not None and site else f"#{number}"


def card_address(place: tuple[str, str], site: str) -> str:
    channel, ts = place
    return permalink(site, channel, ts, ts)
