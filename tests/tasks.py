"""The tasks that a test begins: they end with it, though the loop goes on for the next one."""

import asyncio


class Tasks:
    """Those begun since this was made, in the running loop."""

    def __init__(self) -> None:
        self._earlier = asyncio.all_tasks()

    async def end(self) -> None:
        """Cancel what is left of them, and wait until it has gone."""
        left = asyncio.all_tasks() - self._earlier - {asyncio.current_task()}
        for each in left:
            each.cancel()
        if left:
            await asyncio.wait(left)
