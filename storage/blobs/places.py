"""Which object store the files are in: the one of a URL, or a folder of this machine."""

from datetime import timedelta
from pathlib import Path

from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from core.errors import ChannelUnavailable
from storage.embedded.places import files_folder

# An S3 that is away is tried again by the job that needs it, which says so; not for minutes inside one call.
_CLIENT = {"connect_timeout": timedelta(seconds=5), "timeout": timedelta(seconds=60)}
_RETRY = {"max_retries": 2, "retry_timeout": timedelta(seconds=20)}


def open_store(url: str | None, home: Path) -> ObjectStore:
    """`url` is s3://…, gs://…, az://…, file:///… or memory:///; without one, files live beside the embedded database.

    Opens no connection. Credentials come from where the vendors' own programs find them: the environment, the machine.
    Raises ChannelUnavailable, in words for whoever started the program.
    """
    try:
        if not url:
            return LocalStore(files_folder(home), mkdir=True)
        if url.startswith("file:"):
            return from_url(url, mkdir=True)
        if url.startswith("memory:"):
            return MemoryStore()
        store: ObjectStore = from_url(url, client_options=_CLIENT, retry_config=_RETRY)  # type: ignore[call-overload]
        return store  # noqa: TRY300
    except Exception as error:  # obstore raises its own, ValueError and OSError alike
        raise ChannelUnavailable(
            f"The file store of ATTACHMENTS_URL cannot be used: {error}\n"
            "Give it as s3://bucket/folder, gs://…, az://… or file:///folder; unset, files are kept on this machine."
        ) from error
