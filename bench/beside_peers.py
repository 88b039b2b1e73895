"""The same mails through django-helpdesk and through ours, one after the other: `python -m bench.beside_peers PYTHON`.

PYTHON has django-helpdesk, which is none of our dependencies (bench/peers.md).
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

import uvloop

from bench.databases import fresh, of_copy
from bench.mail_bag import bag
from bench.mails import MAILS, without_ai
from bench.processes import HOME
from storage.embedded import EmbeddedEngine


async def main(python: str) -> None:
    engine = EmbeddedEngine(HOME / "var" / "bench")
    try:
        base = await engine.start()
        theirs = await _helpdesk(python, await of_copy(base, base))
        ours = await without_ai(await fresh(base))
    finally:
        await engine.stop()
    rate = theirs["mails"] / theirs["seconds"]
    again = f"{theirs['again']} more of a hundred that come again"
    lines = (
        f"django-helpdesk: {rate:.1f} mails/s, {theirs['tickets']} tickets, {again}",
        f"Threadline:      {ours:.1f} mails/s, {ours / rate:.1f} times as many",
    )
    sys.stdout.write("\n".join(lines) + "\n")


async def _helpdesk(python: str, dsn: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        mails = Path(folder) / "mails"
        mails.mkdir()
        for place, each in enumerate(bag(MAILS, name="off0")):
            (mails / f"{place:05}.eml").write_bytes(each.raw)
        script = str(HOME / "bench" / "peer_helpdesk.py")
        child = await asyncio.create_subprocess_exec(
            python, script, dsn, str(mails), stdout=asyncio.subprocess.PIPE, cwd=folder
        )
        said, _ = await child.communicate()
    if child.returncode:
        raise RuntimeError(f"django-helpdesk ended with {child.returncode}")
    found: dict[str, float] = json.loads(said.splitlines()[-1])
    return found


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
