"""What sending any kind of message has in common: the chat, what it answers, the buttons. Makes no content."""

from emulators.telegram import refusals
from emulators.telegram.cloud import Cloud
from emulators.telegram.parameters import Parameters
from emulators.telegram.refusals import Refused, bad
from emulators.telegram.setup import Json

MOST_BUTTONS = 100
LONGEST_DATA = 64  # bytes


def send(cloud: Cloud, given: Parameters, contents: list[Json], shared: Json | None = None) -> list[Json]:
    """Write one message for each of `contents` into the chat; `shared` goes into all. Raises Refused."""
    markup = keyboard(given)
    chat = cloud.writable(given.chat_id(), len(contents))
    answered = _answered(cloud, given)
    return [cloud.post(chat, each | answered | markup | (shared or {})) for each in contents]


def answering(message: Json) -> Json:
    """The field of a message that answers this one, which in turn does not show what it answers."""
    return {"reply_to_message": {name: value for name, value in message.items() if name != "reply_to_message"}}


def _answered(cloud: Cloud, given: Parameters) -> Json:
    wanted = given.tree("reply_parameters") or {}
    number = wanted.get("message_id") or given.number("reply_to_message_id")
    if not number:
        return {}
    message = cloud.chat(given.chat_id()).messages.get(int(number))
    if message is None:
        if wanted.get("allow_sending_without_reply") or given.flag("allow_sending_without_reply"):
            return {}
        raise Refused(refusals.REPLY_NOT_FOUND)
    return answering(message)


def keyboard(given: Parameters) -> Json:
    """The buttons under a message; `{}` for none. Raises Refused for what Telegram would not take.

    Keyboards that stand in for the customer's own (ReplyKeyboardMarkup and its kin) are taken and not shown.
    """
    markup = given.tree("reply_markup")
    if not isinstance(markup, dict) or "inline_keyboard" not in markup:
        return {}
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise Refused(bad('can\'t parse inline keyboard: Field "inline_keyboard" must be of type Array'))
    buttons = [button for row in rows for button in row]
    if len(buttons) > MOST_BUTTONS:
        raise Refused(refusals.MARKUP_TOO_LONG)
    for button in buttons:
        _check(button)
    return {"reply_markup": {"inline_keyboard": [row for row in rows if row]}} if buttons else {}


def _check(button: Json) -> None:
    if not str(button.get("text", "")).strip():
        raise Refused(bad('can\'t parse inline keyboard button: Field "text" must be of type String'))
    if "url" in button:
        return
    if "callback_data" not in button:
        raise Refused(bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"))
    data = button["callback_data"]
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= LONGEST_DATA:
        raise Refused(refusals.BUTTON_DATA)
