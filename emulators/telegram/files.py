"""Files that people and the bot sent, in memory, and the links they are fetched by for an hour.

A file of a given size that nobody cares to look into is made up while it is read, so that it costs no memory.
"""

import hashlib
import mimetypes
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from emulators.telegram.pictures import Picture, sizes
from emulators.telegram.refusals import FILE_GONE, FILE_TOO_BIG, Refused
from emulators.telegram.setup import Clock, Json

LINK_LIFE = timedelta(hours=1)
MOST_TO_FETCH = 20 * 2**20  # bytes; a larger file of a customer's cannot be fetched through the Bot API
_CHUNK = 64 * 2**10
_FOLDERS = {"photo": "photos", "video": "videos", "voice": "voice", "audio": "music", "sticker": "stickers"}
_FOLDERS |= {"animation": "animations", "video_note": "video_notes"}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file under one file_id. Without `content` it is `size` bytes of made-up noise, the same each time."""

    kind: str  # photo, document, video, voice, audio, sticker, animation, video_note
    name: str
    content_type: str
    size: int  # bytes
    content: bytes | None = field(default=None, repr=False)
    file_id: str = field(default_factory=lambda: "AgAC" + secrets.token_urlsafe(40))
    unique_id: str = field(default_factory=lambda: "AQAD" + secrets.token_urlsafe(9))
    width: int = 0
    height: int = 0

    def chunks(self) -> Iterator[bytes]:
        if self.content is not None:
            for start in range(0, self.size, _CHUNK):
                yield self.content[start : start + _CHUNK]
            return
        block = hashlib.shake_256(self.unique_id.encode()).digest(_CHUNK)
        for start in range(0, self.size, _CHUNK):
            yield block[: min(_CHUNK, self.size - start)]

    def read(self) -> bytes:
        return b"".join(self.chunks())

    def ids(self) -> Json:
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": self.size}

    def photo_size(self) -> Json:
        return self.ids() | {"width": self.width, "height": self.height}


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture in the sizes that Telegram keeps of it, smallest first."""

    sizes: tuple[StoredFile, ...]

    @property
    def largest(self) -> StoredFile:
        return self.sizes[-1]


class Files:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._files: dict[str, StoredFile] = {}
        self._links: dict[str, tuple[StoredFile, datetime]] = {}

    def keep(self, file: StoredFile) -> StoredFile:
        self._files[file.file_id] = file
        return file

    def keep_photo(self, content: bytes) -> Photo | None:
        """The picture and a small copy of it; None for what is no picture."""
        if (pictures := sizes(content)) is None:
            return None
        return Photo(tuple(self.keep(_photo(each)) for each in pictures))

    def get(self, file_id: str) -> StoredFile | None:
        return self._files.get(file_id)

    def forget(self, file_id: str) -> None:
        """As if Telegram did not have it any more: neither file_id nor links work."""
        self._files.pop(file_id, None)
        self._links = {path: kept for path, kept in self._links.items() if kept[0].file_id != file_id}

    def link(self, file_id: str) -> Json:
        """What getFile answers. Raises Refused for a file that is too large or unknown."""
        file = self._files.get(file_id)
        if file is None:
            raise Refused(FILE_GONE)
        if file.size > MOST_TO_FETCH:
            raise Refused(FILE_TOO_BIG)
        path = next((path for path, (kept, _) in self._links.items() if kept is file), None)
        if path is None:
            path = f"{_FOLDERS.get(file.kind, 'documents')}/file_{len(self._links)}{_suffix(file)}"
        self._links[path] = (file, self._clock())
        return file.ids() | {"file_path": path}

    def at(self, path: str) -> StoredFile | None:
        """The file behind a link; None once the link has run out."""
        file, since = self._links.get(path, (None, self._clock()))
        return file if self._clock() - since <= LINK_LIFE else None


def _photo(picture: Picture) -> StoredFile:
    size = len(picture.content)
    return StoredFile("photo", "", "image/jpeg", size, picture.content, width=picture.width, height=picture.height)


def _suffix(file: StoredFile) -> str:
    own = "." + file.name.rpartition(".")[2] if "." in file.name else ""
    return own or mimetypes.guess_extension(file.content_type) or ""
