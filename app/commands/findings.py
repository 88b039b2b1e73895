"""What the doctor makes of what the database says: what is wrong, in words, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ai.actions.registry import load_actions
from core.errors import Refused
from core.instants import utc_now
from storage.queries.checkpoints import State
from storage.queries.hanging import Hanging
from storage.queries.trouble import Trouble
from ticketing.activity.checkpoint import LATE, Signer, digest, is_signed
from ticketing.playbook.playbook import Playbook
from ticketing.triage.model_call import Outcome

_SLOW = timedelta(minutes=1)  # what Slack's limits put off is mostly shown by then
IN_A_ROW = 3  # so many failed calls are no accident


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that needs a person. `todo` is what to do."""

    what: str
    todo: str


def of_actions(playbook: Playbook, modules: Sequence[str]) -> list[Finding]:
    """What the playbook in force names and is not installed (any more). A desk without actions of its own needs none:
    there the AI answers nothing by itself, which is no fault.
    """
    try:
        installed = load_actions(modules)
    except Refused as refusal:
        return [Finding(refusal.message, "Mend it, then start Threadline again: until then no action is called.")]
    missing = sorted(playbook.needed_actions - installed.keys()) if installed else []
    if not missing:
        return []
    what = f"The playbook in force names actions that are not installed: {', '.join(missing)}. Their recipes rest."
    return [Finding(what, "Name their module in THREADLINE_ACTIONS, or take them out: threadline playbook apply FILE.")]


def of_trouble(found: Trouble) -> list[Finding]:
    findings = []
    if found.teams_without_channel:
        names = ", ".join(found.teams_without_channel)
        todo = "threadline teams add NAME --slack-channel C…"
        findings.append(Finding(f"Teams without a Slack channel: {names}.", todo))
    if not found.has_default_team:
        todo = "threadline teams add Support --slack-channel C…"
        findings.append(Finding("There is no team, so tickets have no Slack channel.", todo))
    if not found.ai_is_on:
        findings.append(Finding("The AI is switched off, so people get every message.", "threadline ai on"))
    findings += _templates(found)
    if not found.has_people:
        findings.append(Finding("Nobody works here yet.", "threadline people add mia@example.com --role admin"))
    if found.not_in_slack:
        what = f"Nobody in Slack has these addresses, so they were not told: {', '.join(found.not_in_slack)}."
        findings.append(Finding(what, "Give people the e-mail of their Slack profile, or invite them to Slack."))
    if found.left_behind:
        what = f"Tickets of somebody who has left: {', '.join(found.left_behind)}."
        findings.append(Finding(what, "Take them over or assign them, on their cards in Slack."))
    if found.unreadable:
        events = counted(found.unreadable, "event from a provider", "events from providers")
        what = f"{events} could not be read, or came about messages that are not ours."
        findings.append(Finding(what, "They are kept in the table `inbox`, with the reason in `note`."))
    if found.files_gone:
        words = counted(found.files_gone, "file could not be fetched", "files could not be fetched")
        findings.append(Finding(f"{words} in the last day.", "Their tickets say why; ask the customers to send again."))
    if found.unknown_replies:
        findings.append(
            Finding(
                f"{counted(found.unknown_replies, 'reply', 'replies')} may or may not have arrived.",
                "Look at their tickets in Slack.",
            )
        )
    return findings


def _templates(found: Trouble) -> list[Finding]:
    findings = []
    if found.bad_templates:
        todo = "Mend them at the provider, then: threadline templates sync"
        findings.append(Finding(f"Templates that cannot be sent: {', '.join(found.bad_templates)}.", todo))
    if found.without_fallback:
        what = (
            f"No template carries replies whose 24 hours ended before they left ({', '.join(found.without_fallback)})."
        )
        findings.append(Finding(what, "threadline templates fallback NAME"))
    return findings


def of_record(found: State, key: str | None) -> list[Finding]:
    """Whether the record of changes is signed as it should be."""
    newest, now = found.newest, utc_now()
    if newest is None:
        if found.oldest is None or now - found.oldest < LATE:
            return []
        return [Finding("No checkpoint of the record of changes was ever made.", "Run the clock: threadline clock")]
    findings = []
    at = newest.at.strftime("%Y-%m-%d %H:%M UTC")
    if found.is_pending and now - newest.at > LATE:
        hours = int((now - newest.at) / timedelta(hours=1))
        what = f"The newest checkpoint of the record of changes is {hours} hours old ({at})."
        findings.append(Finding(what, "Run the clock; then: threadline audit verify"))
    secret = key.encode() if key else found.secret
    if newest.digest != digest(newest) or not is_signed(newest):
        what = f"The newest checkpoint of the record of changes ({at}) has a false signature."
        findings.append(Finding(what, "Somebody changed it in the database: threadline audit verify"))
    elif secret is not None and newest.key != Signer(secret).public:
        what = f"The newest checkpoint of the record of changes ({at}) is signed with another key than ours."
        todo = "If SECRET_KEY was changed, the next one is right again; else: threadline audit verify"
        findings.append(Finding(what, todo))
    if found.left_out:
        what = f"{counted(found.left_out, 'stream does', 'streams do')} not hold in the record of changes."
        findings.append(Finding(what, "threadline audit verify"))
    return findings


def of_backlog(behind: timedelta) -> list[Finding]:
    """Cards in Slack that are this far behind the desk."""
    if behind < _SLOW:
        return []
    hours = behind // timedelta(hours=1)
    told = f"{hours} h" if hours >= 2 else f"{behind // timedelta(minutes=1)} min"
    todo = "They catch up by themselves, urgent tickets first. If it grows: is Slack up, and threadline worker running?"
    return [Finding(f"Cards in Slack are {told} behind.", todo)]


def of_ai(outcomes: Sequence[str]) -> list[Finding]:
    """Of the newest calls of a model, the newest first."""
    if outcomes and outcomes[0] == Outcome.ACCOUNT_REFUSED:
        names = "ANTHROPIC_API_KEY, ANTHROPIC_MODEL and ANTHROPIC_RESOLUTION_MODEL"
        todo = f"Check {names}, and your balance with Anthropic."
        return [Finding("Anthropic refuses our account.", todo)]
    if len(outcomes) == IN_A_ROW and Outcome.OK not in outcomes:
        kinds = ", ".join(sorted({outcome.replace("_", " ") for outcome in outcomes}))
        todo = "People get what it cannot read. If it lasts: threadline ai off, or THREADLINE_BRAIN=offline."
        return [Finding(f"The last {IN_A_ROW} calls of the AI failed ({kinds}).", todo)]
    return []


def of_runs(found: Hanging) -> list[Finding]:
    """Tickets that the AI does not get on with, though it should; and what nobody knows of what it did."""
    findings = []
    if found.still:
        what = f"The AI should be working on {', '.join(found.still)}, and has done nothing for ten minutes."
        todo = "Is threadline worker running? Then: threadline doctor --retry, or take them over in Slack."
        findings.append(Finding(what, todo))
    if found.settled:
        what = f"The AI waits for an approval that is decided about: {', '.join(found.settled)}."
        findings.append(Finding(what, "Is threadline worker running? Then: threadline doctor --retry."))
    if found.away:
        what = f"What an action asks has been away for an hour: {', '.join(found.away)} wait for it."
        findings.append(Finding(what, "Find out with: threadline actions call. People get them if it lasts."))
    if found.unknown:
        what = f"Nobody knows whether this was done: {', '.join(found.unknown)}."
        findings.append(
            Finding(what, "Look there, then settle the ticket: threadline runs show NUMBER says what is known.")
        )
    return findings


def counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
