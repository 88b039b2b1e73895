"""A request for approval in the thread: its evidence, its buttons, who may press them, and what is left then."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.client import Slack
from bot.config import SlackConfig
from bot.intents import Action, Field
from core.instants import utc_now
from emulators.slack import Channel, Person, Workspace, as_text
from storage.database import Database
from tests.bot.office import EITHER_WAY, Office, staffed, told
from tests.playbooks import IN_PROGRESS, RESOLVED, InForce, gated
from ticketing.approvals.approval import Approval
from ticketing.approvals.carry_on import carry_on
from ticketing.people.person import Role

WHY = "It arrived <broken> & *late*."


@pytest.fixture
def sara(workspace: Workspace, support: Channel) -> Person:
    sara = workspace.add_user("sara", "sara@desk.example")
    support.members.add(sara.id)
    return sara


@pytest.fixture
async def office(
    engine: AsyncEngine,
    store: Database,
    workspace: Workspace,
    config: SlackConfig,
    slack: Slack,
    support: Channel,
    sara: Person,
    mia: Person,
    by_socket: bool,
) -> AsyncIterator[Office]:
    """Mia has a ticket with a refund of 250; Sara supervises. Both have pressed something in Slack before."""
    playbooks = InForce(gated())
    async with staffed(engine, store, workspace, config, slack, support, playbooks, by_socket=by_socket) as made:
        await made.desk.add_person("Sara", "sara@desk.example", Role.SUPERVISOR)
        for person, email in ((sara, "sara@desk.example"), (mia, "mia@desk.example")):
            await made.rooms.remember_user(person.id, email, now=utc_now())
        await made.press(mia, Action.CLAIM)
        by = await made.desk.person_by_email("mia@desk.example")
        assert by is not None
        await made.desk.change_status(made.ticket.id, IN_PROGRESS, by=by)
        await hold(made, refund_amount="250.00", order_number="78932")
        yield made


async def hold(office: Office, **fields: str) -> None:
    """What the ticket's fields hold from now on."""
    async with office.engine.begin() as connection:
        values = {"fields": json.dumps(fields), "id": office.ticket.id}
        await connection.execute(text("UPDATE ticket SET fields = CAST(:fields AS jsonb) WHERE id = :id"), values)


async def asked(office: Office) -> tuple[Approval, dict[str, Any]]:
    """Mia's request, and the post that shows it."""
    by = await office.desk.person_by_email("mia@desk.example")
    assert by is not None
    approval = await office.desk.request_approval(office.ticket.id, RESOLVED, WHY, by=by)
    await office.show()
    return approval, thread(office)[0]


def thread(office: Office) -> list[dict[str, Any]]:
    return [dict(each) for each in office.workspace.thread(office.support, office.ts)[1:]]


def shown(office: Office) -> str:
    names = {person.id: person.real_name for person in office.workspace.people.values()}
    return "\n".join(as_text(each, names=names, columns=20_000) for each in thread(office))


