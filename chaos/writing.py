"""Customers at their phones: they send until they are acknowledged, all but the impatient."""

import asyncio
import random
import time

from chaos.town import Citizen, Told, Town
from emulators.twilio import Account

LATER = 0.5  # seconds between two looks whether the ticket is resolved


async def everybody_writes(town: Town, twilio: Account, *, seed: int, stop: asyncio.Event) -> None:
    """Returns when nobody writes any more. Who waits for their ticket to be resolved goes home at `stop`."""
    begun = asyncio.get_running_loop().time()
    async with asyncio.TaskGroup() as group:
        for at, citizen in enumerate(town.citizens):
            await asyncio.sleep(begun + citizen.arrives - asyncio.get_running_loop().time())
            group.create_task(_write(citizen, town, twilio, random.Random(f"{seed}:{at}"), stop))


async def _write(citizen: Citizen, town: Town, twilio: Account, dice: random.Random, stop: asyncio.Event) -> None:
    for at, told in enumerate(citizen.messages):
        if at:
            await asyncio.sleep(told.pause)
        await _send(citizen, told, twilio, dice)
        town.done += 1
    if citizen.later is None:
        return
    while not citizen.resolved:
        if stop.is_set():
            return
        await asyncio.sleep(LATER)
    await _send(citizen, citizen.later, twilio, dice)


async def _send(citizen: Citizen, told: Told, twilio: Account, dice: random.Random) -> None:
    phone = twilio.customer(citizen.number, citizen.name)
    told.begun_at = time.time()
    while True:
        written = await phone.write(told.text, sid=told.sid, copies=told.copies, concurrently=True)
        if 200 in written.statuses:
            told.acknowledged_at = time.time()
            return
        if not citizen.patient:
            return
        await asyncio.sleep(dice.uniform(0.3, 0.9))
