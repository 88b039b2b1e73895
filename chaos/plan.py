"""How much of everything one run has. The same plan and seed give the same town, the same acts and the same deaths."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Plan:
    seed: int
    messages: int  # that customers write in the storm
    rate: float  # messages a second
    deaths: int
    acts: float = 0.2  # what colleagues do, for each message
    faults: float = 0.05  # the share of calls and deliveries that go wrong
    after: int = 20  # messages written in the calm, when nothing dies or fails any more
    webs: int = 2  # 2: Twilio and Slack come to one of their own
    clock: bool = True
    limits: bool = False  # whether the providers limit how fast they are called
    office: bool = False  # the office under faults: five at work, at everything they can do, and only Slack fails
    later: bool = True  # whether mail servers say "later" of a mail: the desk comes again after two minutes
    returns: bool = False  # the AI resolves what it may in the demo shop, which fails as well; nobody is at the desk
    sockets: bool = False  # half the time Slack comes over Socket Mode, whose sockets break

    @property
    def seconds(self) -> float:
        """How long customers write, if they are acknowledged at once."""
        return self.messages / self.rate


def lasting(minutes: float, rate: float, seed: int, *, faults: float = 0.05, limits: bool = False) -> Plan:
    """A run in which customers write for so long, and something dies every five seconds."""
    messages = max(round(minutes * 60 * rate), 20)
    deaths = max(round(minutes * 60 / 5), 6)
    return Plan(seed, messages, rate, deaths, faults=faults, after=max(20, messages // 20), limits=limits)


def at_the_office(minutes: float, seed: int, *, rate: float = 1.0, faults: float = 0.2) -> Plan:
    """A run in which nothing dies and Slack goes wrong very often, while five people do three things a second.

    What Slack delivers comes over HTTP and over Socket Mode in turns.
    """
    messages = max(round(minutes * 60 * rate), 20)
    acts = 3 / rate
    return Plan(seed, messages, rate, deaths=0, acts=acts, faults=faults, after=5, webs=1, office=True, sockets=True)


def of_returns(minutes: float, rate: float, seed: int, *, faults: float = 0.1) -> Plan:
    """A run in which everybody wants their money back, and the AI is alone with them."""
    plan = lasting(minutes, rate, seed, faults=faults)
    return replace(plan, acts=0.0, returns=True)
