"""What somebody wrote, as the messages that it goes out as: their words, or a template that they filled in."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from core.messages import Limits
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.outbox import require_channel, sendable
from ticketing.conversations.parts import FileRefused, GivenFile, Part
from ticketing.ports import UnitOfWork
from ticketing.templates.fill import TemplateRefused, fill
from ticketing.templates.template import FromTemplate

Words = str | FromTemplate


async def compose(
    words: Words,
    conversation: Conversation,
    *,
    files: Sequence[GivenFile] = (),
    limits: Mapping[str, Limits],
    zone: tzinfo,
    uow: UnitOfWork,
    now: datetime,
) -> Sequence[Part]:
    """Raises TextRefused, FileRefused, WindowClosed (of a template: never), TemplateRefused, NotFound, AccountRefused
    (the channel is off).
    """
    if isinstance(words, str):
        return sendable(words, conversation, limits, files=files, now=now, zone=zone)
    if files:
        raise FileRefused("A template goes out without files. Send them once the customer has answered.")
    template = await uow.templates.get(words.template_id)
    if template.channel != conversation.channel:
        raise TemplateRefused(f"The template {template.name} is for another channel.")
    return [fill(template, words.variables, require_channel(conversation, limits))]
