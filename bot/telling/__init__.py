"""Tells people things by themselves, in the app's conversation with each of them: once, and only what is still so."""

from bot.telling.tell import tell_person

__all__ = ["tell_person"]
