"""Take the answer that a customer gives on the page of a link. It does what a press of the button would have done."""

from datetime import datetime

from ticketing.answers.question import Told
from ticketing.conversations.press import Press, asked_in, keep_press, words_after
from ticketing.ports import UnitOfWork
from ticketing.surveys.survey import BEST, data_of, pressed_score, stars
from ticketing.surveys.wording import after_press
from ticketing.tickets.comment import TextRefused

COMMENT_LENGTH = 2000
COMMENTS = 5  # of one survey: who has more to say writes to us


class CommentsFull(TextRefused):
    """This survey has as many comments as we take from a link that anybody could pass on."""


async def give_answer(data: str, *, score: int | None, comment: str, uow: UnitOfWork, now: datetime) -> Told:
    """Of a link that was checked. `score`: chosen on the page, if another one than the link's. Safe to repeat: the same
    answer again changes nothing. Raises TextRefused: the comment is too long, or CommentsFull.
    """
    said = pressed_score(data)
    comment = comment.replace("\x00", "").strip() if said is not None else ""
    if len(comment) > COMMENT_LENGTH:
        raise TextRefused(f"The comment has {len(comment):,} characters; {COMMENT_LENGTH:,} fit. Shorten it, please.")
    async with uow:
        asked = await asked_in(data, uow=uow)
        if asked is None:
            return Told(None, after_press(None, counted=False), counted=False)
        conversation = await uow.conversations.lock(asked.conversation_id)
        language = await uow.surveys.language_of(conversation.id)
        if await uow.senders.is_blocked(conversation.channel, conversation.address):  # as if they had pressed nothing
            return Told(language, after_press(language, counted=False), counted=False)
        if said is not None and score is not None and 1 <= score <= BEST:
            data = data_of(said[0], score)
        key = f"{conversation.channel}:press:{data}"
        if comment:
            key = await _place(conversation.channel, data, comment, uow=uow)
        press = Press(data, key, now, comment or None)
        await keep_press(press, conversation, uow=uow, now=now)
        return Told(language, *await words_after(data, conversation, language, uow))


async def _place(channel: str, data: str, comment: str, *, uow: UnitOfWork) -> str:
    """The key of the comment's message. The same words with the same score are the same message, however often the form
    is sent. The conversation is locked, so nobody else takes the place.
    """
    said = pressed_score(data)
    assert said is not None, "only a score has a comment"
    survey, score = said
    for place in range(COMMENTS):
        key = f"{channel}:press:comment:{survey}:{place}"
        known = await uow.messages.by_key(key)
        if known is None or (known.text, known.note) == (comment, stars(score.value)):
            return key
    raise CommentsFull(f"You have written {COMMENTS} comments here. Write to us instead, please.")
