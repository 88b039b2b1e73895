"""Where teams and conversations without a ticket are shown in Slack."""

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

_MOST = 200  # a desk has a few teams

_CHANNELS = text("""
    SELECT channel, string_agg(whose, ', ' ORDER BY place, whose) AS whose
    FROM (
        SELECT slack_channel AS channel, 'Team ' || name AS whose, 0 AS place FROM team
        UNION ALL
        SELECT intake_channel, 'conversations without a ticket', 1 FROM team WHERE is_default
    ) AS used
    WHERE channel IS NOT NULL
    GROUP BY channel ORDER BY min(place), min(whose) LIMIT :most
""")


async def team_channels(engine: AsyncEngine) -> Mapping[str, str]:
    """The Slack channels of this desk by id, each with whose it is: "Team Support"."""
    async with engine.connect() as connection:
        rows = (await connection.execute(_CHANNELS, {"most": _MOST})).all()
    return {row.channel: row.whose for row in rows}
