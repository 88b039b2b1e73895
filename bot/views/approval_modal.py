"""The forms about a request for approval: reject it with a reason, ask something first."""

from bot.intents import Field, Form
from bot.submission import approval_metadata
from bot.text import inline
from bot.views.approval_entry import evidence, facts_of, in_sections
from bot.views.parts import field, modal, mrkdwn, section, typed
from bot.wire import Json
from ticketing.approvals.approval import Approval
from ticketing.approvals.shown import ShownApproval


def reject_modal(asked: ShownApproval) -> Json:
    """With all that stands in the request, so that nobody has to close it and look again."""
    words = f"*{inline(asked.label, 200)}*, asked for by {inline(asked.requester, 120)}"
    blocks = [
        section(mrkdwn(words)),
        *(section(mrkdwn(text)) for text in in_sections(facts_of(asked))),
        *(evidence(asked.found) if asked.found is not None else []),
        field(Field.TEXT, "Why not?", typed(Field.TEXT, lines=True, focus=True, most=2000)),
    ]
    return modal(Form.REJECT, "Reject", blocks, submit="Reject", metadata=approval_metadata(asked.id))


def ask_modal(approval: Approval) -> Json:
    words = f"*{inline(approval.label, 200)}*\nThe team sees your question in the thread, and answers it there."
    blocks = [
        section(mrkdwn(words)),
        field(Field.TEXT, "Question", typed(Field.TEXT, lines=True, focus=True, most=2000)),
    ]
    return modal(Form.ASK, "Ask", blocks, submit="Ask", metadata=approval_metadata(approval.id))
