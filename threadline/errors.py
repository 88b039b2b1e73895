"""How an action says that it did not do what was asked. The class tells what happens next; the words are for people."""


class ActionError(Exception):
    """Root of what an action raises on purpose. `words`: what happened, why, what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class NotFound(ActionError):
    """There is no such thing. Asking again gives the same answer."""


class Refused(ActionError):
    """The other side understood and said no. Nothing was done."""


class Unavailable(ActionError):
    """Nothing was done, and it may work later: after `retry_after` seconds, where the other side named a time."""

    def __init__(self, words: str, *, retry_after: float | None = None) -> None:
        super().__init__(words)
        self.retry_after = retry_after


class OutcomeUnknown(ActionError):
    """It may have been done. An idempotent action is asked again with the same key; any other waits for a person."""


class DeclarationError(Exception):
    """A mistake in how an action is declared: said when its module is imported. `hint`: what to do."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(f"{message} {hint}")
        self.message = message
        self.hint = hint
