"""What policy decided in a real run, whatever was proposed, is decided again from the record alone, the very same."""

from tests.storage.resolving import Follows, Resolving, returns
from threadline import Json
from ticketing.resolution.proposal import Call, Proposal
from ticketing.resolution.replay import judged_again
from ticketing.resolution.run import StepKind


def refund(**arguments: Json) -> Proposal:
    return Call("issue_refund", {"order": "78932"} | arguments)


async def test_every_decision_comes_out_the_same_again(resolving: Resolving) -> None:
    scripts: list[list[Proposal]] = [
        [refund(amount=float("inf"), currency="\0\ud800"), refund()],
        [refund(order="99999")],
        [refund(order="78932", amount={"$at": "now"}, reason="other")],
    ]
    rulings = []
    for place, script in enumerate(scripts):
        resolving.brain = Follows(*script)
        ticket = await resolving.resolved(f"It came broken, order #78932. Really, it did {place}.")
        decisions = [step for step in await resolving.steps(ticket) if step.kind is StepKind.DECIDE]
        for step in decisions:
            found = judged_again(step, returns())
            assert found.is_same, (found.broken, found.differences)
            rulings.append(step.outcome)
    assert resolving.refunds() == [8900]
    assert set(rulings) >= {"allowed", "refused"}
