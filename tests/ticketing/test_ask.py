"""Asking a brain that may be away, wrong or broken: who waits, how long, and what the person gets."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.errors import AccountRefused, ChannelUnavailable
from tests.factories import NOW, a_burst, a_suggestion, after, an_entity, an_issue
from tests.playbooks import VOCABULARY
from ticketing.triage.ask import Answer, ask
from ticketing.triage.check import SuggestionUnreadable
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Burst, Suggestion, Triager, Vocabulary

BURST = a_burst("hi", "My mug arrived broken,\norder 78932.")


class Says:
    def __init__(self, suggestion: Suggestion) -> None:
        self.suggestion = suggestion

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        return self.suggestion


class Fails:
    def __init__(self, error: Exception) -> None:
        self.error = error

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        raise self.error


def away(retry_after: float | None = None) -> Fails:
    return Fails(ChannelUnavailable("The provider is overloaded.", retry_after=retry_after))


async def asked(brain: Triager, *, at: datetime = NOW, stand_in: Triager | None = None) -> Answer:
    return await ask(brain, BURST, VOCABULARY, stand_in=stand_in, patience=timedelta(seconds=60), clock=lambda: at)


class TestAsk:
    async def test_an_answer_that_can_be_is_the_answer(self) -> None:
        said = a_suggestion(an_issue(BURST))
        assert await asked(Says(said)) == Answer(said)

    @pytest.mark.parametrize(("waited", "retry_after"), [(0, None), (59, None), (0, 59), (30, 29)])
    async def test_a_brain_that_is_away_is_asked_again_while_the_customer_may_wait(
        self, waited: float, retry_after: float | None
    ) -> None:
        with pytest.raises(ChannelUnavailable) as raised:
            await asked(away(retry_after), at=after(waited))
        assert raised.value.retry_after == retry_after

    @pytest.mark.parametrize(("waited", "retry_after"), [(60, None), (3600, None), (0, 60), (30, 30)])
    async def test_a_customer_who_has_waited_long_enough_or_would_have_then_gets_a_person(
        self, waited: float, retry_after: float | None
    ) -> None:
        answer = await asked(away(retry_after), at=after(waited))
        assert answer.instead is Trigger.BRAIN_FAILED
        assert answer.suggestion.why == "A person should read this: The provider is overloaded."

    @pytest.mark.parametrize(
        ("error", "why"),
        [
            (AccountRefused("The key is refused: check it."), "The key is refused: check it."),
            (SuggestionUnreadable("unknown ticket type 'aliens'"), "unknown ticket type 'aliens'."),
            (RuntimeError("oops"), "the AI failed (RuntimeError)."),
        ],
    )
    async def test_what_time_does_not_mend_is_not_waited_for(self, error: Exception, why: str) -> None:
        answer = await asked(Fails(error))
        assert answer.instead is Trigger.BRAIN_FAILED
        assert answer.suggestion.why == f"A person should read this: {why}"

    async def test_an_impossible_answer_is_as_good_as_none(self) -> None:
        answer = await asked(Says(a_suggestion(an_issue(BURST, type="aliens"))))
        assert answer.instead is Trigger.BRAIN_FAILED


class TestStandIn:
    async def test_it_adds_what_it_read_and_decides_nothing(self) -> None:
        entity = an_entity(BURST, message_id=BURST.messages[1].id)
        known = an_issue(BURST, entities=(entity,), message_ids=(BURST.messages[1].id,))
        reading = a_suggestion(known, an_issue(BURST, entities=(entity,)), worthy=False, brain="offline")
        answer = await asked(away(), at=after(60), stand_in=Says(reading))
        said = answer.suggestion
        assert (said.ticket_worthy, said.confidence, said.brain) == (True, 0.0, "offline")
        (issue,) = said.issues
        assert issue == replace(
            known, subject="hi", message_ids=tuple(message.id for message in BURST.messages), entities=(entity,)
        )

    @pytest.mark.parametrize(
        "stand_in", [Fails(RuntimeError("oops")), Says(a_suggestion(an_issue(BURST, type="aliens")))]
    )
    async def test_one_that_fails_too_is_left_out(self, stand_in: Triager) -> None:
        (issue,) = (await asked(away(), at=after(60), stand_in=stand_in)).suggestion.issues
        assert (issue.subject, issue.category, issue.entities) == ("hi", "other", ())

    async def test_it_is_not_asked_where_the_brain_answers_or_is_asked_again(self) -> None:
        class Never:
            async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
                raise AssertionError("asked")

        said = a_suggestion(an_issue(BURST))
        assert (await asked(Says(said), stand_in=Never())).suggestion == said
        with pytest.raises(ChannelUnavailable):
            await asked(away(), stand_in=Never())
