"""The list of a ticket's files, newest first. Links end after a month; these are fresh."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.text import inline
from bot.views.files import line, picture
from bot.views.parts import context, mrkdwn, plain, section
from bot.wire import Json
from ticketing.attachments.previews import ListedFile
from ticketing.tickets.card import TicketCard

MOST = 40  # files: a view may have a hundred blocks, but Slack limits its size as well


def files_modal(card: TicketCard, files: Sequence[ListedFile]) -> Json:
    blocks = [_entry(each) for each in files[:MOST]]
    if len(files) > MOST:
        blocks.append(context(mrkdwn("Earlier files stand in the ticket's thread.")))
    if not files:
        blocks.append(section(mrkdwn("There are no files on this ticket.")))
    return {"type": "modal", "title": plain(f"Files of #{card.number}"[:24]), "close": plain("Close"), "blocks": blocks}


def _entry(listed: ListedFile) -> Json:
    small = picture(listed.file) if listed.file.slack_file is not None else None
    when = f"*{inline(listed.author, 120) or 'unknown'}* · {_date(listed.at)}"
    return section(mrkdwn(f"{line(listed.file)}\n{when}"), accessory=small)


def _date(at: datetime) -> str:
    shown = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}}, {{time}}|{shown}>"
