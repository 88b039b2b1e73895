"""What goes wrong at the providers, all at once: from now on, not any more, and what it came to."""

from collections import Counter
from collections.abc import Mapping
from typing import Protocol

from chaos.house import House
from chaos.plan import Plan
from emulators.chance import DELIVERIES


class Source(Protocol):
    """What goes wrong at one provider."""

    @property
    def happened(self) -> Counter[str]: ...

    def at_random(self, seed: int, share: float) -> None: ...

    def calm(self) -> None: ...


def trouble(house: House, plan: Plan) -> None:
    """From now on the providers fail at random."""
    for at, (name, source) in enumerate(_sources(house).items()):
        if name.startswith("Slack") or not plan.office:
            source.at_random(plan.seed + at, plan.faults)
    if house.phones.post is not None and not plan.office:  # for good, after the whole mail: chance never draws that
        house.phones.post.server.faults.add("content", "spam", times=1 + plan.messages // 500)
    if plan.sockets:  # when a socket ends is not a matter of each delivery: chaos/lines.py
        house.slack.delivery_faults.at_random(plan.seed, plan.faults, only=DELIVERIES)


def calm(house: House) -> None:
    for source in _sources(house).values():
        source.calm()


def _sources(house: House) -> Mapping[str, Source]:
    twilio, telegram = house.phones.twilio, house.phones.telegram
    return {
        "Slack": house.slack.faults,
        "Slack delivers": house.slack.delivery_faults,
        "Twilio": twilio.faults,
        "Twilio sends": twilio.callbacks,
        "Twilio delivers": twilio.delivery_faults,
        "Telegram": telegram.faults,
        "Telegram delivers": telegram.delivery_faults,
        **_mail(house),
    }


def _mail(house: House) -> Mapping[str, Source]:
    post = house.phones.post
    return {"Mail leaves": post.server.faults, "Mail comes": post.faults} if post is not None else {}


def failed(house: House) -> Counter[str]:
    found: Counter[str] = Counter()
    for name, source in _sources(house).items():
        found.update({f"{name}: {kind}": times for kind, times in source.happened.items()})
    found.update({f"Slack's sockets: {how}": times for how, times in house.slack.sockets.ended.items()})
    return found
