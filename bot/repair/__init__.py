"""`threadline doctor --repair`: what stands in Slack, compared with what the database would draw, and put right.

`plan.py` says what is to be done, `survey.py` looks, `carry_out.py` does it; to all three a ticket's card and a
conversation's light card are the same, and `decks.py` knows how they differ. Nothing here is needed while all goes
well: `bot/showing` keeps Slack true by itself. This is for what no event tells: cards that vanished while
nobody listened, doubles, channels that were exchanged.
"""

from bot.repair.carry_out import Done, carry_out
from bot.repair.decks import decks
from bot.repair.plan import Kind, Step
from bot.repair.survey import Survey, survey

__all__ = ["Done", "Kind", "Step", "Survey", "carry_out", "decks", "survey"]
