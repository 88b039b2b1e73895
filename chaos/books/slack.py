"""What stands in Slack: one card for each ticket, equal to what the database draws now; each entry of a thread once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any
from uuid import UUID

from app.services import Services
from app.settings import Settings
from app.wiring import services
from bot.intents import CARD_EVENT, CONVERSATION_EVENT, Action
from bot.views.light_card import fallback_text as light_text
from bot.views.light_card import light_card
from bot.views.thread_entry import thread_entry
from bot.views.ticket_card import fallback_text, ticket_card
from bot.wire import entry_part
from chaos.board import find
from chaos.books.books import Books
from chaos.books.ledger import Ledger
from core.instants import utc_now
from storage.database import Database
from storage.files import shown_files
from storage.mails_shown import shown_mail
from storage.playbooks import Playbooks
from storage.queries.approvals import shown_approvals
from storage.queries.rooms import ENTRIES
from storage.queries.runs import shown_runs
from storage.rooms import entry_of
from storage.secrets import SharedLinks
from ticketing.tickets.card import RoomEntry

Json = dict[str, Any]


async def balance_slack(
    books: Books,
    ledger: Ledger,
    settings: Settings,
    dsn: str,
    posts: Sequence[Json],
    *,
    site: str,
    removed: Collection[str] = (),
) -> None:
    """`posts` is everything in the channels, of each oldest first; `settings` are those that drew them; `site` is
    the workspace's address on the web. What stands below cards that people `removed` (by ts) stays there, out of date.
    """
    cards: dict[str, list[Json]] = defaultdict(list)
    light: dict[str, list[Json]] = defaultdict(list)
    entries: dict[tuple[str, int], list[Json]] = defaultdict(list)
    for post in posts:
        mark = post.get("metadata") or {}
        if mark.get("event_type") == CARD_EVENT:
            cards[mark["event_payload"]["ticket"]].append(post)
        elif mark.get("event_type") == CONVERSATION_EVENT:
            light[mark["event_payload"]["conversation"]].append(post)
        elif (part := entry_part(post)) is not None and post.get("thread_ts") not in removed:
            entries[part].append(post)
    async with services(settings, dsn, connections=2) as made:
        await _cards(books, ledger, made, cards, site)
        await _light_cards(books, ledger, made, light)
    _entries(books, ledger, await _drawn(settings, dsn, ledger), cards, entries)


async def _cards(books: Books, ledger: Ledger, made: Services, cards: Mapping[str, list[Json]], site: str) -> None:
    numbers = {str(row["id"]): row["number"] for row in ledger.tables.tickets}
    wrong = [
        f"#{number}: {len(cards.get(id_, []))} cards" for id_, number in numbers.items() if len(cards.get(id_, [])) != 1
    ]
    wrong += [f"a card of a ticket that does not exist: {id_}" for id_ in cards if id_ not in numbers]
    books.compare("cards", sum(map(len, cards.values())), len(numbers), wrong)
    untrue = []
    for id_, number in numbers.items():
        drawn = await made.rooms.card(UUID(id_))
        for post in cards.get(id_, []):
            difference = _differ(post, fallback_text(drawn), ticket_card(drawn, site=site))
            untrue += [f"the card of #{number} is untrue: {difference}"] if difference else []
    books.none("untrue cards", untrue)


async def _light_cards(books: Books, ledger: Ledger, made: Services, light: Mapping[str, list[Json]]) -> None:
    """One for each conversation that waits for people without a ticket; what needed them once may keep its one line."""
    ids = [str(row["id"]) for row in ledger.tables.conversations]
    wrong = [f"a light card of a conversation that does not exist: {id_}" for id_ in light if id_ not in ids]
    untrue, should = [], 0
    for id_ in ids:
        drawn, posts = await made.light_cards.card(UUID(id_)), light.get(id_, [])
        should += 1 if drawn.needs_people else min(len(posts), 1)
        if len(posts) > 1 or (drawn.needs_people and not posts):
            wrong.append(f"conversation {id_} of {drawn.customer}: {len(posts)} light cards")
        for post in posts:
            difference = _differ(post, light_text(drawn), light_card(drawn))
            untrue += [f"the light card of {drawn.customer} is untrue: {difference}"] if difference else []
    books.compare("light cards", sum(map(len, light.values())), should, wrong)
    books.none("untrue light cards", untrue)


def _entries(
    books: Books,
    ledger: Ledger,
    drawn: Sequence[RoomEntry],
    cards: Mapping[str, list[Json]],
    posts: Mapping[tuple[str, int], list[Json]],
) -> None:
    wrong, untrue, known = [], [], set()
    for entry in drawn:
        below = {card["ts"] for card in cards.get(str(entry.ticket_id), [])}
        shown_by_its_author = entry.kind == "comment" and entry.slack_ts is None and (str(entry.id), 0) not in posts
        for part, (text, blocks) in enumerate([] if shown_by_its_author else thread_entry(entry)):
            known.add((str(entry.id), part))
            found = posts.get((str(entry.id), part), [])
            if len(found) != 1 or found[0].get("thread_ts") not in below:
                wrong.append(f"entry {entry.text!r:.60}, part {part}: {len(found)} posts")
            elif entry.approval is not None:
                # What it shows of the customer is as it was when it was asked or decided; whether it waits must be so.
                if bool(find(found[0]["blocks"], Action.APPROVE)) is not bool(find(blocks, Action.APPROVE)):
                    untrue.append(f"the request {entry.approval.label} is {entry.approval.state}, and shown otherwise")
            elif difference := _differ(found[0], text, blocks):
                untrue.append(f"entry {entry.text!r:.60} is untrue: {difference}")
    wrong += [f"a post of an entry that does not exist: {part}" for part in posts if part not in known]
    books.compare("posts of thread entries", sum(map(len, posts.values())), len(known), wrong)
    books.none("untrue thread entries", untrue)
    flags = [
        f"entry {row['id']} of {row['ticket_id']}"
        for row in ledger.tables.entries
        if row["needs_showing"] or row["posting"]
    ]
    books.none("entries still to be shown", flags)
    books.note("messages that stand before earlier ones", len(_out_of_order(ledger, posts)))


def _out_of_order(ledger: Ledger, posts: Mapping[tuple[str, int], list[Json]]) -> list[str]:
    """Of each thread, the customer's messages in the order in which they stand in Slack."""
    at = {row["id"]: row for row in ledger.inbound}
    threads: dict[object, list[tuple[float, Any]]] = defaultdict(list)
    for entry in ledger.tables.entries:
        shown = posts.get((str(entry["id"]), 0))
        if entry["message_id"] in at and shown:
            threads[entry["ticket_id"]].append((float(shown[0]["ts"]), at[entry["message_id"]]))
    wrong = []
    for thread in threads.values():
        came = [row for _, row in sorted(thread, key=lambda each: each[0])]
        wrong += [
            f"{later['text']!r:.60} stands before {earlier['text']!r:.60}"
            for later, earlier in pairwise(came)
            if later["at"] > earlier["at"]
        ]
    return wrong


