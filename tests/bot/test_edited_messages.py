"""A message that its customer changed after an answer: marked in the thread, its earlier words a click away."""

from datetime import timedelta

from bot.intents import Action, MessageChoice
from core.instants import utc_now
from core.messages import Edited, Inbound, RawRequest
from emulators.slack import Person, as_text
from tests.bot.office import Office
from ticketing.conversations.edit import file_edit
from ticketing.conversations.file_message import file_message
from ticketing.conversations.ports import StoredEvent

OURS, ANNA = "+14155550100", "+4915112345678"


async def test_an_edit_after_an_answer_is_visible_as_such_and_so_is_what_was_answered(
    office: Office, mia: Person
) -> None:
    start, now = office.desk.start, utc_now()
    event = StoredEvent(1, "whatsapp", RawRequest("", {}, b""), now - timedelta(minutes=2), settled=False)
    async with start() as uow:
        written = Inbound("M1", "whatsapp", OURS, ANNA, "Anna", "My *mug* <!here> broke.", None)
        await file_message(written, event, sender=None, uow=uow, now=now)
        message = await uow.messages.lock_by_key("whatsapp:M1")
        assert message is not None
        await uow.room.add_messages(office.ticket.id, [message.id], concerns=True, at=now)
    ben = await office.desk.person_by_email("ben@desk.example")
    assert ben is not None
    await office.desk.reply(office.ticket.id, "A new mug is on its way.", by=ben, request="r1")
    await office.show()
    async with start() as uow:
        edited = Edited("M1", "whatsapp", OURS, ANNA, "Anna", "My cup broke.", now)
        later = StoredEvent(2, "whatsapp", event.request, utc_now(), settled=False)
        await file_edit(edited, later, sender=None, uow=uow, now=utc_now())
    await office.show()

    post = office.workspace.thread(office.support, office.ts)[1]
    shown = " ".join(as_text(post).replace("[⋯]", "").split())
    assert f"✏️ edited {now:%H:%M} UTC, after Ben’s answer · before: “My ∗mug∗ <!here> broke.”" in shown
    assert "My cup broke." in shown
    await mia.press(office.support, post["ts"], Action.MESSAGE, selected_option=MessageChoice.EARLIER)
    modal = as_text(mia.modals()[-1])
    assert "My *mug* <!here> broke." in modal
    assert "changed after Ben’s answer" in modal
