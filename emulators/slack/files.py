"""Files in a workspace: reserved, uploaded, completed, shared. Holds their octets and knows who may have them.

A file is processed after its upload, as in Slack: until then its type is unknown and no block may show it. `processing`
is how many seconds that takes (none, unless a test says so); `finish` ends it at once.
"""

import asyncio
import io
import mimetypes
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PIL import Image, UnidentifiedImageError

from emulators.slack.channels import Json

if TYPE_CHECKING:
    from emulators.slack.workspace import Workspace

# Slack's blocks draw these. Source: docs.slack.dev, Image block, "Supported file types".
DRAWN = frozenset({"image/png", "image/jpeg", "image/gif"})
MOST_IN_FORM = 10 * 1024 * 1024  # bytes of one file in a modal's file_input
_FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp", "TIFF": "image/tiff"}
_THUMBNAILS = (64, 80, 160, 360, 480, 720, 800, 960, 1024)  # pixels


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a person chooses on their own device."""

    name: str
    content: bytes


@dataclass(slots=True)
class File:
    """One file. Its `content` is None until it has been uploaded."""

    id: str
    name: str
    title: str
    length: int  # as announced
    owner: str
    created: int
    key: str  # of its upload address
    alt_text: str | None = None
    content: bytes | None = None
    ready_at: float | None = None  # by the workspace's clock; None until the upload is completed
    shares: dict[str, list[tuple[str, str | None]]] = field(default_factory=dict)  # channel -> (ts, thread_ts)
    in_form: bool = False  # a person handed it to the app in a modal
    mimetype: str = ""
    pixels: tuple[int, int] | None = None

    @property
    def complete(self) -> bool:
        return self.ready_at is not None


class Files:
    """All files of one workspace."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._files: dict[str, File] = {}
        self.processing = 0.0  # seconds
        self._pending: list[tuple[asyncio.TimerHandle | None, Callable[[], None]]] = []

    def __iter__(self) -> Iterator[File]:
        return iter(list(self._files.values()))

    def __len__(self) -> int:
        return len(self._files)

    def find(self, file_id: str) -> File | None:
        return self._files.get(file_id)

    def by_key(self, key: str) -> File | None:
        return next((each for each in self._files.values() if each.key == key), None)

    def reserve(self, name: str, length: int, owner: str, *, alt_text: str | None = None) -> File:
        """A place for a file of so many bytes."""
        space = self._workspace
        created = int(space.clock())
        it = File(space.mint.id("F"), name, name, length, owner, created, secrets.token_hex(24), alt_text)
        self._files[it.id] = it
        return it

    def complete(self, it: File, title: str | None = None) -> None:
        it.title = title or it.title
        it.mimetype, it.pixels = _looked_at(it.name, it.content or b"")
        it.ready_at = self._workspace.clock() + self.processing

    def add(self, upload: Upload, owner: str) -> File:
        """A whole file of a person's."""
        it = self.reserve(upload.name, len(upload.content), owner)
        it.content = upload.content
        self.complete(it)
        return it

    def ready(self, it: File) -> bool:
        return it.ready_at is not None and it.ready_at <= self._workspace.clock()

    def when_ready(self, follows: Callable[[], None]) -> None:
        """Once what was just completed is processed, and never before the present call is answered."""
        loop = asyncio.get_running_loop()
        if self.processing == float("inf"):
            self._pending.append((None, follows))
        else:
            self._pending.append((loop.call_later(self.processing, follows), follows))

    def finish(self) -> None:
        """Everything that is still being processed is ready now."""
        for it in self._files.values():
            if it.complete:
                it.ready_at = self._workspace.clock()
        pending, self._pending = self._pending, []
        for timer, follows in pending:
            if timer is None or timer.when() > asyncio.get_running_loop().time():
                if timer is not None:
                    timer.cancel()
                follows()

    def close(self) -> None:
        """Whatever was to follow does not."""
        for timer, _ in self._pending:
            if timer is not None:
                timer.cancel()
        self._pending.clear()

    def remove(self, it: File) -> None:
        """Delete it; messages keep a tombstone."""
        del self._files[it.id]
        for channel_id, shares in it.shares.items():
            messages = self._workspace.channels[channel_id].messages
            for ts, _ in shares:
                if ts in messages:
                    left = [
                        {"id": it.id, "mode": "tombstone"} if f["id"] == it.id else f for f in messages[ts]["files"]
                    ]
                    messages[ts] = {**messages[ts], "files": left}

    def the_app_has(self, it: File) -> bool:
        """Its own, one that stands where it is a member, or one it was handed in a form."""
        space = self._workspace
        if it.owner == space.bot_user or it.in_form:
            return True
        return any(space.bot_user in space.channels[each].members for each in it.shares)

    def share(self, files: Sequence[File], channel_id: str, ts: str, thread_ts: str | None) -> None:
        for it in files:
            it.shares.setdefault(channel_id, []).append((ts, thread_ts))

    def refused(self, named: Json) -> str | None:
        """What Slack says of a `slack_file` whose shape is right; None when a block may show it."""
        it = self.find(named["id"]) if named.get("id") else self._by_url(str(named.get("url")))
        shown = it is not None and self.ready(it) and it.mimetype in DRAWN and self.the_app_has(it)
        return None if shown else "invalid slack file"

    def _by_url(self, url: str) -> File | None:
        return next((it for it in self if url in (self.url(it), self.url(it, "download/"), self.permalink(it))), None)

    def url(self, it: File, way: str = "") -> str:
        return f"{self._workspace.base_url}/files-pri/{self._workspace.team_id}-{it.id}/{way}{_slug(it.name)}"

    def permalink(self, it: File) -> str:
        return f"https://{self._workspace.domain}.slack.com/files/{it.owner}/{it.id}/{_slug(it.name)}"

    def as_json(self, it: File) -> Json:
        """A file object as it stands now."""
        ready, space = self.ready(it), self._workspace
        mimetype = it.mimetype if ready else ""
        kind = _kind(it.name, mimetype)
        shown: Json = {
            "id": it.id,
            "created": it.created,
            "timestamp": it.created,
            "name": it.name,
            "title": it.title,
            "mimetype": mimetype,
            "filetype": kind,
            "pretty_type": kind.upper() if kind != "binary" else "Binary",
            "user": it.owner,
            "user_team": space.team_id,
            "editable": False,
            "size": it.length,
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": any(not space.channels[each].is_private for each in it.shares),
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": self.url(it),
            "url_private_download": self.url(it, "download/"),
            "permalink": self.permalink(it),
            "permalink_public": f"https://slack-files.com/{space.team_id}-{it.id}-{it.key[:10]}",
            "comments_count": 0,
            "is_starred": False,
            "has_more_shares": False,
            "has_rich_preview": False,
            "file_access": "visible",
            "media_display_type": "unknown",
            **self._shares(it),
        }
        if it.alt_text is not None:
            shown["alt_txt"] = it.alt_text
        return shown | (self._thumbnails(it) if ready and it.mimetype in DRAWN else {})

    def _shares(self, it: File) -> Json:
        rooms = {each: self._workspace.channels[each] for each in it.shares}
        shares: Json = {}
        for channel_id, posts in it.shares.items():
            room = rooms[channel_id]
            kind = "private" if room.is_private or room.is_im else "public"
            shares.setdefault(kind, {})[channel_id] = [
                {
                    "reply_users": [],
                    "reply_users_count": 0,
                    "reply_count": 0,
                    "ts": ts,
                    "channel_name": room.name,
                    "team_id": self._workspace.team_id,
                    "share_user_id": it.owner,
                    "source": "UNKNOWN",
                    "is_silent_share": False,
                    **({"thread_ts": thread_ts} if thread_ts else {}),
                }
                for ts, thread_ts in posts
            ]
        return {
            "shares": shares,
            "channels": [each for each, room in rooms.items() if room.kind == "channel"],
            "groups": [each for each, room in rooms.items() if room.kind == "group"],
            "ims": [each for each, room in rooms.items() if room.kind == "im"],
        }

    def _thumbnails(self, it: File) -> Json:
        width, height = it.pixels or (1, 1)
        shown: Json = {"original_w": width, "original_h": height, "thumb_tiny": ""}
        for side in _THUMBNAILS:
            if side > 360 and side > max(width, height):
                continue
            shown[f"thumb_{side}"] = self.url(it)
            if side >= 360:
                share = min(1.0, side / max(width, height))
                shown |= {f"thumb_{side}_w": round(width * share), f"thumb_{side}_h": round(height * share)}
        return shown