async def _drawn(settings: Settings, dsn: str, ledger: Ledger) -> list[RoomEntry]:
    """Every entry, with the links to its files that it had when it was posted: they are the same all day."""
    database = Database(dsn, size=1)
    try:
        links = await SharedLinks(database, settings.public_base_url, settings.secret_key)()
        async with database.single() as session:
            ids = [row["id"] for row in ledger.tables.entries]
            rows = await session.execute(ENTRIES, {"entries": ids})
            now = utc_now()
            found = list(rows)
            asked = [row.approval_id for row in found if row.approval_id]
            playbook = await Playbooks().current(session)
            about = await shown_approvals(session, asked, playbook) if asked else {}
            runs = await shown_runs(session, [row.run_id for row in found if row.run_id], playbook)
            drawn = [entry_of(row, posting=False, files=shown_files(row.files, links, now)) for row in found]
            return [
                replace(
                    each,
                    approval=about.get(row.approval_id),
                    run=runs.get(row.run_id),
                    mail=shown_mail(row, links, now),
                )
                for each, row in zip(drawn, found, strict=True)
            ]
    finally:
        await database.close()


def _differ(post: Json, text: str, blocks: Sequence[Json]) -> str:
    """What is otherwise in Slack than drawn now; "" if nothing is. Slack names what we left unnamed."""
    if post.get("text") != text:
        return f"text {post.get('text')!r:.100}, not {text!r:.100}"
    shown = post.get("blocks", [])
    if len(shown) != len(blocks):
        return f"{len(shown)} blocks, not {len(blocks)}"
    for there, drawn in zip(map(_judged, shown), map(_judged, blocks), strict=True):
        named = (
            {**there} if "block_id" in drawn else {name: value for name, value in there.items() if name != "block_id"}
        )
        if named != drawn:
            return f"{_without(named, drawn)!r:.300}, not {_without(drawn, named)!r:.300}"
    return ""


def _without(block: Json, other: Json) -> Json:
    """Only what the other has not."""
    return {name: value for name, value in block.items() if other.get(name) != value}


def _judged(block: Json) -> Json:
    """Without the menu on a message, which offers the tickets that were open when it was posted."""
    menu = block.get("accessory", {}).get("action_id") == Action.MESSAGE
    return {name: value for name, value in block.items() if name != "accessory"} if menu else block
