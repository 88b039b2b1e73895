"""Preferences, on the home tab: what somebody wants to be told of in direct messages, and when their digest comes."""

from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.intents import Action, Field, Form
from bot.press import Press
from bot.refs import StaleButton
from bot.submission import Submission
from bot.views.preferences_modal import AS_IN_SLACK, DAILY, preferences_modal
from core.errors import DeskError
from ticketing.people.preferences import ByMail, Notice, Preferences, ZoneUnknown


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.PREFERENCES)
    async def show(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            preferences = await door.desk.preferences(by=await door.person(press))
            elsewhere = replace(preferences, zone=None).where(door.desk.zone)
            await door.slack.open_view(press.trigger_id, preferences_modal(preferences, elsewhere=elsewhere))
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.view(Form.PREFERENCES)
    async def save(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            person = await door.person(form)
            await door.desk.prefer(_wanted(form), by=person)
        except ZoneUnknown as refusal:
            return await refuse(ack, refusal, field=Field.TIME_ZONE)
        except DeskError as refusal:
            return await refuse(ack, refusal)
        await ack()
        return None


def _wanted(form: Submission) -> Preferences:
    """Raises StaleButton."""
    zone, at = form.chosen(Field.TIME_ZONE), form.time_of_day(Field.DIGEST_AT)
    by_mail = form.chosen_or(Field.BY_MAIL, ByMail.OUTSIDE_SLACK)  # a form may be older than the question
    if at is None or by_mail not in set(ByMail):
        raise StaleButton
    ticked = form.boxes(Field.NOTICES)
    return Preferences(
        silenced=frozenset(each for each in Notice if each.value not in ticked),
        digest=DAILY in form.boxes(Field.DIGEST),
        digest_at=at,
        zone=None if zone == AS_IN_SLACK else zone,
        by_mail=ByMail(by_mail),
    )
