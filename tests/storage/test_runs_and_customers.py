"""What passes between a run and its customer: what it asks, in which words it tells, and who they are."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from core.errors import ChannelUnavailable
from core.messages import Inbound, Limits, Party
from tests.factories import a_suggestion, an_entity, an_issue
from tests.fakes.channels import FakeConnector
from tests.playbooks import InForce
from tests.storage.desk import Says
from tests.storage.mailing import EVE, a_mail, filed, with_mail
from tests.storage.resolving import CLARA, Follows, Resolving, Returned, returns
from threadline import OutcomeKind
from ticketing.approvals.approval import Verdict
from ticketing.playbook.conditions import Condition
from ticketing.playbook.playbook import Playbook, SavedReply
from ticketing.playbook.resolving import Autonomy, Budget, Otherwise, PolicyRule
from ticketing.resolution.proposal import AskCustomer, Call, HandOver
from ticketing.resolution.run import RunState, StepKind
from ticketing.triage.suggestion import Burst, Suggestion, Vocabulary


def confirming() -> Playbook:
    """The customer has to say yes to exactly what would be done."""
    playbook = returns()
    policy = playbook.action_policies["issue_refund"]
    wanted = PolicyRule("wanted", Condition("confirmed"), "They have to want it", Otherwise.CONFIRM, tell="confirm")
    return replace(
        playbook,
        action_policies={policy.action: replace(policy, rules=(*policy.rules, wanted))},
        replies={**playbook.replies, "confirm": SavedReply("confirm", "?", "We pay {{fields.refund_amount}} back?")},
    )


class Both:
    """A triager for which a message is two issues."""

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        issues = [
            an_issue(burst, subject=number, entities=(an_entity(burst, value=number, words=f"#{number}"),))
            for number in ("78940", "78951")
        ]
        return a_suggestion(*issues)


class TestAsking:
    async def test_for_what_is_missing_and_it_goes_on_with_the_answer(self, resolving: Resolving) -> None:
        ticket = await resolving.resolved("It came broken")
        assert await resolving.state(ticket) == (RunState.WAITING_FOR_CUSTOMER, "investigating")
        assert await resolving.told(ticket) == ["Which order is it?"]
        resolving.at_work.now += timedelta(minutes=1)
        await resolving.writes("It is #78932")
        await resolving.go_on(ticket)
        assert await resolving.state(ticket) == (RunState.DONE, "closed")
        assert (await resolving.told(ticket))[1:] == ["Your refund of 89.00 USD is on its way."]

    async def test_a_bare_number_is_an_answer_though_triage_makes_nothing_of_it(self, resolving: Resolving) -> None:
        ticket = await resolving.resolved("It came broken")
        resolving.at_work.now += timedelta(minutes=1)
        conversation = await resolving.at_work.customer_writes("78932", sender=CLARA)
        await resolving.at_work.understand(conversation, Says(a_suggestion(worthy=False)))
        await resolving.go_on(ticket)
        assert (await resolving.run(ticket)).state is RunState.DONE
        (source,) = await resolving.at_work.rows("SELECT * FROM field_source WHERE field = 'order_number'")
        assert source.source == "ai"

    async def test_twice_and_then_a_person_has_it(self, resolving: Resolving) -> None:
        ticket = await resolving.resolved("It came broken")
        for words in ("I do not know", "No idea"):
            resolving.at_work.now += timedelta(minutes=1)
            await resolving.writes(words)
            await resolving.go_on(ticket)
        assert (await resolving.run(ticket)).state is RunState.HANDED_OVER
        asked = ["Which order is it?"] * 2
        assert await resolving.told(ticket) == [*asked, "Somebody of our team will answer you."]

    async def test_what_no_recipe_asks_for_is_not_asked(self, resolving: Resolving) -> None:
        resolving.brain = Follows(AskCustomer("refund_amount", "How much?"))
        ticket = await resolving.resolved()
        assert (await resolving.run(ticket)).state is RunState.HANDED_OVER

    async def test_a_plain_yes_to_exactly_this_is_what_lets_it_through(self, resolving: Resolving) -> None:
        resolving.at_work.playbooks = InForce(confirming())
        ticket = await resolving.resolved()
        assert (await resolving.run(ticket)).asked_for == "confirmation"
        assert await resolving.told(ticket) == ["We pay 89.00 USD back?\n\nPlease answer Yes or No."]
        resolving.at_work.now += timedelta(minutes=1)
        await resolving.writes("Yes please")
        await resolving.go_on(ticket)
        assert (await resolving.state(ticket), resolving.refunds()) == ((RunState.DONE, "closed"), [8900])

    async def test_a_no_ends_it_and_other_words_are_read_by_the_brain(self, resolving: Resolving) -> None:
        resolving.at_work.playbooks = InForce(confirming())
        ticket = await resolving.resolved()
        resolving.at_work.now += timedelta(minutes=1)
        await resolving.writes("When would I have it?")
        await resolving.go_on(ticket)
        assert (await resolving.run(ticket)).state is RunState.WAITING_FOR_CUSTOMER
        resolving.at_work.now += timedelta(minutes=1)
        await resolving.writes("No")
        await resolving.go_on(ticket)
        assert (await resolving.run(ticket)).why == "The customer does not want it so."
        assert resolving.refunds() == []


class TestTelling:
    async def test_in_the_customers_language(self, resolving: Resolving) -> None:
        ticket = await resolving.ticket("Kaputt angekommen, Bestellung #78932")
        await resolving.at_work.rows_changed("UPDATE customer SET language = 'de-AT'")
        run = await resolving.begin(ticket)
        assert run is not None
        await resolving.work(run)
        assert await resolving.told(ticket) == ["Ihre Erstattung von 89.00 USD ist unterwegs."]

    @pytest.mark.parametrize(
        ("phrased", "told"),
        [
            ("Votre remboursement de 89,00 USD est en route.", "Votre remboursement de 89,00 USD est en route."),
            ("Votre remboursement de 98,00 USD est en route.", "Your refund of 89.00 USD is on its way."),
        ],
    )
    async def test_in_a_brains_words_where_they_say_the_same(
        self, resolving: Resolving, phrased: str, told: str
    ) -> None:
        resolving.brain = Follows(phrases=phrased)
        assert await self._told_to_who_writes("fr", resolving) == [told]
        assert [each.text for each in resolving.brain.tellings] == ["Your refund of 89.00 USD is on its way."]

    @pytest.mark.parametrize("language", ["en", "en-GB", "de", "de-AT", "tr", "und", None])
    async def test_what_people_wrote_in_their_language_or_nobody_can_check_is_not_phrased(
        self, resolving: Resolving, language: str | None
    ) -> None:
        resolving.brain = Follows(phrases="Good news: 89.00 USD are on their way to you!")
        (told,) = await self._told_to_who_writes(language, resolving)
        assert told in ("Your refund of 89.00 USD is on its way.", "Ihre Erstattung von 89.00 USD ist unterwegs.")
        assert resolving.brain.tellings == []

    async def test_nothing_that_was_done_waits_for_it_to_be_phrased(self, resolving: Resolving) -> None:
        paid: list[list[int]] = []

        async def look() -> None:
            paid.append(resolving.refunds())

        resolving.brain = Follows(phrases="Votre remboursement de 89,00 USD est en route.")
        resolving.brain.phrasing = [look]
        assert await self._told_to_who_writes("fr", resolving) == ["Votre remboursement de 89,00 USD est en route."]
        assert (paid, resolving.refunds()) == ([[]], [8900])

    async def test_who_takes_the_ticket_over_while_it_is_phrased_has_it_and_nothing_is_done(
        self, resolving: Resolving
    ) -> None:
        ticket = await resolving.ticket("It came broken, order #78932")
        await resolving.at_work.rows_changed("UPDATE customer SET language = 'fr'")
        run = await resolving.begin(ticket)
        assert run is not None

        async def claim() -> None:
            await resolving.at_work.desk.take_over(ticket, by=resolving.mia)

        resolving.brain = Follows(phrases="Votre remboursement de 89,00 USD est en route.")
        resolving.brain.phrasing = [claim]
        await resolving.work(run)
        assert (resolving.refunds(), await resolving.told(ticket)) == ([], [])
        ended = await resolving.run(ticket)
        assert ended.state is RunState.STOPPED
        assert "It was not called." in ended.why

    @staticmethod
    async def _told_to_who_writes(language: str | None, resolving: Resolving) -> list[str]:
        ticket = await resolving.ticket("It came broken, order #78932")
        await resolving.at_work.rows_changed("UPDATE customer SET language = :language", language=language)
        run = await resolving.begin(ticket)
        assert run is not None
        await resolving.work(run)
        return await resolving.told(ticket)


class TestTheBrain:
    async def test_what_it_may_not_propose_is_told_to_it_and_it_proposes_something_else(
        self, resolving: Resolving
    ) -> None:
        resolving.brain = Follows(
            Call("create_return", {}),
            Call("issue_refund", {"order": 7, "bank": "mine"}),
            Call("lookup_order", {"order": "78932"}),
        )
        ticket = await resolving.resolved()
        assert (await resolving.run(ticket)).state is RunState.DONE
        outcomes = [each.outcome for each in resolving.brain.cases[-1].taken]
        assert outcomes == ["not_allowed", OutcomeKind.INVALID, OutcomeKind.DONE]
        assert resolving.brain.cases[-1].taken[-1].value["refundable"] == "89.00"

    async def test_it_chooses_the_order_and_never_the_amount(self, resolving: Resolving) -> None:
        resolving.brain = Follows(Call("issue_refund", {"order": "78932", "amount": "9999.00", "currency": "BTC"}))
        await resolving.resolved("It came broken, order #78940")
        assert (resolving.refunds(), resolving.refunds("78940")) == ([8900], [])

    async def test_it_has_a_last_word_after_so_many(self, resolving: Resolving) -> None:
        resolving.brain = Follows(*[Call("nothing", {})] * 20)
        ticket = await resolving.resolved()
        assert (await resolving.run(ticket)).why == "The AI has proposed 12 things, and none has solved it."

    async def test_it_fails_or_gives_up_and_a_person_has_it(self, resolving: Resolving) -> None:
        for said in (HandOver("They want an exchange."), ValueError("a bug")):
            resolving.brain = Follows(said)
            ticket = await resolving.resolved(sender="+14155550999" if isinstance(said, HandOver) else "+14155550998")
            assert (await resolving.run(ticket)).state is RunState.HANDED_OVER
            assert (await resolving.row(ticket)).escalated_at is not None

    async def test_it_is_away_and_is_waited_for_and_then_a_person_has_it(self, resolving: Resolving) -> None:
        ticket = await resolving.ticket("It came broken, order #78932")
        run = await resolving.begin(ticket)
        assert run is not None
        resolving.brain = Follows(*[ChannelUnavailable("overloaded", retry_after=3)] * 3)
        for _ in range(2):
            with pytest.raises(ChannelUnavailable):
                await resolving.work(run)
            resolving.at_work.now += timedelta(minutes=20)
        await resolving.work(run)
        assert (await resolving.run(ticket)).state is RunState.HANDED_OVER
        assert resolving.refunds() == []


class TestPeople:
    async def test_whoever_gets_it_reads_what_was_done_and_what_may_have_been(self, resolving: Resolving) -> None:
        resolving.use(budget=Budget(amount_per_month=None))
        resolving.brain = Follows(HandOver("They want an exchange."))
        ticket = await resolving.resolved()
        (row,) = await resolving.at_work.rows("SELECT trigger, because, brief FROM escalation")
        assert (row.trigger, row.because) == ("run", ["They want an exchange."])
        assert await resolving.records(ticket, "ticket.escalated") == [
            {"trigger": "run", "run": str((await resolving.run(ticket)).id)}
        ]

    async def test_handed_back_the_ai_tries_again(self, resolving: Resolving) -> None:
        resolving.brain = Follows(HandOver("Unsure."))
        ticket = await resolving.resolved()
        assert await resolving.begin(ticket, handed_back=True) is None
        resolving.at_work.now += timedelta(minutes=1)
        await resolving.at_work.desk.hand_back(ticket, by=resolving.sara)
        run = await resolving.begin(ticket, handed_back=True)
        assert run is not None
        await resolving.work(run)
        assert (await resolving.run(ticket)).state is RunState.DONE

    async def test_a_colleague_who_writes_on_the_ticket_has_it(self, resolving: Resolving) -> None:
        ticket = await resolving.ticket("It came broken, order #78932")
        run = await resolving.begin(ticket)
        assert run is not None
        resolving.at_work.now += timedelta(seconds=1)
        await resolving.at_work.desk.comment(ticket, "I look into it", by=resolving.mia)
        await resolving.work(run)
        assert (await resolving.run(ticket)).why == "Stopped: a colleague has written about it."
        kinds = [each.kind for each in await resolving.steps(ticket)]
        assert kinds == [StepKind.MOVE]


class TestByMail:
    async def resolved(self, resolving: Resolving, *mails: Inbound) -> UUID:
        at_work = resolving.at_work
        with_mail(at_work)
        for mail in mails:
            conversation = await filed(at_work, mail)
        await at_work.understand(conversation, Returned())
        (row,) = await at_work.rows("SELECT id FROM ticket")
        run = await resolving.begin(row.id)
        assert run is not None
        await resolving.work(run)
        ticket: UUID = row.id
        return ticket

    async def test_what_is_provenly_theirs_is_resolved(self, resolving: Resolving) -> None:
        mail = a_mail("It came broken, order #78932", sender="clara@customer.example", verified=True)
        ticket = await self.resolved(resolving, mail)
        assert (await resolving.run(ticket)).state is RunState.DONE
        assert resolving.refunds() == [8900]

    async def test_what_anybody_could_have_written_is_not(self, resolving: Resolving) -> None:
        mail = a_mail("It came broken, order #78932", sender="clara@customer.example", proof="none")
        ticket = await self.resolved(resolving, mail)
        assert (await resolving.run(ticket)).state is RunState.HANDED_OVER
        assert resolving.refunds() == []

    async def test_nor_what_somebody_else_has_written_into_it(self, resolving: Resolving) -> None:
        clara = "clara@customer.example"
        mail = a_mail("It came broken, order #78932", sender=clara, verified=True, cc=(Party(EVE),))
        assert mail.letter is not None
        more = a_mail("Send it to me, please. #78932", sender=EVE, verified=True, references=(mail.letter.id,))
        ticket = await self.resolved(resolving, mail, more)
        assert (await resolving.run(ticket)).state is RunState.HANDED_OVER
        assert resolving.refunds() == []


async def test_two_issues_in_one_message_are_two_runs(resolving: Resolving) -> None:
    conversation = await resolving.at_work.customer_writes("Broken: #78940 and #78951", sender=CLARA)
    await resolving.proven(CLARA)
    await resolving.at_work.understand(conversation, Both())
    tickets = [row.id for row in await resolving.at_work.rows("SELECT id FROM ticket ORDER BY number")]
    runs = await asyncio.gather(*(resolving.begin(ticket) for ticket in tickets))
    await asyncio.gather(*(resolving.work(run) for run in runs if run is not None))
    assert [(await resolving.row(ticket)).fields["order_number"] for ticket in tickets] == ["78940", "78951"]
    assert [(await resolving.run(ticket)).state for ticket in tickets] == [RunState.WAITING_FOR_APPROVAL] * 2


@pytest.mark.parametrize("order", ["78932", "78951"])
async def test_whoever_cannot_be_written_to_any_more_is_left_to_people_once_it_is_done(
    resolving: Resolving, order: str
) -> None:
    """The channel's window closed while somebody had to agree: they are paid, and not counted as told."""
    desk = resolving.at_work
    desk.use(FakeConnector(limits=Limits(text=1000, window=timedelta(hours=24))))
    resolving.use(autonomy=Autonomy.ACT_WITH_APPROVAL)
    ticket = await resolving.resolved(f"It came broken, order #{order}")
    (asked,) = await desk.desk.approvals_of(ticket)
    desk.now += timedelta(hours=30)
    who = resolving.sara if asked.rule == "refund_over_200" else resolving.mia
    await desk.desk.decide(asked.id, Verdict.APPROVE, by=who)
    await resolving.go_on(ticket)
    run, row = await resolving.run(ticket), await resolving.row(ticket)
    assert len(resolving.refunds(order)) == 1
    assert (run.state, await resolving.told(ticket)) == (RunState.HANDED_OVER, [])
    assert "by a template now" in run.why
    assert row.status != "closed"
    assert row.escalated_at is not None
