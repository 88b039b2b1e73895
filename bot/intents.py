"""The stable names of what people can do in Slack: what buttons and modals are called on the wire.

Cards live for years, so a name that once was on a card keeps its meaning. A modal whose fields change gets a new
version in its name, unless it only asks for more.
"""

from enum import StrEnum

COMMAND = "/ticket"


class Action(StrEnum):
    """`action_id` of what stands on cards."""

    CLAIM = "ticket.claim"
    TAKE_OVER = "ticket.take_over"
    REPLY = "ticket.reply"
    COMMENT = "ticket.comment"
    STATUS = "ticket.status"
    MORE = "ticket.more"
    WORK = "ticket.work"  # opens all that can be done with the ticket
    TYPE = "ticket.type"
    FILES = "ticket.files"
    FIELDS = "ticket.fields"
    PUT_BACK = "ticket.put_back"
    UNDO = "reply.undo"
    SUGGEST = "reply.suggest"  # these two in the form for a reply
    GO_ON = "reply.go_on"  # without waiting for what the AI suggests
    MESSAGE = "message.more"  # on a customer's message in a thread
    CHOOSE_ACTION = "action.choose"  # these two in the form that runs one
    RUN_ACTION = "action.run"
    ARRIVED = "reply.arrived"
    SEND_AGAIN = "reply.send_again"
    ANSWER = "conversation.reply"
    CREATE_TICKET = "conversation.create_ticket"
    RESOLVE = "conversation.resolve"
    WAKE = "conversation.wake"
    SAME = "conversation.same"  # it goes on with the one that it may belong to
    ANOTHER = "conversation.another"  # it does not
    CONVERSATION_MORE = "conversation.more"
    CUSTOMER = "ticket.customer"
    EDIT_CUSTOMER = "customer.edit"  # these in the profile
    MERGE_CUSTOMER = "customer.merge"
    PART_CUSTOMERS = "customer.undo_merge"
    APPROVE = "approval.approve"  # these on a request in a thread
    REJECT = "approval.reject"
    ASK = "approval.ask"
    RUN_TAKE_OVER = "run.take_over"  # these on what the AI does with a ticket
    RUN_DO = "run.do"
    RUN_NOT = "run.not"
    RUN_STORY = "run.story"
    RUN_BACK = "run.back"  # these in its modal
    RUN_ON = "run.next"
    AUTONOMY_BACK = "autonomy.put_back"
    NO_DIGEST = "digest.stop"
    SHOW = "tickets.show"  # these on private answers
    PAGE = "tickets.page"
    REFRESH_HOME = "home.refresh"  # these on the home tab
    MORE_AT_HOME = "home.more"
    TURN_BACK = "home.back"  # of what it shows then
    TURN_ON = "home.next"
    CREATE_AT_HOME = "home.create"
    FIND_AT_HOME = "home.find"
    PREFERENCES = "home.preferences"
    DELEGATE = "approvals.delegate"  # one's own decisions, on the home tab
    DISMISS_DELEGATE = "approvals.dismiss_delegate"  # in its modal


class Heading(StrEnum):
    """What stands on the home tab; travels in the value of the button that shows the rest of it."""

    MINE = "mine"
    AT_RISK = "at_risk"
    PENDING = "pending"
    HANDED_OVER = "handed_over"
    UNASSIGNED = "unassigned"
    UNTICKETED = "unticketed"


class Shortcut(StrEnum):
    """`callback_id` of shortcuts, as the app's manifest names them."""

    SEND_COMMENT = "comment.send"  # in the menu of a message: one's own comment goes to the customer
    CREATE_TICKET = "ticket.create"
    FIND_TICKET = "ticket.find"
    TICKET_FROM_MESSAGE = "message.ticket"  # in the menu of any message


class Work(StrEnum):
    """`action_id` of what stands on the screen behind a card's More, and in the forms that open from it."""

    STATUS = "work.status"  # these push a form
    ASSIGN = "work.assign"
    HAND_OFF = "work.hand_off"
    OWNER = "work.owner"
    DUE = "work.due"
    TAGS = "work.tags"
    WATCHERS = "work.watchers"
    LINKS = "work.links"
    MERGE = "work.merge"
    NEW_TICKET = "work.new_ticket"
    ACTION = "work.action"
    BLOCK = "work.block"
    PRIORITY = "work.priority"  # these act at once
    WATCH = "work.watch"
    UNWATCH = "work.unwatch"
    PART = "work.part"
    NOT_A_TICKET = "work.not_a_ticket"
    PUT_BACK = "work.put_back"
    HAND_BACK = "work.hand_back"
    UNLINK = "work.unlink"  # these two in the form of links, of watchers
    TAKE_OFF = "work.take_off"


