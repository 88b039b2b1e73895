"""The town's phones, on all channels: what a customer sends, and what the desk has sent them.

With WhatsApp, who gets no acknowledgement sends the same message again; Telegram does that by itself, for a day. Mail
has a file of its own (`post.py`).
"""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from chaos.post import Post
from chaos.town import Channel, Citizen, Told
from emulators.telegram import BotAccount
from emulators.telegram import Customer as TelegramUser
from emulators.twilio import Account, File

_LONGEST = 3600.0  # seconds; longer than any run
Sent = Mapping[tuple[str, str], list[str]]  # (address, text) -> state of each copy at the provider


@dataclass(frozen=True, slots=True)
class Phones:
    twilio: Account
    telegram: BotAccount
    post: Post | None = None

    async def send(self, citizen: Citizen, told: Told, dice: random.Random) -> None:
        """Returns once it was acknowledged; the impatient try once."""
        told.begun_at = time.time()
        if citizen.channel is Channel.TELEGRAM:
            await self._to_telegram(citizen, told)
        elif citizen.channel is Channel.EMAIL:
            assert self.post is not None, "somebody writes mails"
            await self.post.send(citizen, told)
        else:
            await self._to_whatsapp(citizen, told, dice)

    async def _to_telegram(self, citizen: Citizen, told: Told) -> None:
        phone = self.user(citizen)
        written = phone.photo(told.photo, caption=told.text) if told.photo else phone.write(told.text)
        await written.delivered(_LONGEST)
        told.acknowledged_at = time.time()

    async def _to_whatsapp(self, citizen: Citizen, told: Told, dice: random.Random) -> None:
        phone = self.twilio.customer(citizen.address, citizen.name)
        while True:
            media = [File("image/png", told.photo)] if told.photo else []
            written = await phone.write(told.text, media=media, sid=told.sid, copies=told.copies, concurrently=True)
            if 200 in written.statuses:
                told.acknowledged_at = time.time()
                return
            if not citizen.patient:
                return
            await asyncio.sleep(dice.uniform(0.3, 0.9))

    def user(self, citizen: Citizen) -> TelegramUser:
        return self.telegram.customer(int(citizen.address), name=citizen.name)

    async def settle(self) -> None:
        """Returns once nothing is being delivered to the desk."""
        await self.twilio.settle()
        await self.telegram.settle()
        if self.post is not None:
            await self.post.server.settled()

    def sent(self) -> dict[tuple[str, str], list[str]]:
        """Everything the desk has sent. Telegram knows no states: what it took is there."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for message in self.twilio.messages.values():
            if message.direction != "inbound":
                found[message.to.removeprefix("whatsapp:"), message.body].append(message.status)
        for user in self.telegram.customers:
            for arrived in user.inbox:
                found[str(user.id), arrived.text].append("sent")
        if self.post is not None:
            found.update(self.post.sent())
        return found

    def kept(self) -> dict[str, str]:
        """What Twilio has of each message of ours, in words, by its sid."""
        return {
            sid: f"{message.status} to {message.to}, told at {message.status_callback}: {message.body!r:.60}"
            for sid, message in self.twilio.messages.items()
            if message.direction != "inbound"
        }
