"""The part of the desk that customers reach by links in our messages. `ticketing/desk.py` is the whole of it."""

from dataclasses import dataclass

from ticketing.answers.give import give_answer
from ticketing.answers.question import Question, Told, question
from ticketing.part import Part


@dataclass(frozen=True, slots=True)
class Answering(Part):
    """Each method is one transaction. The link is the permission: its signature was checked by whoever calls."""

    async def question(self, data: str) -> Question:
        """What this link asks. Changes nothing."""
        return await question(data, uow=self.start())

    async def give_answer(self, data: str, *, score: int | None = None, comment: str = "") -> Told:
        """Safe to repeat. Raises TextRefused."""
        return await give_answer(data, score=score, comment=comment, uow=self.start(), now=self.clock())
