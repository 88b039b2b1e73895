"""The network between us and a provider breaks in every way it can, byte by byte, under our own clients."""

import pytest

from core.errors import ChannelError, ChannelUnavailable, OutcomeUnknown
from emulators.proxy import MENU, Proxy
from emulators.waiting import until
from tests.faults.conftest import SlackSide, TwilioSide

# Where a connection of ours can break: before the provider has heard anything, in the middle of our request, before
# the first byte of its answer, in the middle of it.
BROKEN = [("refuse", 0), ("reset_request", 0), ("reset_request", 150), ("reset_answer", 0), ("reset_answer", 60)]
SILENT = ["stall", "mute"]
Side = SlackSide | TwilioSide


@pytest.fixture(params=["slack", "twilio"])
def side(request: pytest.FixtureRequest, slack: SlackSide, twilio: TwilioSide) -> Side:
    return slack if request.param == "slack" else twilio


@pytest.fixture
def network(side: Side, slack_network: Proxy, twilio_network: Proxy) -> Proxy:
    return slack_network if isinstance(side, SlackSide) else twilio_network


def test_every_way_of_the_network_is_here() -> None:
    assert {kind for kind, _ in BROKEN} | set(SILENT) | {"drip"} == set(MENU)


@pytest.mark.parametrize(("kind", "after"), BROKEN)
async def test_a_connection_that_breaks_is_unknown_and_nothing_is_sent_again(
    side: Side, network: Proxy, kind: str, after: int
) -> None:
    network.next(kind, after=after)
    with pytest.raises(ChannelError) as caught:
        await side.send()
    assert type(caught.value) is OutcomeUnknown
    assert network.opened == 1
    if kind == "reset_answer":
        assert side.done() == 1  # the provider did it: sending again would have doubled it
    else:
        assert side.done() == 0


@pytest.mark.parametrize("kind", ["drip"])
async def test_a_slow_network_loses_nothing(side: Side, network: Proxy, kind: str) -> None:
    network.next(kind)
    assert await side.send()
    assert side.done() == 1


async def test_nobody_listening_means_nothing_was_sent(side: Side, network: Proxy) -> None:
    await network.__aexit__(None, None, None)
    with pytest.raises(ChannelUnavailable):
        await side.send()
    assert side.done() == 0


class TestSilence:
    @pytest.fixture
    def patience(self) -> float:
        return 1.0

    @pytest.mark.parametrize("kind", SILENT)
    async def test_an_answer_that_does_not_come_is_unknown_whether_or_not_it_was_done(
        self, side: Side, network: Proxy, kind: str
    ) -> None:
        network.next(kind)
        with pytest.raises(OutcomeUnknown):
            await side.send()
        assert network.opened == 1
        if kind == "mute":
            await until(lambda: side.done() == 1, "what the provider heard and did")


async def test_a_bad_network_never_makes_two_of_one(side: Side, network: Proxy) -> None:
    network.at_random(11, 0.5, only=["refuse", "reset_request", "reset_answer", "drip"])
    answered = unknown = 0
    for _ in range(20):
        try:
            await side.send()
            answered += 1
        except OutcomeUnknown:
            unknown += 1
        network.cut()  # so that the next call has a connection, and a chance, of its own
    assert answered + unknown == 20
    assert answered <= side.done() <= 20
    assert unknown > 0
