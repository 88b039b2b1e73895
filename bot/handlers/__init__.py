"""One file for each thing a person can do in Slack; each has `register`, and each listener takes four steps:

decode what came, call the desk, answer, acknowledge. The acknowledgement comes last: what it follows is one short
transaction, and if we die before it, Slack shows the clicker that it failed. All of it is safe to repeat.

To add a button: a name in `bot/intents.py`, a button in `bot/views/ticket_card.py`, a file here, a line in `LISTENERS`.
For a shortcut, event or command, and for a method of Slack's that nobody called before: an entry in `bot/manifest.py`.
"""

from collections.abc import Callable

from slack_bolt.async_app import AsyncApp

from bot.door import Door
from bot.handlers import (
    answer,
    approve,
    ask,
    assign,
    block_sender,
    change_type,
    claim,
    comment,
    conversation_ticket,
    create_ticket,
    customer,
    delegate,
    deleted_card,
    discard,
    due,
    edited_comment,
    fallback,
    fields,
    files,
    find_ticket,
    hand_off,
    home,
    links,
    match,
    menus,
    merge_customers,
    merge_tickets,
    message_ticket,
    more,
    move_message,
    new_ticket,
    no_digest,
    overview,
    owner,
    preferences,
    priority,
    reject,
    remedy,
    reply,
    resolve,
    saved_reply,
    send_comment,
    snooze,
    status,
    suggest,
    tags,
    template,
    thread_message,
    ticket_command,
    ticket_lists,
    undo,
    unfurl,
    watchers,
)

# In this order: the first listener that matches gets it, and `fallback` matches everything.
LISTENERS: tuple[Callable[[AsyncApp, Door], None], ...] = (
    claim.register,
    suggest.register,  # before what submits the same form
    reply.register,
    saved_reply.register,
    send_comment.register,
    template.register,
    undo.register,
    remedy.register,
    comment.register,
    fields.register,  # before others with such inputs
    status.register,
    approve.register,
    reject.register,
    ask.register,
    delegate.register,
    more.register,
    files.register,
    change_type.register,
    discard.register,
    move_message.register,
    assign.register,
    priority.register,
    new_ticket.register,
    due.register,
    hand_off.register,
    links.register,
    menus.register,
    merge_tickets.register,
    overview.register,
    owner.register,
    tags.register,
    watchers.register,
    deleted_card.register,
    answer.register,
    conversation_ticket.register,
    resolve.register,
    match.register,
    snooze.register,
    block_sender.register,
    customer.register,
    merge_customers.register,
    edited_comment.register,  # before what is written anew
    home.register,
    preferences.register,
    thread_message.register,
    no_digest.register,
    ticket_command.register,
    ticket_lists.register,
    create_ticket.register,
    find_ticket.register,
    message_ticket.register,
    unfurl.register,
    fallback.register,
)

__all__ = ["LISTENERS"]
