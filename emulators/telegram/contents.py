"""What a message carries, as fields of Telegram's Message object. Pure but for the files it is given."""

from emulators.telegram.files import Photo, StoredFile
from emulators.telegram.setup import Json

Carried = StoredFile | Photo


def carrying(carried: Carried, *, duration: int = 1) -> Json:
    """The field for a file: `{"photo": [...]}`, `{"document": {...}}`…"""
    if isinstance(carried, Photo):
        return {"photo": [size.photo_size() for size in carried.sizes]}
    if carried.kind == "photo":
        return {"photo": [carried.photo_size()]}
    if carried.kind == "sticker":
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "🙂"}
        return {"sticker": carried.ids() | shape}
    if carried.kind == "video_note":
        return {"video_note": carried.ids() | {"length": 240, "duration": duration}}
    described = carried.ids() | {"mime_type": carried.content_type}
    if carried.kind != "voice" and carried.name:
        described["file_name"] = carried.name
    lasting = described | {"duration": duration}
    moving = lasting | {"width": carried.width or 640, "height": carried.height or 360}
    if carried.kind == "animation":
        return {"animation": moving, "document": described}
    return {carried.kind: {"video": moving, "voice": lasting, "audio": lasting}.get(carried.kind, described)}


def location(latitude: float, longitude: float) -> Json:
    return {"location": {"latitude": latitude, "longitude": longitude}}


def contact(phone: str, first_name: str, user_id: int | None) -> Json:
    """`user_id`: whose Telegram account has this number, if anybody's."""
    known = {} if user_id is None else {"user_id": user_id}
    # Telegram writes numbers without the plus in contacts of its own users.
    return {"contact": {"phone_number": phone.removeprefix("+"), "first_name": first_name} | known}
