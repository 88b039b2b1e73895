"""A run that waits for people: they may talk about it and claim its ticket, and what ends it is said as it is."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from app.consequences import wake_run
from app.subscriptions import SUBSCRIPTIONS
from tests.storage.desk import a_message
from tests.storage.resolving import CLARA, Resolving, Returned
from ticketing.approvals.approval import ApprovalState, Verdict
from ticketing.conversations.conversation import Revision
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.run import Run, RunState
from ticketing.resolution.working import NotYet
from ticketing.tickets import events


async def waiting(resolving: Resolving, order: str = "78951") -> tuple[UUID, Run, UUID]:
    """A run that waits for an approval, which is the last; some time later."""
    ticket = await resolving.resolved(f"It came broken, order #{order}")
    run = await resolving.run(ticket)
    assert run.approval_id is not None
    later(resolving)
    return ticket, run, run.approval_id


def later(resolving: Resolving) -> None:
    resolving.at_work.now += timedelta(seconds=30)


class TestWhileItWaitsForAnApproval:
    async def test_a_question_and_its_answer_are_no_reason_to_stop(self, resolving: Resolving) -> None:
        ticket, _, asked = await waiting(resolving)
        await resolving.at_work.desk.ask(asked, "Did she send a photo?", by=resolving.sara)
        await resolving.look_again(ticket)
        later(resolving)
        await resolving.at_work.desk.comment(ticket, "She did.", by=resolving.mia)
        later(resolving)
        await resolving.at_work.desk.decide(asked, Verdict.APPROVE, by=resolving.sara)
        later(resolving)
        await resolving.go_on(ticket)
        assert await resolving.state(ticket) == (RunState.DONE, "resolution_proposed")
        assert resolving.refunds("78951") == [25000]

    async def test_an_objection_after_the_approval_is_one(self, resolving: Resolving) -> None:
        ticket, run, asked = await waiting(resolving)
        await resolving.at_work.desk.decide(asked, Verdict.APPROVE, by=resolving.sara)
        await resolving.look_again(ticket)
        later(resolving)
        await resolving.at_work.desk.comment(ticket, "Wait: she has kept it.", by=resolving.mia)
        await resolving.work(run.id)
        assert (await resolving.run(ticket)).why == "Stopped: a colleague has written about it."
        assert resolving.refunds("78951") == []

    async def test_a_reply_ends_it_at_once_and_the_approval_says_why(self, resolving: Resolving) -> None:
        ticket, _, asked = await waiting(resolving)
        desk = resolving.at_work.desk
        await desk.reply(ticket, "I am looking into it.", by=resolving.mia, request="hers")
        await resolving.look_again(ticket)
        assert (await resolving.run(ticket)).why == "Stopped: a colleague has answered the customer."
        void = await desk.approval(asked)
        assert (void.state, void.because) == (
            ApprovalState.VOID,
            "the AI does not go on with it: a colleague has answered the customer",
        )

    async def test_whatever_the_customer_has_said_since_a_person_reads_first(self, resolving: Resolving) -> None:
        ticket, _, asked = await waiting(resolving)
        await resolving.writes("It is order 78940 of course")
        await resolving.look_again(ticket)
        await resolving.at_work.desk.decide(asked, Verdict.APPROVE, by=resolving.sara)
        await resolving.go_on(ticket)
        run = await resolving.run(ticket)
        assert run.state is RunState.HANDED_OVER
        assert run.why.startswith("The customer has written since “Refund over 200” was asked for")
        assert (resolving.refunds("78951"), resolving.refunds("78940")) == ([], [])
        assert (await resolving.at_work.desk.approval(asked)).state is ApprovalState.VOID

    async def test_what_is_still_being_read_is_waited_for(self, resolving: Resolving) -> None:
        ticket, _, asked = await waiting(resolving)
        await resolving.at_work.customer_writes("Not that one!", sender="+14155550123")
        await resolving.at_work.desk.decide(asked, Verdict.APPROVE, by=resolving.sara)
        with pytest.raises(NotYet):
            await resolving.look_again(ticket)
        assert (await resolving.run(ticket)).state is RunState.WAITING_FOR_APPROVAL


class TestASuggestion:
    async def suggested(self, resolving: Resolving) -> tuple[UUID, Run]:
        resolving.use(autonomy=Autonomy.SUGGEST)
        ticket = await resolving.resolved()
        later(resolving)
        return ticket, await resolving.run(ticket)

    async def test_stays_for_whoever_claims_the_ticket_and_thinks_about_it(self, resolving: Resolving) -> None:
        ticket, run = await self.suggested(resolving)
        desk = resolving.at_work.desk
        await desk.assign(ticket, resolving.mia.id, by=resolving.mia)
        await desk.comment(ticket, "Is that right?", by=resolving.sara)
        await resolving.look_again(ticket)
        assert (await resolving.run(ticket)).state is RunState.SUGGESTED
        later(resolving)
        await desk.carry_out(run.id, by=resolving.mia)
        await resolving.go_on(ticket)
        assert await resolving.state(ticket) == (RunState.DONE, "closed")

    async def test_is_done_on_a_colleagues_word_for_whoever_has_the_ticket(self, resolving: Resolving) -> None:
        ticket, run = await self.suggested(resolving)
        omar = await resolving.at_work.person("Omar")
        await resolving.at_work.desk.assign(ticket, omar.id, by=omar)
        await resolving.at_work.desk.carry_out(run.id, by=resolving.mia)
        await resolving.go_on(ticket)
        assert (await resolving.run(ticket)).state is RunState.DONE

    async def test_is_dropped_where_a_colleague_claims_it_after_the_word(self, resolving: Resolving) -> None:
        ticket, run = await self.suggested(resolving)
        omar = await resolving.at_work.person("Omar")
        await resolving.at_work.desk.carry_out(run.id, by=resolving.mia)
        await resolving.at_work.desk.assign(ticket, omar.id, by=omar)
        await resolving.go_on(ticket)
        assert (await resolving.run(ticket)).why == "Stopped: a colleague has it."

    @pytest.mark.parametrize(("who", "refunds"), [("omar", []), ("mia", [8900])])
    async def test_an_objection_after_the_word_counts_unless_it_is_of_who_said_it(
        self, resolving: Resolving, who: str, refunds: list[int]
    ) -> None:
        ticket, run = await self.suggested(resolving)
        people = {"omar": await resolving.at_work.person("Omar"), "mia": resolving.mia}
        await resolving.at_work.desk.carry_out(run.id, by=resolving.mia)
        later(resolving)
        await resolving.at_work.desk.comment(ticket, "About this one: …", by=people[who])
        await resolving.go_on(ticket)
        assert resolving.refunds() == refunds


async def test_an_answer_after_which_something_else_is_still_read_is_looked_at_again(resolving: Resolving) -> None:
    ticket = await resolving.resolved("It came broken")
    later(resolving)
    await resolving.writes("It is order #78932")
    await resolving.at_work.customer_writes("and what about my bike?", sender="+14155550123")
    with pytest.raises(NotYet):
        await resolving.look_again(ticket)


@pytest.mark.parametrize(
    "kind",
    [events.ReplyWritten, events.TypeChanged, events.MessageMoved, events.MessageEdited, events.TicketAssigned],
)
def test_a_run_hears_of_whatever_may_end_its_waiting(kind: type[events.TicketEvent]) -> None:
    assert wake_run in [each.run for each in SUBSCRIPTIONS[kind]]


async def test_of_a_long_room_only_the_newest_messages_are_looked_at(resolving: Resolving) -> None:
    ticket, at = await resolving.ticket("It came broken, order #78932"), resolving.at_work
    later(resolving)
    await at.rows_changed(
        """
        WITH more AS (
            INSERT INTO message (id, conversation_id, direction, text, at, triaged, delivery)
            SELECT ('ffffffff-ffff-7fff-8fff-' || lpad(n::text, 12, '0'))::uuid, conversation_id, 'in', 'More.', :now,
                true, delivery
            FROM message, generate_series(1, 150) AS n
            RETURNING id
        )
        INSERT INTO room_entry (id, ticket_id, message_id, concerns, at, needs_showing)
        SELECT id, :ticket, id, true, :now, false FROM more
        """,
        ticket=ticket,
        now=at.now,
    )
    later(resolving)
    await at.rows_changed(
        """
        WITH edited AS (UPDATE message SET edited_at = :now WHERE text LIKE 'It came%' RETURNING id)
        INSERT INTO message_revision (id, message_id, at, text)
        SELECT 'ffffffff-ffff-7fff-9fff-000000000000', id, :now, 'It came' FROM edited
        """,
        now=at.now,
    )
    async with at.start() as uow:
        ground = await uow.grounds.of(ticket)
    newest = UUID("ffffffff-ffff-7fff-8fff-000000000150")
    assert (ground.heard, ground.said and ground.said.text) == (newest, "More.")


class TestWhatComesOutOfOrder:
    async def test_a_message_that_was_sent_before_the_last_one_and_filed_after_it_is_heard(
        self, resolving: Resolving
    ) -> None:
        ticket, at = await resolving.ticket("It came broken"), resolving.at_work
        run = await resolving.begin(ticket)
        assert run is not None
        await resolving.work(run)
        later(resolving)
        late = await at.store(a_message("No, stop, I want nothing done", sender=CLARA))
        later(resolving)
        conversation = await resolving.writes("Order #78951")  # of 250: somebody has to agree
        await resolving.go_on(ticket)
        assert (await resolving.run(ticket)).state is RunState.WAITING_FOR_APPROVAL
        await at.file(late)
        await at.understand(conversation, Returned())
        (asked,) = await at.rows("SELECT id FROM approval")
        await at.desk.decide(asked.id, Verdict.APPROVE, by=resolving.sara)
        await resolving.go_on(ticket)
        assert (await resolving.run(ticket)).state is RunState.HANDED_OVER
        assert resolving.refunds("78951") == []

    async def test_an_edit_that_is_older_than_what_is_known_is_heard(self, resolving: Resolving) -> None:
        ticket, at = await resolving.ticket("It came broken, order #78932"), resolving.at_work
        async with at.start() as uow:
            before = (await uow.grounds.of(ticket)).heard
            (row,) = await at.rows("SELECT id, at FROM message WHERE text LIKE 'It came%'")
            message = await uow.messages.lock(row.id)
            changed = replace(message, text="Stop", edited_at=message.at - timedelta(seconds=5))
            await uow.messages.revise(changed, Revision(message.id, message.at, message.text, None))
        async with at.start() as uow:
            assert (await uow.grounds.of(ticket)).heard != before
