"""What the bot keeps about Slack: where tickets and conversations are shown, what is still to be, who users are."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ticketing.approvals.shown import ShownApproval
from ticketing.attachments.previews import DuePicture, ListedFile
from ticketing.conversations.light_card import LightCard
from ticketing.customers.profile import CustomerLine, Profile
from ticketing.resolution.shown import ShownRun
from ticketing.sla.shown import AtRisk, ToldPlace
from ticketing.tickets.card import EarlierWords, Owner, Place, Promised, RoomEntry, Run, Shown, Standing, TicketCard

__all__ = [
    "Cards",
    "Customers",
    "LightCards",
    "Owner",
    "Pictures",
    "Repairs",
    "Rooms",
    "Run",
    "Shown",
    "Standing",
]


class Cards(Protocol):
    """Where the cards of tickets, or of conversations, stand.

    Every method is one short transaction of its own; no lock is held while Slack is called. What a run notes when
    another one has taken over changes nothing.
    """

    async def take(self, owner_id: UUID, /, *, run: Run, now: datetime, until: datetime) -> Shown | None:
        """Become the one run that shows this ticket or conversation, up to `until` or to `release`.

        None: another job is at it, and will look again before it stops. Raises Throttled when another run of the same
        job is, or a repair, which may be dead: `retry_after` is when its time is over. A card that is not posted yet is
        marked as being posted.
        """
        ...

    async def renew(self, owner_id: UUID, /, *, run: Run, until: datetime) -> bool:
        """Hold it up to `until` from now on. False: another run has taken over, whether or not it still has it."""
        ...

    async def release(self, owner_id: UUID, /, *, run: Run) -> bool:
        """Let go. True: something changed meanwhile, or another run has taken over: take it again."""
        ...

    async def card_shown(
        self, owner_id: UUID, /, *, run: Run, channel: str, ts: str, digest: str, now: datetime
    ) -> bool:
        """Note where it stands and what it shows. False: it was deleted or taken over meanwhile: nothing is noted."""
        ...

    async def card_lost(self, owner_id: UUID, /, *, run: Run) -> None:
        """The message is gone from Slack, or provably never reached it: it counts as not posted."""
        ...

    async def pictures_refused(self, slack_files: Collection[str], /) -> bool:
        """Slack does not show posts with these. True: they may yet pass, after a while; False: they count as given up.

        Those that have been given up stand on no card and in no entry any more.
        """
        ...


class Customers(Protocol):
    """Customers as people look at them."""

    async def profile(self, customer_id: UUID, *, now: datetime, messages: int = 8) -> Profile:
        """Of who this customer is by now. Raises NotFound."""
        ...

    async def of_conversation(self, conversation_id: UUID) -> UUID:
        """Whose conversation it is. Raises NotFound."""
        ...

    async def search(self, said: str, *, most: int = 20) -> Sequence[CustomerLine]:
        """By words of the name or their beginnings, the beginning of an address, a phone number, "#12", or an id."""
        ...


class LightCards(Cards, Protocol):
    """The cards of conversations that no ticket carries."""

    async def card(self, conversation_id: UUID) -> LightCard: ...

    async def conversation_at(self, channel: str, thread_ts: str) -> UUID | None:
        """The conversation whose light card stands there."""
        ...


class Places(Protocol):
    """Where people talk about conversations."""

    async def place_of(self, conversation_id: UUID) -> Place:
        """Below the card of its newest live ticket, or below its light card. Raises NotFound."""
        ...

    async def promised(self, ticket_id: UUID) -> Promised:
        """Below the ticket's card. Raises NotFound."""
        ...

    async def sla_place(self, ticket_id: UUID, clock: str, events: Sequence[str]) -> ToldPlace:
        """Where events of a clock are told, and to whom. Raises NotFound."""
        ...


class Rooms(Cards, Protocol):
    """Tickets' cards and threads, and who Slack's users are."""

    async def at_risk(self, *, most: int) -> Sequence[AtRisk]:
        """The tickets whose clocks are at risk or breached, the soonest due first."""
        ...

    async def card(self, ticket_id: UUID) -> TicketCard: ...

    async def run(self, run_id: UUID) -> ShownRun:
        """What the AI did, does or would do, as it stands now. Raises NotFound."""
        ...

    async def approval(self, approval_id: UUID) -> ShownApproval:
        """A request as it stands now. Raises NotFound."""
        ...

    async def files(self, ticket_id: UUID, *, most: int) -> Sequence[ListedFile]:
        """The files in its room, newest first."""
        ...

    async def begin_entries(self, ticket_id: UUID, *, now: datetime) -> Sequence[RoomEntry]:
        """What is to be shown or shown anew in the thread, oldest first; marked as being posted."""
        ...

    async def entries_lost(self, entry_ids: Sequence[UUID], *, run: Run) -> None:
        """These were begun and provably did not reach Slack."""
        ...

    async def entry_shown(self, entry_id: UUID, *, run: Run, ts: str) -> None: ...

    async def earlier(self, entry_id: UUID) -> Sequence[EarlierWords]:
        """What the message of this entry said before, oldest first; nothing if its customer has not changed it."""
        ...

    async def ticket_at(self, channel: str, thread_ts: str) -> UUID | None:
        """The ticket whose card stands there."""
        ...

    async def ticket_commented(self, source: str) -> UUID | None:
        """The ticket whose comment was written at `source`."""
        ...

    async def email_of(self, slack_user: str, *, since: datetime | None = None) -> str | None:
        """What Slack last said it was, if it said so since."""
        ...

    async def remember_user(self, slack_user: str, email: str, *, zone: str | None = None, now: datetime) -> None:
        """`zone`: of their profile, by its IANA name."""
        ...


class Pictures(Protocol):
    """Previews of pictures in Slack. Every method is one short transaction of its own."""

    async def due(self, file_id: UUID) -> DuePicture | None:
        """None: there is nothing to do. It is no picture, or is ready, or has been given up."""
        ...

    async def sent(self, file_id: UUID, slack_file: str) -> None: ...

    async def ready(self, file_id: UUID, slack_file: str) -> None:
        """Slack can show it: entries and cards have it from now on."""
        ...

    async def lost(self, file_id: UUID, slack_file: str) -> None:
        """Slack does not know of it: it is to be sent again."""
        ...

    async def is_ready(self, file_id: UUID) -> bool: ...


class Repairs(Protocol):
    """What only a repair asks and tells of the cards of tickets, or of conversations; the rest goes through Cards."""

    async def live(self) -> Sequence[Standing]:
        """Every ticket or conversation that must have a card."""
        ...

    async def these(self, owner_ids: Sequence[UUID]) -> Sequence[Standing]:
        """Those of them that there are."""
        ...

    async def doubt_card(self, owner_id: UUID) -> None:
        """It does not show what we believe: the next showing changes it."""
        ...

    async def forget_card(self, channel: str, ts: str) -> None:
        """The card that stood there is gone, with all below it. Nothing happens if we know of none there by now."""
        ...

    async def adopt_card(
        self, owner_id: UUID, *, channel: str, instead_of: str | None, since: datetime, comments: Collection[str]
    ) -> None:
        """One that was posted then stands in this channel, with a thread: whoever shows it looks for it there first.

        Nothing happens if the card is another than `instead_of` by now. `comments`: the sources of those that stand in
        its thread already.
        """
        ...

    async def posted(self, owner_id: UUID) -> frozenset[str]:
        """The ts of our posts in the card's thread, as far as we know."""
        ...

    async def entries_gone(self, owner_id: UUID, gone: Collection[str]) -> None:
        """These posts are not there any more: their entries are to be posted again."""
        ...
