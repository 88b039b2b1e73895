"""The form in which somebody names who decides for them while they are away."""

from datetime import date, tzinfo

from bot.intents import Action, Field, Form
from bot.text import inline
from bot.views.parts import button, day_and_time, field, modal, mrkdwn, plain, section
from bot.wire import Json
from ticketing.approvals.delegate import LONGEST, StandIn

_WHAT = (
    "While you are away, a colleague may approve and reject whatever you may, with the same buttons; never what they "
    "asked for themselves. You can still decide, too."
)


def delegate_modal(now: StandIn | None, *, last_day: date, zone: tzinfo) -> Json:
    """`now`: who it is so far. `last_day`: what is offered as the last one, whose end is by `zone`."""
    blocks = [section(mrkdwn(_WHAT))]
    if now is not None:
        words = f"Now it is *{inline(now.name, 120)}*, until {day_and_time(now.until)}. Whom you name below takes over."
        blocks.append(section(mrkdwn(words), accessory=button("End it now", Action.DISMISS_DELEGATE, "delegate")))
    who: Json = {"type": "users_select", "action_id": Field.DELEGATE.value, "placeholder": plain("Choose a colleague")}
    until: Json = {"type": "datepicker", "action_id": Field.UNTIL.value, "initial_date": last_day.isoformat()}
    blocks += [
        field(Field.DELEGATE, "Who decides for you", who),
        field(
            Field.UNTIL, "Until the end of", until, hint=f"By the desk’s clock ({zone}); at most {LONGEST.days} days."
        ),
    ]
    return modal(Form.DELEGATE, "Your delegate", blocks, submit="Save", metadata="")
