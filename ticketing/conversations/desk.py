"""The part of the desk by which people write with customers. `ticketing/desk.py` is the whole of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.messages import Party, RemoteFile
from ticketing.conversations.block import Unblocked, block_conversations_sender, block_sender, unblock_sender
from ticketing.conversations.carry_files import give_files
from ticketing.conversations.claim import claim
from ticketing.conversations.compose import Words
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.first_message import Recipient, start_conversation
from ticketing.conversations.origin import TYPED, Origin
from ticketing.conversations.parts import GivenFile
from ticketing.conversations.ports import Writer
from ticketing.conversations.reply import Seen, reply, reply_to_conversation
from ticketing.conversations.replying import begin_reply, end_reply
from ticketing.conversations.send_comment import OwnComment, comment_to_send
from ticketing.conversations.set_state import resolve_conversation, snooze_conversation, wake_conversation
from ticketing.conversations.settle import confirm_arrival, send_again
from ticketing.conversations.withdraw import Withdrawn, withdraw
from ticketing.part import Part
from ticketing.people.actor import acting, person_acting
from ticketing.people.person import Person
from ticketing.tickets.comment import FROM_SLACK
from ticketing.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Correspondence(Part):
    """Every method is one transaction and raises leaves of Refused, with words for the person."""

    async def claim(self, conversation_id: UUID, *, by: Person, take_over: bool = False) -> list[Ticket]:
        """Make the conversation and its live tickets theirs. Raises AlreadyClaimed."""
        return await claim(conversation_id, by=by, take_over=take_over, uow=self.start(), now=self.clock())

    async def reply(
        self,
        ticket_id: UUID,
        words: Words,
        *,
        by: Person,
        request: str,
        files: Sequence[UUID] = (),
        cc: Sequence[Party] | None = None,
        then: str | None = None,
        seen: Seen | None = None,
        origin: Origin = TYPED,
    ) -> None:
        """Write to the customer, words or a template filled in. `request` names the pressing of Send; `then`
        is the status to go to; `files` are of `give_files`; `cc`: who has a copy, by mail (None: whoever reads along);
        `origin` says where the words came from.

        `seen` is what they were looking at while they wrote. Raises RepliedMeanwhile.
        """
        await reply(
            ticket_id,
            words,
            by=by,
            request=request,
            files=files,
            cc=cc,
            then=then,
            seen=seen,
            origin=origin,
            undo=self.undo,
            limits=self.limits,
            zone=self.zone,
            uow=self.start(),
            now=self.clock(),
        )

    async def reply_to_conversation(
        self,
        conversation_id: UUID,
        words: Words,
        *,
        by: Person,
        request: str,
        files: Sequence[UUID] = (),
        cc: Sequence[Party] | None = None,
        seen: Seen | None = None,
    ) -> None:
        """Write to the customer about no ticket. `request`, `files`, `cc` and `seen` as in `reply`."""
        await reply_to_conversation(
            conversation_id,
            words,
            by=by,
            request=request,
            files=files,
            cc=cc,
            seen=seen,
            undo=self.undo,
            limits=self.limits,
            zone=self.zone,
            uow=self.start(),
            now=self.clock(),
        )

    async def comment_to_send(self, source: str, *, by: Person) -> OwnComment:
        """Their own comment that was written there, for a reply. Raises CommentNotSendable."""
        return await comment_to_send(source, by=by, uow=self.start())

    async def give_files(
        self,
        remotes: Sequence[RemoteFile],
        conversation_id: UUID,
        *,
        beside: Sequence[UUID] = (),
        by: Person,
        request: str,
    ) -> list[GivenFile]:
        """Files in Slack for a reply in this conversation, after those `beside` them that were given before.

        `request` names the act: the same one twice gives the same files. Raises FileRefused: nothing was given.
        """
        return await give_files(
            remotes,
            conversation_id,
            beside=beside,
            channel=FROM_SLACK,
            by=by,
            request=request,
            limits=self.limits,
            start=self.start,
            clock=self.clock,
        )

    async def begin_reply(self, conversation_id: UUID, *, by: Person, at: datetime) -> Sequence[Writer]:
        """They have a form for a reply open since `at`; which colleagues have one too. Blocks nobody."""
        return await begin_reply(conversation_id, by=by, uow=self.start(), now=at)

    async def end_reply(self, conversation_id: UUID, *, by: Person, until: datetime) -> None:
        """They closed the form that they opened at `until` or before."""
        await end_reply(conversation_id, by=by, until=until, uow=self.start())

    async def withdraw(self, message_id: UUID, *, by: Person) -> Withdrawn:
        """Undo a reply that has not left yet, and have its text back. Raises TooLate."""
        return await withdraw(message_id, by=by, uow=self.start(), now=self.clock())

    async def confirm_arrival(self, message_id: UUID, *, by: Person) -> None:
        """They know that a reply of unknown fate arrived. Raises SettledMeanwhile."""
        await confirm_arrival(message_id, by=by, limits=self.limits, uow=self.start(), now=self.clock())

    async def send_again(self, message_id: UUID, *, by: Person) -> None:
        """The words of a reply that failed, or may have, once more. Raises SettledMeanwhile."""
        await send_again(
            message_id,
            by=by,
            undo=self.undo,
            limits=self.limits,
            zone=self.zone,
            uow=self.start(),
            now=self.clock(),
        )

    async def block_conversations_sender(self, conversation_id: UUID, *, by: Person) -> bool:
        """Keep apart what they send from now on. False: they were blocked already."""
        actor = person_acting(by)
        return await block_conversations_sender(conversation_id, by=actor, uow=self.start(), now=self.clock())

    async def block_sender(self, channel: str, address: str, *, by: Person | None = None) -> bool:
        """The same by address; `by` None: at the command line. Raises NotFound."""
        actor = acting(by)
        return await block_sender(channel, address, by=actor, uow=self.start(), now=self.clock())

    async def unblock_sender(self, channel: str, address: str, *, file: bool, by: Person | None = None) -> Unblocked:
        """`file`: what was kept apart meanwhile is filed after all. Raises NotFound, PermissionRefused."""
        actor = acting(by)
        return await unblock_sender(channel, address, by=actor, file=file, uow=self.start(), now=self.clock())

    async def snooze(self, conversation_id: UUID, until: datetime, *, by: Person) -> Conversation:
        """Raises SnoozeRefused."""
        return await snooze_conversation(conversation_id, until, by=by, uow=self.start(), now=self.clock())

    async def wake(self, conversation_id: UUID, *, by: Person) -> Conversation:
        return await wake_conversation(conversation_id, by=by, uow=self.start(), now=self.clock())

    async def resolve(self, conversation_id: UUID, *, by: Person) -> Conversation:
        """Raises CarriedByTicket."""
        return await resolve_conversation(conversation_id, by=by, uow=self.start(), now=self.clock())

    async def start_conversation(self, to: Recipient, words: Words, *, request: str, by: Person | None = None) -> UUID:
        """A first message to a customer; the conversation's id. `by` None: at the command line.

        Raises TemplateRefused, WindowClosed, NotFound (which of our addresses?).
        """
        return await start_conversation(
            to,
            words,
            by=by,
            request=request,
            undo=self.undo if by else timedelta(),
            limits=self.limits,
            zone=self.zone,
            uow=self.start(),
            now=self.clock(),
        )
