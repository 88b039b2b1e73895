"""The embedded PostgreSQL: started with the first program that needs it, gone with the last.

Start reading in `engine.py` (what a program holds) and `guardian.py` (the small process that owns the server).
What lives here knows nothing of tables, tickets or settings of ours; it hands out one DSN.
It never signals a process on the word of a pid file, and never changes the permissions of a folder it did not make.
"""

from typing import TYPE_CHECKING

from storage.embedded.errors import EngineFailed

if TYPE_CHECKING:
    from storage.embedded.engine import EmbeddedEngine

__all__ = ["EmbeddedEngine", "EngineFailed"]


def __getattr__(name: str) -> object:
    # On demand: the guardian imports this package too, and asyncio would double its memory and its starting time.
    if name == "EmbeddedEngine":
        from storage.embedded.engine import EmbeddedEngine

        return EmbeddedEngine
    raise AttributeError(name)
