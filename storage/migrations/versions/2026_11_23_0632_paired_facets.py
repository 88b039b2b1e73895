"""Facets that say two properties at once: of pairs that hardly ever meet, and of the tickets in the views."""

import sqlalchemy as sa
from alembic import op

revision = "1f6a93d2c7be"
down_revision = "a5c07f3e9d12"
branch_labels = None
depends_on = None

_FACETS = r"""
    CREATE OR REPLACE FUNCTION ticket_facets(
        status text, status_category text, type text, category text, channel text, priority text, team_id uuid,
        assignee_id uuid, owner_id uuid, tags text[], fields jsonb, due_at timestamptz, created_at timestamptz,
        updated_at timestamptz, number integer, standing boolean
    ) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE
        facets text[];
        key text;
        value jsonb;
        one text;
    BEGIN
        IF NOT standing THEN
            RETURN '{}';
        END IF;
        facets := ARRAY[
            'status:' || status, 'stage:' || status_category, 'type:' || type, 'category:' || category,
            'channel:' || coalesce(channel, ''), 'priority:' || priority, 'team:' || coalesce(team_id::text, ''),
            'assignee:' || coalesce(assignee_id::text, ''), 'owner:' || coalesce(owner_id::text, ''),
            'due:' || CASE WHEN due_at IS NULL THEN '' ELSE (least(greatest(floor(extract(epoch FROM due_at AT TIME ZONE 'UTC') / 604800), 2600), 3600)::int)::text END, 'created:' || least(greatest(floor(extract(epoch FROM created_at AT TIME ZONE 'UTC') / 604800), 2600), 3600)::int,
            'kind:' || type || '/' || category,
            'work:' || coalesce(team_id::text, '') || '/' || coalesce(assignee_id::text, ''), 'updated:' || least(greatest(floor(extract(epoch FROM updated_at AT TIME ZONE 'UTC') / 604800), 2600), 3600)::int, 'block:' || number / 8192
        ];
        IF status_category <> 'closed' THEN
            facets := facets || ARRAY['current', 'current-priority:' || priority,
                'current-team:' || coalesce(team_id::text, ''), 'current-assignee:' || coalesce(assignee_id::text, '')];
        END IF;
        IF status_category IN ('open', 'active', 'pending') THEN
            facets := facets || 'live'::text || ('live-assignee:' || coalesce(assignee_id::text, ''));
        END IF;
        FOREACH one IN ARRAY tags LOOP
            facets := facets || ('tag:' || one);
        END LOOP;
        FOR key, value IN SELECT * FROM jsonb_each(fields) LOOP
            facets := facets || ('field:' || key);
            IF jsonb_typeof(value) = 'array' THEN
                FOR one IN SELECT * FROM jsonb_array_elements_text(value) LOOP
                    facets := facets || ('field:' || key || ':' || one);
                END LOOP;
            ELSE
                one := value #>> '{}';
                IF one ~ '^[A-Za-z][A-Za-z0-9_-]{0,63}$' THEN
                    facets := facets || ('field:' || key || ':' || one);
                END IF;
            END IF;
        END LOOP;
        RETURN facets;
    END $$
"""
_COLUMN = """
    ALTER TABLE ticket ADD COLUMN facets text[] COLLATE "C" GENERATED ALWAYS AS (
        ticket_facets(status, status_category, type, category, channel, priority, team_id, assignee_id,
            coalesce(owner_id, owner_team_id), tags, fields, due_at, created_at, updated_at, number,
            discarded_at IS NULL AND merged_into IS NULL)
    ) STORED
"""


def upgrade() -> None:
    op.execute(sa.text(_FACETS.replace(":", "\\:")))
    op.drop_column("ticket", "facets")  # and with it its index
    op.execute(_COLUMN)
    op.create_index(
        "ix_ticket_facets",
        "ticket",
        ["facets"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
