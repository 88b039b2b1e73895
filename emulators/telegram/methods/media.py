"""Methods that send files. A file comes with the call, or is named by the file_id of one that Telegram has.

Files that Telegram would fetch from an address on the web are refused.
"""

import secrets
from collections.abc import Callable, Mapping

from emulators.telegram import refusals
from emulators.telegram.cloud import Cloud
from emulators.telegram.contents import Carried, carrying
from emulators.telegram.files import Photo, StoredFile
from emulators.telegram.parameters import Parameters, Upload
from emulators.telegram.posting import send
from emulators.telegram.refusals import Refused, bad
from emulators.telegram.setup import Json
from emulators.telegram.text import formatted, length

LONGEST_CAPTION = 1024  # UTF-16 units, once formatted
LARGEST_PHOTO = 10 * 2**20  # bytes
LARGEST_FILE = 50 * 2**20
_ATTACHED = "attach://"
# Which kinds an album may hold beside one another.
_TOGETHER = ({"photo", "video"}, {"document"}, {"audio"})


def _sender(kind: str) -> Callable[[Cloud, Parameters], Json]:
    def send_it(cloud: Cloud, given: Parameters) -> Json:
        carried = _carried(cloud, given, kind, given.text(kind), given.files.get(kind))
        content = carrying(carried, duration=given.number("duration", 1))
        return send(cloud, given, [content | _caption(given.text("caption"), given.text("parse_mode"))])[0]

    return send_it


def send_media_group(cloud: Cloud, given: Parameters) -> list[Json]:
    items = given.tree("media")
    if not isinstance(items, list) or not 2 <= len(items) <= 10:
        raise Refused(refusals.ALBUM_SIZE)
    kinds = {str(item.get("type")) for item in items}
    if not any(kinds <= together for together in _TOGETHER):
        raise Refused(bad(f"{min(kinds)} can't be mixed with other media types"))
    contents = []
    for item in items:
        carried = _carried(cloud, given, item["type"], str(item.get("media", "")), None)
        contents.append(carrying(carried) | _caption(item.get("caption", ""), item.get("parse_mode", "")))
    return send(cloud, given, contents, {"media_group_id": str(secrets.randbelow(10**17))})


def _carried(cloud: Cloud, given: Parameters, kind: str, named: str, upload: Upload | None) -> Carried:
    if named.startswith(_ATTACHED):
        upload = given.files.get(named.removeprefix(_ATTACHED))
    if upload is not None:
        return _taken(cloud, kind, upload)
    if not named or named.startswith(_ATTACHED):
        raise Refused(refusals.NO_FILE)
    if (file := cloud.files.get(named)) is None:
        raise Refused(bad("wrong file identifier/HTTP URL specified"))
    return file


def _taken(cloud: Cloud, kind: str, upload: Upload) -> StoredFile | Photo:
    size = len(upload.content)
    if not size:
        raise Refused(refusals.EMPTY_FILE)
    if size > LARGEST_FILE:
        raise Refused(refusals.TOO_LARGE)
    if kind != "photo":
        stored = StoredFile(kind, upload.name, upload.content_type, size, upload.content)
        return cloud.files.keep(stored)
    if size > LARGEST_PHOTO:
        raise Refused(
            bad(f"file of size {size} bytes is too big for a photo; the maximum size is {LARGEST_PHOTO} bytes")
        )
    photo = cloud.files.keep_photo(upload.content)
    if photo is None:
        raise Refused(refusals.NOT_A_PICTURE)
    width, height = photo.largest.width, photo.largest.height
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise Refused(bad("PHOTO_INVALID_DIMENSIONS"))
    return photo


def _caption(text: str, parse_mode: str) -> Json:
    shown = formatted(text, parse_mode)
    if length(shown.text) > LONGEST_CAPTION:
        raise Refused(refusals.CAPTION_TOO_LONG)
    return shown.fields("caption") if shown.text else {}


METHODS: Mapping[str, Callable[[Cloud, Parameters], Json | list[Json]]] = {
    "sendPhoto": _sender("photo"),
    "sendDocument": _sender("document"),
    "sendVideo": _sender("video"),
    "sendAudio": _sender("audio"),
    "sendVoice": _sender("voice"),
    "sendAnimation": _sender("animation"),
    "sendMediaGroup": send_media_group,
}
