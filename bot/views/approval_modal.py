"""The forms about a request for approval: reject it with a reason, ask something first."""

from bot.intents import Field, Form
from bot.submission import approval_metadata
from bot.text import inline
from bot.views.parts import field, modal, mrkdwn, section, typed
from bot.wire import Json
from ticketing.approvals.approval import Approval


def reject_modal(approval: Approval) -> Json:
    words = f"*{inline(approval.label, 200)}*, asked for by {inline(approval.requester, 120)}"
    blocks = [
        section(mrkdwn(words)),
        field(Field.TEXT, "Why not?", typed(Field.TEXT, lines=True, focus=True, most=2000)),
    ]
    return modal(Form.REJECT, "Reject", blocks, submit="Reject", metadata=approval_metadata(approval.id))


def ask_modal(approval: Approval) -> Json:
    words = f"*{inline(approval.label, 200)}*\nThe team sees your question in the thread, and answers it there."
    blocks = [
        section(mrkdwn(words)),
        field(Field.TEXT, "Question", typed(Field.TEXT, lines=True, focus=True, most=2000)),
    ]
    return modal(Form.ASK, "Ask", blocks, submit="Ask", metadata=approval_metadata(approval.id))
