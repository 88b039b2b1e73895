"""Slack's refusals in our words, named by what we do next. Pure: an error code comes in, an error goes out."""

from collections.abc import Mapping

from slack_sdk.errors import SlackApiError

from core.errors import AccountRefused, ChannelError, ChannelUnavailable, MessageRefused, OutcomeUnknown, Throttled


class CardGone(MessageRefused):
    """The message we would change is not there any more, or is not ours: post it anew."""


class Unanswered(OutcomeUnknown):
    """Slack was silent for as long as we listened. It may not even have begun."""


class TooSlow(MessageRefused):
    """A dialog must be opened within three seconds of the click."""


class ViewChanged(MessageRefused):
    """The view is another one by now than the one that was to be changed."""


_ACCOUNT = {
    "invalid_auth": "Slack refuses the bot token: check SLACK_BOT_TOKEN (and SLACK_APP_TOKEN for Socket Mode).",
    "not_authed": "Slack was given no token: set SLACK_BOT_TOKEN.",
    "account_inactive": "The Slack app has been removed from the workspace: install it again.",
    "token_revoked": "The Slack token has been revoked: install the app again and set the new SLACK_BOT_TOKEN.",
    "token_expired": "The Slack token has expired: set a new SLACK_BOT_TOKEN.",
    "not_allowed_token_type": "This is the wrong kind of Slack token: SLACK_BOT_TOKEN begins with xoxb-, "
    "SLACK_APP_TOKEN with xapp-.",
    "missing_scope": "The Slack app lacks a permission: add the scope {needed} to it and install it again.",
    "not_in_channel": "The Slack app is not in {where}: write `/invite @Threadline` there.",
    "channel_not_found": "Slack knows nothing of {where}, or the app is not in it: check it with `threadline teams`, "
    "and invite the app there.",
    "is_archived": "Archived in Slack: {where}. Unarchive it, or give the team another one with "
    "`threadline teams add NAME --slack-channel C…`.",
    "restricted_action": "The workspace does not let apps post in {where}: a Slack admin must allow it.",
    "ekm_access_denied": "The workspace's administrators have suspended posting.",
    "org_login_required": "The workspace is being moved to an enterprise organisation: try again when that is done.",
    "team_access_not_granted": "The Slack app has not been given access to this workspace.",
}
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"})
_SLOW = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired"})
# Slack rolled these back or never began.
_LATER = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded", "team_added_to_org"})
# Slack is in trouble of its own and says nothing about what it did.
_UNSURE = frozenset({"internal_error", "fatal_error", "request_timeout", "service_unavailable"})

_DEFAULT_WAIT = 30.0


def refusal(
    status: int, body: Mapping[str, object], headers: Mapping[str, str], *, channel: str | None = None
) -> ChannelError:
    """Name a failed call. `body` is empty when Slack answered with something else than JSON.

    `channel` is where it was to happen, for the words only.
    """
    error = str(body.get("error") or "")
    if status == 429:
        return Throttled("Slack asks us to slow down.", retry_after=_seconds(headers.get("Retry-After")))
    if error in _LATER:
        return ChannelUnavailable("Slack asks us to slow down.", retry_after=_seconds(headers.get("Retry-After")))
    if error in _GONE:
        return CardGone(f"The message is gone from Slack ({error}).", vendor_code=error)
    if error == "hash_conflict":
        return ViewChanged("The view has been changed meanwhile.", vendor_code=error)
    if error in _SLOW:
        return TooSlow("Slack gave up waiting for the dialog. Press the button again.", vendor_code=error)
    if error in _ACCOUNT:
        where = f"the channel {channel}" if channel else "the channel"
        return AccountRefused(_ACCOUNT[error].format(needed=body.get("needed") or "it asks for", where=where))
    if status >= 500 or not error or error in _UNSURE:
        return OutcomeUnknown(f"Slack answered {error or status}: it may have done it or not.")
    return MessageRefused(f"Slack refuses this: {error}{_details(body)}.", vendor_code=error)


def refusal_of(error: SlackApiError, *, channel: str | None = None) -> ChannelError:
    """The same of what the SDK raised."""
    answer = error.response
    # An unreadable body comes with aiohttp's answer instead of the SDK's.
    status = int(getattr(answer, "status_code", 0) or getattr(answer, "status", 500))
    body = getattr(answer, "data", None)
    return refusal(status, body if isinstance(body, dict) else {}, answer.headers, channel=channel)


def _seconds(retry_after: str | None) -> float:
    """The header in seconds; a default where it is missing or makes no sense."""
    try:
        seconds = float(retry_after or "")
    except ValueError:
        return _DEFAULT_WAIT
    return seconds if 0 <= seconds < float("inf") else _DEFAULT_WAIT


def _details(body: Mapping[str, object]) -> str:
    """Slack's own explanation, e.g. which block is wrong; it quotes no content."""
    metadata = body.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, Mapping) else None
    return f" ({'; '.join(str(each) for each in messages)})"[:500] if isinstance(messages, list) and messages else ""
