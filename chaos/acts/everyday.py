"""What colleagues do, and how often of a hundred times or so."""

from collections.abc import Mapping

from chaos.acts import accountable, approval, conversation, elsewhere, one_issue, room, ticket, together
from chaos.office import Act

EVERYDAY: Mapping[Act, int] = {
    conversation.claim: 22,
    conversation.note: 14,
    conversation.comment: 10,
    conversation.reply: 20,
    conversation.reply_by_mail: 40,
    ticket.status: 26,
    approval.decide: 20,
    ticket.priority: 6,
    ticket.assign: 6,
    ticket.new_ticket: 3,
    conversation.stranger: 1,
}
# Everything that an agent can do without another screen.
WHOLE_WORKPLACE: Mapping[Act, int] = {
    **EVERYDAY,
    ticket.new_ticket: 6,
    room.change_note: 12,
    room.delete_note: 5,
    room.reply_and_undo: 8,
    room.delete_card: 5,
    approval.ask: 4,
    ticket.request: 22,
    accountable.hand_off: 12,
    accountable.owner: 4,
    accountable.watcher: 4,
    one_issue.merge: 10,
    one_issue.part: 5,
    one_issue.discard: 5,
    one_issue.block: 3,
    together.tag: 6,
    together.promise: 5,
    together.link: 6,
    together.watch: 6,
    elsewhere.light_card: 6,
    elsewhere.command: 6,
    elsewhere.home: 4,
}
