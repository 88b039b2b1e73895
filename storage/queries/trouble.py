"""What `threadline doctor` asks the database."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine


@dataclass(frozen=True, slots=True)
class Trouble:
    teams_without_channel: tuple[str, ...]
    has_default_team: bool
    has_people: bool
    unreadable: int
    unknown_replies: int
    ai_is_on: bool
    bad_templates: tuple[str, ...]  # "order_update is rejected"
    without_fallback: tuple[str, ...]  # channels that have templates, and none that stands in
    files_gone: int  # lately
    left_behind: tuple[str, ...]  # "#12 (Ben)": open, with somebody who has left
    not_in_slack: tuple[str, ...]  # addresses of people who should have been told something there this week


_TROUBLE = text("""
    SELECT
        (SELECT coalesce(array_agg(name ORDER BY name), '{}') FROM team WHERE slack_channel IS NULL) AS without_channel,
        EXISTS (SELECT FROM team WHERE is_default) AS has_default,
        EXISTS (SELECT FROM person WHERE left_at IS NULL) AS has_people,
        (SELECT count(*) FROM inbox WHERE outcome IN ('unreadable', 'unmatched')) AS unreadable,
        (SELECT count(*) FROM message WHERE delivery = 'unknown') AS unknown,
        (SELECT is_on FROM switch WHERE name = 'ai') AS ai_is_on,
        (SELECT coalesce(array_agg(name || ' is ' || status ORDER BY name, language), '{}') FROM template
         WHERE status IN ('rejected', 'paused') OR (is_fallback AND status <> 'approved')) AS bad_templates,
        (SELECT coalesce(array_agg(channel ORDER BY channel), '{}')
         FROM (SELECT channel FROM template GROUP BY channel HAVING NOT bool_or(is_fallback)) AS bare) AS bare,
        (SELECT count(*) FROM attachment
         WHERE state = 'gone' AND created_at > now() - interval '1 day') AS files_gone,
        (SELECT coalesce(array_agg('#' || number || ' (' || name || ')' ORDER BY number), '{}')
         FROM (SELECT ticket.number, person.name FROM person JOIN ticket ON ticket.assignee_id = person.id
               WHERE person.left_at IS NOT NULL AND ticket.status_category IN ('open', 'active', 'pending')
                   AND ticket.discarded_at IS NULL AND ticket.merged_into IS NULL
               LIMIT 20) AS abandoned) AS left_behind,
        (SELECT coalesce(array_agg(DISTINCT email), '{}')
         FROM (SELECT person_id FROM direct_message
               WHERE why = 'not in Slack' AND settled_at > now() - interval '7 days'
               ORDER BY settled_at DESC LIMIT 100) AS missed
         JOIN person ON person.id = missed.person_id) AS not_in_slack
""")


async def trouble(engine: AsyncEngine) -> Trouble:
    """One look at everything that needs a person. Reads partial indexes, whatever the tables have grown to."""
    async with engine.connect() as connection:
        row = (await connection.execute(_TROUBLE)).one()
    return Trouble(
        tuple(row.without_channel),
        row.has_default,
        row.has_people,
        row.unreadable,
        row.unknown,
        row.ai_is_on,
        tuple(row.bad_templates),
        tuple(row.bare),
        row.files_gone,
        tuple(row.left_behind),
        tuple(row.not_in_slack),
    )
