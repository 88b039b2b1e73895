"""Where cards stand in Slack: the statements that a ticket's card and a conversation's light card have in common."""

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.types import DateTime, Text, Uuid

_OWNER = bindparam("owner", type_=Uuid)
_RUN = bindparam("run", type_=Uuid)


class CardTable:
    """The statements over one table of cards. Made once, as module constants.

    One run of one job at a time shows a card. A second one leaves a note (`again`) and goes: the first looks once more.
    What a run notes counts only while nobody has taken the card over from it, be it the same job's next run.
    `posting_since` stays that of the first attempt whose outcome nobody knows, however many tries it takes to find out:
    whoever looks for its card must look that far back. `before` alone may be older than the row that was waited for.
    And who takes over from a run that never let go does not know what it has made of the card: what it shows counts as
    unknown, also where that was to look as it does now.
    """

    def __init__(self, table: str, owner: str, *, where_it_belongs: str) -> None:
        """`where_it_belongs` selects the owner's id and the channel its card belongs in, of `:owner`."""
        self.take: TextClause = text(
            _TAKE.format(table=table, owner=owner, where_it_belongs=where_it_belongs)
        ).bindparams(
            _OWNER,
            bindparam("job", type_=Text),
            _RUN,
            bindparam("now", type_=DateTime(timezone=True)),
            bindparam("until", type_=DateTime(timezone=True)),
        )
        self.renew: TextClause = text(_RENEW.format(table=table, owner=owner)).bindparams(
            _OWNER, _RUN, bindparam("until", type_=DateTime(timezone=True))
        )
        self.release: TextClause = text(_RELEASE.format(table=table, owner=owner)).bindparams(_OWNER, _RUN)
        self.shown: TextClause = text(_SHOWN.format(table=table, owner=owner)).bindparams(_OWNER, _RUN)
        self.lost: TextClause = text(_LOST.format(table=table, owner=owner)).bindparams(_OWNER, _RUN)
        self.deleted: TextClause = text(_DELETED.format(table=table, owner=owner)).bindparams(
            bindparam("channel", type_=Text), bindparam("ts", type_=Text)
        )
        self.at: TextClause = text(_AT.format(table=table, owner=owner))
        self.doubt: TextClause = text(_DOUBT.format(table=table, owner=owner)).bindparams(_OWNER)
        self.adopt: TextClause = text(_ADOPT.format(table=table, owner=owner)).bindparams(
            _OWNER,
            bindparam("channel", type_=Text),
            bindparam("instead_of", type_=Text),
            bindparam("since", type_=DateTime(timezone=True)),
        )


_TAKE = """
    WITH before AS (SELECT posting_since FROM {table} WHERE {owner} = :owner),
    belongs (owner, channel) AS ({where_it_belongs})
    INSERT INTO {table} AS card ({owner}, channel, posting_since, held_by, held_run, held_until, again)
    SELECT owner, channel, CASE WHEN channel IS NOT NULL THEN :now END, :job, :run, :until, false
    FROM belongs
    ON CONFLICT ({owner}) DO UPDATE SET
        (held_by, held_run, held_until, again, digest, channel, posting_since) = (
            SELECT CASE WHEN free THEN :job ELSE card.held_by END,
                   CASE WHEN free THEN :run ELSE card.held_run END,
                   CASE WHEN free THEN :until ELSE card.held_until END,
                   NOT free,
                   CASE WHEN free AND card.held_by IS NOT NULL THEN NULL ELSE card.digest END,
                   CASE WHEN card.ts IS NULL THEN EXCLUDED.channel ELSE card.channel END,
                   CASE WHEN free AND card.ts IS NULL THEN coalesce(card.posting_since, EXCLUDED.posting_since)
                        ELSE card.posting_since END
            FROM (SELECT card.held_by IS NULL OR card.held_until < :now AS free) AS state
        )
    RETURNING held_by, held_run, held_until, channel, ts, digest,
        coalesce((SELECT posting_since FROM before), nullif(posting_since, :now)) AS posted_before
"""

# However late: as long as nobody has taken it over, nobody has touched it. Once it was taken over it never comes back,
# also when that one has let go again: what this run knows of the card is old by then.
_RENEW = "UPDATE {table} SET held_until = :until WHERE {owner} = :owner AND held_run = :run RETURNING {owner}"

_RELEASE = """
    WITH before AS (
        SELECT {owner}, again FROM {table} WHERE {owner} = :owner AND held_run = :run FOR NO KEY UPDATE
    )
    UPDATE {table} SET held_by = NULL, held_run = NULL, held_until = NULL, again = false
    FROM before WHERE {table}.{owner} = before.{owner}
    RETURNING before.again AS was_again
"""

# Not when the card was deleted after Slack took the change: _DELETED has been here meanwhile.
_SHOWN = """
    UPDATE {table} SET channel = :channel, ts = :ts, digest = :digest, posting_since = NULL, shown_at = :now
    WHERE {owner} = :owner AND held_run = :run AND (ts = :ts OR posting_since IS NOT NULL)
    RETURNING {owner}
"""

_LOST = """
    UPDATE {table} SET ts = NULL, digest = NULL, posting_since = NULL WHERE {owner} = :owner AND held_run = :run
    RETURNING {owner}
"""

_DELETED = """
    UPDATE {table} SET ts = NULL, digest = NULL, posting_since = NULL WHERE channel = :channel AND ts = :ts
    RETURNING {owner} AS owner
"""

_AT = "SELECT {owner} AS owner FROM {table} WHERE channel = :channel AND ts = :ts"

_DOUBT = "UPDATE {table} SET digest = NULL WHERE {owner} = :owner"

# A row there may not be: of a database that was restored, Slack knows more than the database does.
_ADOPT = """
    INSERT INTO {table} AS card ({owner}, channel, posting_since, again)
    VALUES (:owner, :channel, :since, false)
    ON CONFLICT ({owner}) DO UPDATE
        SET ts = NULL, digest = NULL, channel = EXCLUDED.channel, posting_since = EXCLUDED.posting_since
        WHERE card.ts IS NOT DISTINCT FROM :instead_of
    RETURNING {owner} AS owner
"""
