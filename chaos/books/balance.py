"""The whole balance of one run."""

from collections.abc import Collection, Sequence

from chaos.books.approvals import balance_approvals
from chaos.books.books import Books
from chaos.books.customers import balance_customers
from chaos.books.deeds import balance_deeds
from chaos.books.direct import balance_direct_messages
from chaos.books.files import balance_files
from chaos.books.ledger import read
from chaos.books.mails import balance_mails
from chaos.books.places import balance_places
from chaos.books.records import balance_records
from chaos.books.runs import balance_runs, read_runs
from chaos.books.slack import balance_slack
from chaos.house import House
from chaos.office import Deed
from chaos.town import Town


async def balance(
    house: House, towns: Sequence[Town], deeds: Sequence[Deed], *, removed: Collection[str] = ()
) -> Books:
    """To be drawn when everything is quiet. `removed`: by ts, the cards that people deleted."""
    books = Books()
    ledger = await read(house.dsn)
    balance_customers(books, ledger, towns, house.phones.kept())
    balance_files(books, ledger, towns)
    if (post := house.phones.post) is not None:
        undelivered = post.server.undelivered
        balance_mails(books, ledger, towns, automatic=post.automatic(), refused=post.refused, undelivered=undelivered)
    posts = [post for each in house.channels for post in house.slack.channel_messages(each)]
    site = f"https://{house.slack.domain}.slack.com/"
    await balance_slack(books, ledger, house.settings, house.dsn, posts, site=site, removed=removed)
    balance_places(books, ledger, house.channels)
    books.note("cards that people deleted", len(removed))
    balance_direct_messages(books, house.slack)
    balance_deeds(books, ledger, deeds, house.phones.sent())
    balance_approvals(books, ledger, deeds)
    if house.shop is not None:
        balance_runs(books, await read_runs(house.dsn), house.shop, [each for town in towns for each in town.citizens])
    await balance_records(books, ledger, house.dsn, secret=house.settings.secret_key)
    return books
