"""What somebody wants to be told of, in direct messages and by mail, and when their digest comes."""

from datetime import tzinfo
from functools import cache
from zoneinfo import available_timezones

from bot.intents import Field, Form
from bot.text import cut, title
from bot.views.parts import OPTION, boxes, context, field, modal, mrkdwn, option, select, time_of_day
from bot.wire import Json
from ticketing.people.preferences import ByMail, Notice, Preferences

AS_IN_SLACK = "as_in_slack"  # in place of a zone: that of their profile, else the desk's
DAILY = "daily"

_NOTICES = {
    Notice.ASSIGNED: "A colleague gives a ticket to me",
    Notice.MENTIONED: "A comment names me",
    Notice.WATCHED: "There is news of a ticket that I watch",
    Notice.APPROVAL: "A request waits for my decision",
    Notice.ESCALATED: "A ticket is handed to people, and its rule names me",
    Notice.AUTONOMY: "The AI's autonomy has gone up or down by itself (for supervisors)",
}
_BY_MAIL = {
    ByMail.OUTSIDE_SLACK: "Where Slack cannot reach me",
    ByMail.ALWAYS: "Always, as well as here",
    ByMail.NEVER: "Never",
}
# Names that say where: the others are older names of the same zones.
_ELSEWHERE = ("Etc/", "SystemV/", "US/", "Canada/", "Mexico/", "Brazil/", "Chile/")


def preferences_modal(preferences: Preferences, *, elsewhere: tzinfo) -> Json:
    """`elsewhere`: the zone that they live by if they choose none."""
    notices = [option(words, notice.value) for notice, words in _NOTICES.items()]
    wanted = [each for each in notices if preferences.wants(Notice(each["value"]))]
    daily = [option("Send it to me", DAILY)]
    zones = _zones(preferences.zone, elsewhere)
    blocks = [
        field(
            Field.NOTICES, "Send me a direct message when", boxes(Field.NOTICES, notices, ticked=wanted), optional=True
        ),
        field(
            Field.BY_MAIL,
            "Tell me the same by mail",
            select(
                Field.BY_MAIL,
                [option(words, each.value) for each, words in _BY_MAIL.items()],
                chosen=preferences.by_mail,
            ),
        ),
        {"type": "divider"},
        field(
            Field.DIGEST,
            "Daily digest: what waits for you, on working days",
            boxes(Field.DIGEST, daily, ticked=daily if preferences.digest else ()),
            optional=True,
        ),
        field(Field.DIGEST_AT, "At", time_of_day(Field.DIGEST_AT, preferences.digest_at)),
        field(
            Field.TIME_ZONE, "By the clock of", select(Field.TIME_ZONE, zones, chosen=preferences.zone or AS_IN_SLACK)
        ),
        context(mrkdwn("Mentions in a thread reach you by Slack itself, whatever you choose here.")),
    ]
    return modal(Form.PREFERENCES, "Preferences", blocks, submit="Save", metadata="")


def _zones(chosen: str | None, elsewhere: tzinfo) -> list[Json]:
    """Those that people choose among; theirs is one of them, whatever it is."""
    names = sorted({*_names(), *([chosen] if chosen else [])})
    as_there = title(f"Slack, or the desk: {elsewhere}", OPTION)
    return [option(as_there, AS_IN_SLACK), *(option(cut(each.replace("_", " "), OPTION), each) for each in names)]


@cache  # it looks through a folder
def _names() -> frozenset[str]:
    return frozenset(
        each for each in available_timezones() if each == "UTC" or ("/" in each and not each.startswith(_ELSEWHERE))
    )
