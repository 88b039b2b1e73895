"""Keeps Slack true: after every event on a ticket, `show_ticket` brings its card and its thread up to date, and
`show_conversation` the light card of a conversation without one.

There is exactly one card for a ticket and one post for each entry of its thread, also when a job is killed between
Slack's acceptance and our note of it: every post carries a mark, and whoever finds that an earlier attempt may have
reached Slack looks for the mark before posting.
"""

from bot.showing.conversation import show_conversation
from bot.showing.home import look_again
from bot.showing.picture import send_picture
from bot.showing.prompt import show_prompt
from bot.showing.reminder import show_reminder
from bot.showing.sla import show_sla
from bot.showing.ticket import show_ticket

__all__ = ["look_again", "send_picture", "show_conversation", "show_prompt", "show_reminder", "show_sla", "show_ticket"]
