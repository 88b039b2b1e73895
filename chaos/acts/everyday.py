"""What colleagues do, and how often of a hundred times or so."""

from collections.abc import Mapping

from chaos.acts import approval, conversation, elsewhere, room, ticket, together
from chaos.office import Act

EVERYDAY: Mapping[Act, int] = {
    conversation.claim: 22,
    conversation.note: 14,
    conversation.comment: 10,
    conversation.reply: 20,
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
    room.change_note: 12,
    room.delete_note: 5,
    room.reply_and_undo: 8,
    room.delete_card: 2,
    approval.ask: 4,
    together.tag: 6,
    together.promise: 5,
    together.link: 5,
    together.watch: 5,
    elsewhere.light_card: 6,
    elsewhere.command: 6,
    elsewhere.home: 4,
}
