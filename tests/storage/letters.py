"""Mails for a desk at work: made as values, filed over a real database."""

from uuid import UUID, uuid4

from core.messages import Inbound, Letter, Party
from tests.storage.desk import DeskAtWork
from ticketing.conversations.file_event import file_event

OURS, MAX, EVE = "support@shop.example", "Max@home.example", "eve@elsewhere.example"


def a_mail(text: str = "It broke.", *, sender: str = MAX, subject: str = "Mug", **letter: object) -> Inbound:
    key = uuid4().hex
    said = Letter(f"{key}@home.example", subject, Party(sender, "Max"), f"event-{key}", **letter)  # type: ignore[arg-type]
    return Inbound(key, "email", OURS, sender, "Max", text, None, letter=said)


async def file(desk: DeskAtWork, mail: Inbound) -> str:
    """Its outcome in the inbox."""
    inbox_id = await desk.store(b"raw")
    await desk.rows_changed("UPDATE inbox SET channel = 'email' WHERE id = :id", id=inbox_id)
    await file_event(inbox_id, parse={"email": lambda _: (mail,)}, uow=desk.start(), now=desk.now)
    (row,) = await desk.rows("SELECT outcome FROM inbox WHERE id = :id", id=inbox_id)
    return str(row.outcome)


async def where(desk: DeskAtWork, mail: Inbound) -> UUID:
    (row,) = await desk.rows("SELECT conversation_id FROM message WHERE key = :key", key=f"email:{mail.key}")
    conversation_id: UUID = row.conversation_id
    return conversation_id


async def filed(desk: DeskAtWork, mail: Inbound) -> UUID:
    assert await file(desk, mail) == "filed"
    return await where(desk, mail)


def ids(*mails: Inbound) -> tuple[str, ...]:
    return tuple(mail.letter.id for mail in mails if mail.letter and mail.letter.id)