class Choice(StrEnum):
    """What the menus of cards offer; travels in the chosen option's value."""

    ASSIGN = "assign"
    PRIORITY = "priority"
    NEW_TICKET = "new_ticket"
    COMMENT = "comment"
    NOT_A_TICKET = "not_a_ticket"
    BLOCK = "block"
    FILES = "files"
    CUSTOMER = "customer"
    WORK = "work"
    STORY = "story"  # of what the AI did
    SNOOZE_HOUR = "snooze_hour"
    SNOOZE_TOMORROW = "snooze_tomorrow"
    SNOOZE_MONDAY = "snooze_monday"


class MessageChoice(StrEnum):
    """What the menu on a customer's message offers besides tickets, which go by their ids."""

    NEW_TICKET = "new"
    NO_TICKET = "none"
    ANOTHER = "another"
    EARLIER = "earlier"  # what it said before


class Form(StrEnum):
    """`callback_id` of modals."""

    REPLY = "ticket.reply.v1"
    COMMENT = "ticket.comment.v1"
    STATUS = "ticket.status.v1"
    ASSIGN = "ticket.assign.v1"
    PRIORITY = "ticket.priority.v1"
    NEW_TICKET = "ticket.create.v1"
    MOVE = "message.move.v1"
    ANSWER = "conversation.reply.v1"
    BLOCK = "conversation.block.v1"
    CONVERSATION_TICKET = "conversation.ticket.v1"
    TEMPLATE = "reply.template.v1"
    FIELDS = "ticket.fields.v1"
    EDIT_CUSTOMER = "customer.edit.v1"
    FIND_CUSTOMER = "customer.find.v1"
    MERGE_CUSTOMERS = "customer.merge.v1"
    REJECT = "approval.reject.v1"
    ASK = "approval.ask.v1"
    CREATE = "ticket.open.v1"
    FIND = "ticket.find.v1"
    PREFERENCES = "person.preferences.v1"
    DELEGATE = "approvals.delegate.v1"
    OVERVIEW = "ticket.overview.v1"
    HAND_OFF = "ticket.hand_off.v1"
    OWNER = "ticket.owner.v1"
    DUE = "ticket.due.v1"
    TAGS = "ticket.tags.v1"
    WATCHERS = "ticket.watchers.v1"
    LINKS = "ticket.links.v1"
    FIND_DUPLICATE = "ticket.find_duplicate.v1"
    MERGE_TICKETS = "ticket.merge.v1"
    RUN_ACTION = "ticket.run_action.v1"


class Field(StrEnum):
    """`block_id` and `action_id` of a modal's inputs."""

    TEXT = "text"
    THEN = "then"
    STATUS = "status"
    NOTE = "note"
    WHY = "why"
    ASSIGNEE = "assignee"
    PRIORITY = "priority"
    SUBJECT = "subject"
    TYPE = "type"
    CATEGORY = "category"
    TICKET = "ticket"
    TEMPLATE = "template"
    NAME = "name"
    TIER = "tier"
    LANGUAGE = "language"
    TIME_ZONE = "time_zone"
    ATTRIBUTES = "attributes"
    CUSTOMER = "customer"
    STAYS = "stays"
    CONVERSATION = "conversation"
    DESCRIPTION = "description"
    FIND = "find"
    DELEGATE = "delegate"
    UNTIL = "until"
    FILES = "files"
    AIDS = "aids"  # what helps to write a reply
    SAVED_REPLY = "saved_reply"
    NOTICES = "notices"
    DIGEST = "digest"
    DIGEST_AT = "digest_at"
    BY_MAIL = "by_mail"
    TEAM = "team"
    COLLEAGUE = "colleague"  # of the team that is chosen
    OWNER = "owner"
    DUE = "due"
    TAKE_BACK = "take_back"
    TAGS = "tags"
    WATCHER = "watcher"
    KIND = "kind"  # of a link
    LINKED = "linked"
    DUPLICATE = "duplicate"
    CC = "cc"  # who has a copy of a mail
    KEPT = "kept"  # files that a reply had, when it is written anew


KEEP = "keep"  # the reply modal's "leave the status as it is"
CONVERSATION_EVENT = "threadline_conversation"  # `event_type` of the metadata on every light card
CARD_EVENT = "threadline_card"  # `event_type` of the metadata on every card
ENTRY_EVENT = "threadline_entry"  # … and on every post in its thread