class TestRequest:
    async def test_a_status_that_needs_an_approval_asks_for_it_with_what_was_typed(
        self, office: Office, mia: Person
    ) -> None:
        await office.show()
        form = await office.press(mia, Action.STATUS)
        await mia.submit(form, {Field.STATUS: RESOLVED, Field.NOTE: "Paid."})
        view = mia.modals()[-1]
        assert "Refund over 200 needs an approval" in as_text(view, columns=20_000)
        filled: dict[str, str] = {Field.STATUS: RESOLVED, Field.WHY: WHY, Field.NOTE: "Paid."}
        assert (await mia.submit(view["id"], filled)).outcome == "closed"
        row = await office.one("SELECT requester, why, note, target, state FROM approval")
        assert tuple(row.values()) == ("Mia", WHY, "Paid.", RESOLVED, "waiting")
        await office.show()
        form = await office.press(mia, Action.STATUS)
        again = await mia.submit(form, {Field.STATUS: RESOLVED})
        assert "It has been asked for, and waits for a decision." in again.errors[Field.STATUS]

    async def test_it_shows_who_asks_what_why_and_how_much_and_names_who_can_decide(
        self, office: Office, sara: Person
    ) -> None:
        await asked(office)
        said = shown(office)
        for words in (
            "Approval needed: Refund over 200",
            "asked for by Mia",
            "For: In progress → Resolved",
            "Amount: 250.00 USD",
            "Order number: 78932",
            "for a supervisor of its team or an admin · one has to agree · until",
            "[Approve] [Reject…] [Ask…]",
        ):
            assert words in said
        assert "Why: It arrived &lt;broken&gt; &amp; *late*." in json.dumps(thread(office), ensure_ascii=False)
        assert f"<@{sara.id}>" in json.dumps(thread(office))

    async def test_who_has_left_meanwhile_is_not_called(self, office: Office, sara: Person) -> None:
        await office.desk.retire("mia@desk.example")
        by = await office.desk.person_by_email("ben@desk.example")
        assert by is not None
        await office.desk.claim(office.ticket.conversation_id, by=by, take_over=True)
        await office.desk.request_approval(office.ticket.id, RESOLVED, WHY, by=by)
        await office.desk.retire("sara@desk.example")
        await office.show()
        said = json.dumps(thread(office))
        assert "Approval needed" in said
        assert sara.id not in said

    @pytest.mark.parametrize(
        ("who", "words"),
        [
            ("mia", "You asked for this approval yourself: somebody else decides."),
            ("ben", "You may not decide about this approval: that is for a supervisor of its team or an admin"),
            ("stranger", "You are not in Threadline"),
        ],
    )
    async def test_who_may_not_decide_is_told_so_in_private_and_nothing_happens(
        self, office: Office, who: str, words: str
    ) -> None:
        _, post = await asked(office)
        person = next(each for each in office.workspace.people.values() if each.name == who)
        for action in (Action.APPROVE, Action.REJECT):
            await person.press(office.support, post["ts"], action)
            assert words in told(person)
        assert person.modals() == []
        await office.show()
        assert "[Approve]" in shown(office)
        assert await office.all("SELECT * FROM approval_decision") == []

    async def test_the_card_says_what_waits_and_leads_there_until_it_is_settled(
        self, office: Office, sara: Person
    ) -> None:
        _, post = await asked(office)
        link = f"archives/{office.support.id}/p{post['ts'].replace('.', '')}?thread_ts={office.ts}"
        card = office.workspace.message(office.support, office.ts)
        assert "Waits for approval: Refund over 200 · 250.00 USD · asked for by Mia" in as_text(card, columns=500)
        assert link in json.dumps(card)
        await office.show()
        assert office.workspace.message(office.support, office.ts)["ts"] == card["ts"]
        await sara.press(office.support, post["ts"], Action.APPROVE)
        await office.show()
        assert "Waits for approval" not in office.card()


class TestDecision:
    @EITHER_WAY
    async def test_one_click_approves_and_the_post_says_who_and_loses_its_buttons(
        self, office: Office, sara: Person, mia: Person
    ) -> None:
        approval, post = await asked(office)
        assert (await sara.press(office.support, post["ts"], Action.APPROVE)).outcome == "acknowledged"
        assert (await sara.press(office.support, post["ts"], Action.APPROVE)).outcome == "acknowledged"
        assert told(sara) == "You have already approved this."
        await office.show()
        said = shown(office)
        assert "Approved: Refund over 200" in said
        assert "Sara approved" in said
        assert "[Approve]" not in said
        await carry_on(approval.id, start=office.desk.start, now=utc_now())
        await office.show()
        outcome = thread(office)[-1]
        assert f"<@{mia.id}>" in json.dumps(outcome)
        assert "was approved by Sara. The ticket went on: In progress → Resolved." in shown(office)
        assert len(thread(office)) == 2
        assert (await office.now())["status"] == RESOLVED

    @EITHER_WAY
    async def test_a_rejection_asks_for_its_reason_and_shows_it(self, office: Office, sara: Person) -> None:
        _, post = await asked(office)
        await sara.press(office.support, post["ts"], Action.REJECT)
        form = sara.modals()[-1]["id"]
        refused = await sara.submit(form, {Field.TEXT: "   "})
        assert "Say why" in str(refused)
        assert (await sara.submit(form, {Field.TEXT: "Too <much>."})).outcome == "closed"
        await office.show()
        said = shown(office)
        assert "Rejected: Refund over 200" in said
        assert "was rejected by Sara: Too <much>." in said.replace("&lt;", "<").replace("&gt;", ">")
        assert "[Approve]" not in said
        assert (await office.now())["status"] == IN_PROGRESS

    async def test_a_button_of_a_request_that_changed_refuses_and_goes(self, office: Office, sara: Person) -> None:
        _, post = await asked(office)
        await hold(office, refund_amount="2500.00", order_number="78932")
        await sara.press(office.support, post["ts"], Action.APPROVE)
        assert told(sara) == "Not decided: the amount has changed since it was asked. It has to be asked for anew."
        await office.show()
        said = shown(office)
        assert "Void: Refund over 200" in said
        assert "is void: the amount has changed." in said
        assert "[Approve]" not in said

    async def test_a_question_stands_in_the_thread(self, office: Office, sara: Person) -> None:
        _, post = await asked(office)
        await sara.press(office.support, post["ts"], Action.ASK)
        assert (await sara.submit(sara.modals()[-1]["id"], {Field.TEXT: "Which order?"})).outcome == "closed"
        await office.show()
        assert "📝 Sara · internal comment\n❓ @Mia, about “Refund over 200”: Which order?" in shown(office)
        assert "[Approve]" in shown(office)
