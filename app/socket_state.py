"""How it stands with the socket of a desk that Slack reaches by Socket Mode, for `threadline doctor` and `/readyz`."""

from datetime import datetime, timedelta

from storage.queries.feeds import FeedState

_GONE = timedelta(minutes=3)  # without a word: the bot process has one every half minute


def socket_problem(state: FeedState | None, now: datetime) -> str | None:
    """Why nothing comes from Slack, in words for an admin; None: the socket is open. `state` None: it never was."""
    if state is None:
        return "The bot process has never run, so nothing comes from Slack."
    if now - state.looked_at > _GONE:
        return f"The bot process has been gone since {_at(state.looked_at)}, so nothing comes from Slack."
    if state.error is not None:
        return f"There is no socket to Slack since {_at(state.error_since or state.looked_at)}: {state.error}"
    return None


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
