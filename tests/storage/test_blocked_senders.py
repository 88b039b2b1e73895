"""What a blocked sender sends is kept apart, and nothing of it is lost."""

from datetime import timedelta

import pytest

from core.errors import NotFound
from core.messages import Party
from storage.prune import prune
from storage.queries.blocked import blocked_senders
from tests.factories import a_suggestion
from tests.storage.desk import CUSTOMER, DeskAtWork, Says, a_message
from tests.storage.mailing import EVE, MAX, a_mail, file, filed
from ticketing.people.permissions import PermissionRefused
from ticketing.people.person import Role


async def sends(desk: DeskAtWork, words: str = "Buy my watches!") -> int:
    """Stored and filed; the event's id."""
    event = await desk.store(a_message(words, key=words, sender=CUSTOMER))
    await desk.file(event)
    return event


async def test_what_they_send_is_kept_apart_counted_and_not_pruned(desk: DeskAtWork) -> None:
    mia = await desk.person("Mia")
    conversation = await desk.customer_writes("Hi")
    assert await desk.desk.block_conversations_sender(conversation, by=mia)
    assert not await desk.desk.block_conversations_sender(conversation, by=mia)
    before = await desk.jobs()
    event = await sends(desk)
    await desk.file(event)
    assert await desk.count("message") == 1
    assert await desk.jobs() == before
    await prune(desk.engine, now=desk.now + timedelta(days=400))
    (listed,) = await blocked_senders(desk.engine)
    assert (listed.address, listed.blocked_by, listed.kept, listed.last_at) == (CUSTOMER, "Mia", 1, desk.now)


async def test_others_are_heard_as_before(desk: DeskAtWork) -> None:
    await desk.customer_writes("Hi")
    await desk.desk.block_sender("fake", CUSTOMER)
    await desk.customer_writes("My mug is broken.", sender="+4930111")
    assert await desk.count("message") == 2


async def test_unblocked_they_are_heard_again_and_what_was_kept_is_filed_on_request_once(desk: DeskAtWork) -> None:
    await desk.customer_writes("Hi")
    await desk.desk.block_sender("fake", CUSTOMER)
    first, second = await sends(desk, "one"), await sends(desk, "two")
    kept = await desk.desk.unblock_sender("fake", CUSTOMER, file=False)
    assert (kept.was_blocked, kept.filed) == (True, 0)
    assert [each.kept for each in await blocked_senders(desk.engine)] == [2]
    filed = await desk.desk.unblock_sender("fake", CUSTOMER, file=True)
    assert (filed.was_blocked, filed.filed) == (False, 2)
    assert (await desk.jobs())[-2:] == ["EventStored", "EventStored"]
    for event in (second, first, first):
        await desk.file(event)
    assert [row.text for row in await desk.rows("SELECT text FROM message ORDER BY id")] == ["Hi", "two", "one"]
    assert await blocked_senders(desk.engine) == []
    assert await desk.broken_chains() == []


async def test_a_conversation_that_waited_for_people_waits_no_longer(desk: DeskAtWork) -> None:
    mia = await desk.person("Mia")
    conversation = await desk.customer_writes("Hi")
    await desk.understand(conversation, Says(a_suggestion(worthy=False)))
    await desk.desk.block_conversations_sender(conversation, by=mia)
    (row,) = await desk.rows("SELECT state, awaiting_since FROM conversation")
    assert tuple(row) == ("resolved", None)
    assert (await desk.jobs())[-1] == "ConversationChanged"


async def test_a_light_card_that_a_ticket_took_over_says_so_too(desk: DeskAtWork) -> None:
    conversation = await desk.customer_writes("My mug is broken.")
    await desk.understand(conversation, Says(a_suggestion()))
    assert [tuple(row) for row in await desk.rows("SELECT awaiting_since FROM conversation")] == [(None,)]
    before = await desk.jobs()
    await desk.desk.block_conversations_sender(conversation, by=await desk.person("Mia"))
    assert (await desk.jobs())[len(before) :] == ["ConversationChanged"]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMIN])
async def test_any_agent_blocks_and_supervisors_and_admins_unblock(desk: DeskAtWork, role: Role) -> None:
    agent, other = await desk.person("Mia"), await desk.person("Ben", role)
    await desk.customer_writes("Hi")
    await desk.desk.block_sender("fake", CUSTOMER, by=agent)
    with pytest.raises(PermissionRefused, match="a supervisor or an admin"):
        await desk.desk.unblock_sender("fake", CUSTOMER, file=False, by=agent)
    assert (await desk.desk.unblock_sender("fake", CUSTOMER, file=False, by=other)).was_blocked


async def test_unblocking_is_told_to_the_light_card_once(desk: DeskAtWork) -> None:
    await desk.customer_writes("Hi")
    await desk.desk.block_sender("fake", CUSTOMER)
    before = await desk.jobs()
    for _ in range(2):
        await desk.desk.unblock_sender("fake", CUSTOMER, file=False)
    assert (await desk.jobs())[len(before) :] == ["ConversationChanged"]


async def test_who_only_writes_in_somebody_elses_conversation_is_blocked_there(desk: DeskAtWork) -> None:
    here = await filed(desk, a_mail(cc=(Party(EVE),)))
    with pytest.raises(NotFound, match="Nobody has written"):  # to have a copy is not to write
        await desk.desk.block_sender("email", EVE)
    assert await filed(desk, a_mail("Pills!", sender=EVE, name="Eve", conversation=here, verified=True)) == here
    assert await desk.count("customer") == 1

    assert await desk.desk.block_sender("email", EVE)
    assert not await desk.desk.block_sender("email", EVE)
    assert await file(desk, a_mail("Pills!", sender=EVE, conversation=here, verified=True)) == "blocked"
    assert await filed(desk, a_mail("And?", sender=MAX, conversation=here, verified=True)) == here
    (listed,) = await blocked_senders(desk.engine)
    assert (listed.address, listed.name, listed.kept) == (EVE, "Eve", 1)
    assert (await desk.desk.unblock_sender("email", EVE, file=True)).filed == 1
    with pytest.raises(NotFound):
        await desk.desk.block_sender("fake", EVE)  # not on this channel
    assert await desk.broken_chains() == []
