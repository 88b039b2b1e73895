"""One thread that does one thing after another for whoever awaits it."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
_Job: TypeAlias = "tuple[Future[Any], Callable[[], Any]]"


class WorkingThread:
    """Started with the first job. A daemon, so that a resolver of names that hangs keeps no process from ending."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._ended = False

    @property
    def alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    async def do(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises. Cancelling does not end it, but what comes of it then counts for nothing.

        Raises RuntimeError after `end`.
        """
        if self._ended:
            raise RuntimeError("this thread has ended")
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        return await asyncio.wrap_future(self.post(work))

    def post(self, work: Callable[[], T]) -> Future[T]:
        """Have it done after what there is to do already, without waiting; never, where nothing was ever awaited."""
        future: Future[T] = Future()
        self._jobs.put((future, work))
        return future

    def end(self) -> None:
        """After what it has to do already."""
        if not self._ended:
            self._ended = True
            self._jobs.put(None)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            future, work = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(work())
            except BaseException as error:  # whoever awaits it hears of it
                future.set_exception(error)
            del job, future, work  # the mails of the last look are not kept while nothing happens
