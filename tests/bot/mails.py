"""Mails that reach an office: filed as values, and the light card of the newest."""

from bot.client import Slack
from bot.intents import Action
from bot.showing import show_conversation
from core.ids import new_id
from core.instants import utc_now
from core.messages import Inbound, Letter, Party
from emulators.slack import Person, as_text
from storage.light_cards import SqlLightCards
from tests.bot.office import Office
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.ports import StoredEvent
from ticketing.mails.file_mail import file_mail


class Letterbox:
    """Mails that reach the office, and the light card of the doubtful one."""

    def __init__(self, office: Office, slack: Slack) -> None:
        self.office, self.slack = office, slack
        self.cards = SqlLightCards(office.store, sure_enough=0.8)
        self.conversation = office.ticket.conversation_id
        self.ts = ""

    async def receives(self, text: str, sender: str, *references: str, cc: tuple[Party, ...] = ()) -> str:
        """The id of the mail."""
        key = str(new_id())
        letter = Letter(key, "Mug", Party(sender, "Eve <!here>"), key, references=references, cc=cc)
        mail = Inbound(key, "email", "support@shop.example", sender, "Eve <!here>", text, None, letter=letter)
        event = StoredEvent(1, "email", None, utc_now(), settled=False)  # type: ignore[arg-type]
        async with self.office.desk.start() as uow:
            await file_mail(mail, letter, event, uow=uow, now=utc_now())
        row = await self.office.one("SELECT conversation_id FROM message WHERE key = :key", key=f"email:{key}")
        self.conversation = row["conversation_id"]
        return key

    async def card(self) -> str:
        job, now = str(new_id()), utc_now
        await show_conversation(self.conversation, job=job, cards=self.cards, client=self.slack, clock=now)
        row = await self.office.one(
            "SELECT ts FROM conversation_card WHERE conversation_id = :id", id=self.conversation
        )
        self.ts = row["ts"]
        return " ".join(as_text(self.office.workspace.message(self.office.support, self.ts)).split())

    async def press(self, person: Person, action: Action) -> None:
        done = await person.press(self.office.support, self.ts, action)
        assert done.outcome == "acknowledged", done

    async def where(self, key: str) -> Conversation:
        row = await self.office.one("SELECT conversation_id FROM message WHERE key = :key", key=f"email:{key}")
        async with self.office.desk.start() as uow:
            return await uow.conversations.get(row["conversation_id"])
