"""Whether something is still worth telling when its time comes. Pure."""

from dataclasses import replace

from ticketing.approvals.approval import ApprovalState
from ticketing.direct_messages.direct_message import Kind
from ticketing.direct_messages.shown import Mailing, News, Told
from ticketing.people.preferences import ByMail


def why_not(told: Told) -> str | None:
    """Why it is not told any more, in a word of the record; None: it is."""
    owed, card = told.owed, told.card
    if not owed.wanted:
        return "silenced"
    if owed.kind is Kind.AUTONOMY:  # of a type, whatever has become of the ticket
        return None if told.move is not None else "nothing new"
    if card.discarded_by is not None or card.merged_into is not None:
        return "gone"
    if owed.kind is Kind.WATCHED:
        return None if told.news is not None and _is_news(told.news) else "nothing new"
    if owed.kind is Kind.APPROVAL:
        return None if told.approval is not None and told.approval.state is ApprovalState.WAITING else "decided"
    if owed.kind is Kind.ESCALATED:
        return None if card.status.category.is_live else "settled"
    if owed.kind is Kind.ASSIGNED:
        if told.assignment is None or told.assignment.assignee_id != owed.reader.id:
            return "not theirs"
        return None if card.status.category.is_live else "settled"
    if told.remark is None:
        return "withdrawn"
    return "settled" if told.settled_since else None


def is_for_mail(found: Mailing, *, slack: bool) -> bool:
    """Whether mail tells it. `slack`: the desk is in Slack; whether they are is not known before it was looked."""
    if found.by_mail is ByMail.OUTSIDE_SLACK:
        return found.missed or not slack
    return found.by_mail is ByMail.ALWAYS


def for_reader(told: Told) -> Told:
    """Nobody is told of what they did themselves."""
    if told.news is None:
        return told
    others = tuple(each for each in told.news.moves if each.by_id != told.owed.reader.id)
    return replace(told, news=replace(told.news, moves=others))


def _is_news(news: News) -> bool:
    return bool(news.messages or news.moves)
