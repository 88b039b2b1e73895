"""Tells people things by themselves, in the app's conversation with each of them: once, and only what is still so."""

from bot.telling.settle import settle_requests
from bot.telling.tell import tell_person

__all__ = ["settle_requests", "tell_person"]
