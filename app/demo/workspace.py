"""Where the demo's people work and its customers write: Slack's workspace and WhatsApp's account, emulated."""

from app.travel import Travel
from bot.manifest import EVENTS, scopes
from emulators.slack import Channel, Person, Workspace
from emulators.twilio import Account

_CALLBACK_PACE = 0.3  # seconds between Twilio's reports, so that each can be seen


def workspace(url: str, travel: Travel) -> tuple[Workspace, Channel, tuple[Person, Person, Person]]:
    # Slack itself waits three seconds; whoever shows the story on a slow machine should not lose it over that.
    slack = Workspace(
        events_url=f"{url}/slack/events",
        name="Acme Shop",
        bot_name="Threadline",
        deadline=15.0,
        # A message a second in each channel: a story of a day, told in a minute, would wait for little else.
        limits=False,
        clock=lambda: travel().timestamp(),
        scopes=scopes(),
        subscriptions=EVENTS,
        unfurl_domains=("127.0.0.1",),
    )
    mia = slack.add_user("mia", "mia@example.com", real_name="Mia")
    ben = slack.add_user("ben", "ben@example.com", real_name="Ben")
    sara = slack.add_user("sara", "sara@example.com", real_name="Sara")
    slack.add_user("otto", "otto@elsewhere.example", real_name="Otto (guest)")
    return slack, slack.add_channel("support"), (mia, ben, sara)


def account(url: str, travel: Travel) -> Account:
    made = Account(webhook_url=f"{url}/hooks/whatsapp", clock=travel)
    made.callbacks.always(pace=_CALLBACK_PACE)
    return made