def form_complaint(uploads: Sequence[Any], element: Json) -> str | None:
    """What Slack's client says when these `Upload`s are put into a file_input, if anything."""
    most = element.get("max_files") or 10
    if len(uploads) > most:
        return f"You can upload at most {most} file{'s' if most != 1 else ''}."
    taken = {each.lower().lstrip(".") for each in element.get("filetypes") or []}
    for each in uploads:
        if taken and _extension(each.name) not in taken:
            return f"{each.name}: this type of file is not supported."
        if len(each.content) > MOST_IN_FORM:
            return f"{each.name} is larger than 10 MB."
    return None


def _looked_at(name: str, content: bytes) -> tuple[str, tuple[int, int] | None]:
    """Type and size in pixels by content; by its name where it is no picture."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            if (kind := _FORMATS.get(picture.format or "")) is not None:
                return kind, picture.size
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        pass
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    # A name alone makes no picture.
    return (guessed if guessed not in DRAWN else "application/octet-stream"), None


def _kind(name: str, mimetype: str) -> str:
    if not mimetype:
        return ""
    if mimetype in DRAWN:
        return {"image/jpeg": "jpg"}.get(mimetype, mimetype.removeprefix("image/"))
    return _extension(name) if mimetype != "application/octet-stream" else "binary"


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else "binary"


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "_", name.lower()) or "file"
