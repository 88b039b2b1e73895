"""Methods that write, change and remove the bot's messages."""

from emulators.telegram import refusals
from emulators.telegram.chats import Chat
from emulators.telegram.cloud import Cloud
from emulators.telegram.parameters import Parameters
from emulators.telegram.posting import keyboard, send
from emulators.telegram.refusals import Refused
from emulators.telegram.setup import Json
from emulators.telegram.text import formatted, length

LONGEST_TEXT = 4096  # UTF-16 units, once formatted


def send_message(cloud: Cloud, given: Parameters) -> Json:
    return send(cloud, given, [_text(given)])[0]


def edit_message_text(cloud: Cloud, given: Parameters) -> Json:
    _, message = _own(cloud, given)
    if "text" not in message:
        raise Refused(refusals.bad("there is no text in the message to edit"))
    return _changed(cloud, message, _text(given) | keyboard(given), ("text", "entities", "reply_markup"))


def edit_message_caption(cloud: Cloud, given: Parameters) -> Json:
    _, message = _own(cloud, given)
    caption = formatted(given.text("caption"), given.text("parse_mode")).fields("caption")
    return _changed(cloud, message, caption | keyboard(given), ("caption", "caption_entities", "reply_markup"))


def edit_message_reply_markup(cloud: Cloud, given: Parameters) -> Json:
    _, message = _own(cloud, given)
    return _changed(cloud, message, keyboard(given), ("reply_markup",))


def delete_message(cloud: Cloud, given: Parameters) -> bool:
    chat = cloud.chat(given.chat_id())
    if chat.messages.pop(given.number("message_id"), None) is None:
        raise Refused(refusals.DELETE_NOT_FOUND)
    return True


def answer_callback_query(cloud: Cloud, given: Parameters) -> bool:
    press = cloud.press_for(given.text("callback_query_id"))
    text = given.text("text")
    if length(text) > 200:
        raise Refused(refusals.bad("MESSAGE_TOO_LONG"))
    if press.text is None:
        press.text, press.alert = text, given.flag("show_alert")
        press.answered.set()
    return True


def _text(given: Parameters) -> Json:
    shown = formatted(given.text("text"), given.text("parse_mode"))
    if not shown.text:
        raise Refused(refusals.TEXT_EMPTY)
    if length(shown.text) > LONGEST_TEXT:
        raise Refused(refusals.TEXT_TOO_LONG)
    return shown.fields()


def _own(cloud: Cloud, given: Parameters) -> tuple[Chat, Json]:
    """The message to edit, which must be the bot's. Raises Refused."""
    chat = cloud.chat(given.chat_id())
    message = chat.messages.get(given.number("message_id"))
    if message is None:
        raise Refused(refusals.EDIT_NOT_FOUND)
    if message["from"]["id"] != cloud.setup.bot_id:
        raise Refused(refusals.NOT_EDITABLE)
    return chat, message


def _changed(cloud: Cloud, message: Json, fields: Json, replacing: tuple[str, ...]) -> Json:
    if all(message.get(name) == fields.get(name) for name in replacing):
        raise Refused(refusals.NOT_MODIFIED)
    for name in replacing:
        message.pop(name, None)
    message |= fields | {"edit_date": cloud.stamp()}
    return message


METHODS = {
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
}
