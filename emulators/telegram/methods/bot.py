"""Methods about the bot itself and the chats it is in."""

from emulators.telegram import refusals
from emulators.telegram.cloud import Cloud
from emulators.telegram.parameters import Parameters
from emulators.telegram.refusals import Refused
from emulators.telegram.setup import Json

_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


def get_me(cloud: Cloud, _given: Parameters) -> Json:
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    return cloud.setup.user() | abilities


def get_chat(cloud: Cloud, given: Parameters) -> Json:
    chat = cloud.chat(given.chat_id())
    full = {"accent_color_id": chat.id % 7 if chat.id > 0 else 0, "max_reaction_count": 11}
    return chat.as_json() | full | {"accepted_gift_types": dict.fromkeys(_GIFTS, False)}


def send_chat_action(cloud: Cloud, given: Parameters) -> bool:
    chat = cloud.chat(given.chat_id())
    if chat.closed is not None:
        raise Refused(chat.closed)
    if not given.text("action"):
        raise Refused(refusals.bad("wrong parameter action in request"))
    return True


def set_my_commands(cloud: Cloud, given: Parameters) -> bool:
    commands = given.tree("commands")
    if not isinstance(commands, list):
        raise Refused(refusals.bad("can't parse commands JSON object"))
    cloud.setup.commands = [{"command": each["command"], "description": each["description"]} for each in commands]
    return True


def get_my_commands(cloud: Cloud, _given: Parameters) -> list[Json]:
    return cloud.setup.commands


METHODS = {
    "getMe": get_me,
    "getChat": get_chat,
    "sendChatAction": send_chat_action,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
}
