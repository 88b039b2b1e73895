"""Tells one person one thing by mail: whoever is not in Slack, or wants both. Two transactions around the handover, as
in `conversations/deliver.py`: a mail that may have left is never sent again.

What Slack did decides for whom mail stands in, so this looks twice: when something is to be told, and when it turns out
that they are not in Slack.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from core.errors import AccountRefused, ChannelError, ChannelUnavailable, NotFound, OutcomeUnknown, Refused
from core.instants import Clock
from core.messages import Outbound, OutboundLetter
from ticketing.approvals.decide import require_may_decide
from ticketing.attachments.links import GetLinks
from ticketing.conversations.ports import ChannelSender
from ticketing.direct_messages.direct_message import Kind
from ticketing.direct_messages.mail_words import Ending, mail_words
from ticketing.direct_messages.ports import ReadDirectMessages
from ticketing.direct_messages.shown import Mailing, MailState, Told
from ticketing.direct_messages.worth import for_reader, is_for_mail, why_not
from ticketing.ports import StartWork
from ticketing.tickets.links import ticket_link

LATE = timedelta(hours=24)  # news of yesterday; the ticket says how it stands
_PATIENCE = LATE + timedelta(hours=2)  # so that what cannot be sent ends here, and not as a job that failed


@dataclass(frozen=True, slots=True)
class Post:
    """Where mails to the desk's own people leave. `slack`: the desk is in Slack at all."""

    sender: ChannelSender
    channel: str
    account: str  # our address that they come from
    proves_writers: bool  # so that an answer to one is known to be theirs
    links: GetLinks
    slack: bool


async def mail_person(
    message_id: UUID, *, job: str, post: Post, messages: ReadDirectMessages, start: StartWork, clock: Clock
) -> None:
    """Safe to repeat, and by several jobs at once. `job` names this run and every repetition of it.

    Raises ChannelUnavailable (nothing was sent, try again) and AccountRefused (nothing was sent, an admin must act).
    """
    found = await messages.mailing(message_id)
    if found is None or found.owed.kind is Kind.DIGEST:
        return
    if found.mail is not None:
        await _settle(found, job, start, clock)
        return
    if not is_for_mail(found, slack=post.slack):
        return
    told = for_reader(await messages.told(found.owed))
    why = why_not(told) or ("late" if clock() - found.owed.since > LATE else None)
    why = why or await _may_not_decide(told, start, clock) or await _suppressed(found, post, start)
    if why is not None:
        async with start() as uow:
            await uow.direct_messages.end_mail(message_id, MailState.DROPPED, why=why, job=None)
        return
    outbound = await _outbound(told, found, post)
    async with start() as uow:
        if not await uow.direct_messages.begin_mail(message_id, job=job):
            return  # another job has it
    await _hand_over(outbound, job, instead=_instead(found, post), post=post, start=start, clock=clock)


def _instead(found: Mailing, post: Post) -> bool:
    """Nothing is told in Slack beside it."""
    return found.missed or not post.slack


async def _settle(found: Mailing, job: str, start: StartWork, clock: Clock) -> None:
    """A mail was begun before: by this very job, which died on it, or by another one."""
    async with start() as uow:
        if found.mail is MailState.SENDING and found.mail_job == job:
            await uow.direct_messages.end_mail(found.owed.id, MailState.UNKNOWN, why=None, job=job)
        elif found.mail is MailState.SENT and found.missed:  # it was sent before Slack knew that they are not there
            await uow.direct_messages.told_by_mail(found.owed.id, now=clock())


async def _hand_over(
    outbound: Outbound, job: str, *, instead: bool, post: Post, start: StartWork, clock: Clock
) -> None:
    why = None
    try:
        await post.sender.send(outbound)
        state = MailState.SENT
    except (ChannelUnavailable, AccountRefused) as error:
        async with start() as uow:
            await uow.direct_messages.put_mail_back(outbound.message_id, job=job)
        if isinstance(error, ChannelUnavailable):
            error.patience = _PATIENCE
        raise
    except OutcomeUnknown:
        state = MailState.UNKNOWN
    except ChannelError as error:
        state, why = MailState.FAILED, error.message
    async with start() as uow:
        await uow.direct_messages.end_mail(outbound.message_id, state, why=why, job=job)
        if state is MailState.SENT and instead:
            await uow.direct_messages.told_by_mail(outbound.message_id, now=clock())


async def _outbound(told: Told, found: Mailing, post: Post) -> Outbound:
    """Its Message-ID is made of the message's own id; all that one ticket sends refers to the ticket's."""
    owed, card = told.owed, told.card
    # Only into conversations by mail an answer by mail finds home, and only on a live ticket it is a comment.
    answerable = post.proves_writers and card.channel == post.channel and card.status.category.is_live
    link = ticket_link(await post.links(), card.number)
    ending = Ending(owed.reader.email, answerable, found.missed or not post.slack, post.slack)
    words = mail_words(told, link=link, ending=ending)
    letter = OutboundLetter(
        card.conversation_id if answerable else None, words.subject, ours=(card.ticket_id,), automatic=True
    )
    return Outbound(owed.id, post.account, owed.reader.email, words.text, letter=letter)


async def _may_not_decide(told: Told, start: StartWork, clock: Clock) -> str | None:
    """Whom a request waits for may have changed since."""
    if told.owed.kind is not Kind.APPROVAL or told.owed.about_id is None:
        return None
    try:
        await require_may_decide(told.owed.about_id, by=told.owed.reader, uow=start(), now=clock())
    except NotFound:
        raise
    except Refused:
        return "not theirs"
    return None


async def _suppressed(found: Mailing, post: Post, start: StartWork) -> str | None:
    async with start() as uow:
        stopped = await uow.suppressions.of(post.channel, [found.owed.reader.email])
    return "takes no mail" if stopped else None
