"""What goes wrong at the providers, all at once: from now on, not any more, and what it came to."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Protocol

from chaos.house import House
from chaos.plan import Plan
from emulators.chance import DELIVERIES
from emulators.mail.faults import MENU as MAIL_FAULTS
from emulators.mail.faults import MailFaults

_LEAVING = "Mail leaves"
# How mail servers say "later", and a step at which it is not said of one mail: then the desk comes again soon.
_LATER = {"busy": "connect", "greylisted": "MAIL"}


class Source(Protocol):
    """What goes wrong at one provider."""

    @property
    def happened(self) -> Counter[str]: ...

    def at_random(self, seed: int, share: float, *, only: Collection[str] | None = None) -> None: ...

    def calm(self) -> None: ...


def trouble(house: House, plan: Plan) -> None:
    """From now on the providers fail at random."""
    for at, (name, source) in enumerate(_sources(house).items()):
        if name.startswith("Slack") or not plan.office:
            only = None if plan.later or name != _LEAVING else MAIL_FAULTS.keys() - _LATER.keys()
            source.at_random(plan.seed + at, plan.faults, only=only)
    if house.phones.post is not None and not plan.office:
        _by_script(house.phones.post.server.faults, plan)
    if plan.sockets:  # when a socket ends is not a matter of each delivery: chaos/lines.py
        house.slack.delivery_faults.at_random(plan.seed, plan.faults, only=DELIVERIES)


def _by_script(leaving: MailFaults, plan: Plan) -> None:
    """What chance does not draw."""
    leaving.add("content", "spam", times=1 + plan.messages // 500)  # for good, after the whole mail
    if not plan.later:
        for kind, step in _LATER.items():
            leaving.add(step, kind)


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
        **({"The shop": house.shop.faults} if house.shop is not None else {}),
    }


def _mail(house: House) -> Mapping[str, Source]:
    post = house.phones.post
    return {_LEAVING: post.server.faults, "Mail comes": post.faults} if post is not None else {}


def failed(house: House) -> Counter[str]:
    found: Counter[str] = Counter()
    for name, source in _sources(house).items():
        found.update({f"{name}: {kind}": times for kind, times in source.happened.items()})
    found.update({f"Slack's sockets: {how}": times for how, times in house.slack.sockets.ended.items()})
    return found
