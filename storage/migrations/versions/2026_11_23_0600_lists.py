"""Lists and search of a million tickets: facets, values of custom fields, words."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e4b8d20c6f19"
down_revision = "7d3a91c5e2b8"
branch_labels = None
depends_on = None

# What a list may ask of a ticket, as words: docs/lists.md. Weeks since 1970, from 2019 to 2038, and blocks of 8,192
# numbers are what long lists are gone through by.
_WEEK = "least(greatest(floor(extract(epoch FROM {} AT TIME ZONE 'UTC') / 604800), 2600), 3600)::int"
_FACETS = f"""
    CREATE FUNCTION ticket_facets(
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
            RETURN '{{}}';
        END IF;
        facets := ARRAY[
            'status:' || status, 'stage:' || status_category, 'type:' || type, 'category:' || category,
            'channel:' || coalesce(channel, ''), 'priority:' || priority, 'team:' || coalesce(team_id::text, ''),
            'assignee:' || coalesce(assignee_id::text, ''), 'owner:' || coalesce(owner_id::text, ''),
            'due:' || CASE WHEN due_at IS NULL THEN '' ELSE ({_WEEK.format("due_at")})::text END, 'created:' || {_WEEK.format("created_at")},
            'updated:' || {_WEEK.format("updated_at")}, 'block:' || number / 8192
        ];
        IF status_category <> 'closed' THEN
            facets := facets || 'current'::text;
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
                one := value #>> '{{}}';
                IF one ~ '^[A-Za-z][A-Za-z0-9_-]{{0,63}}$' THEN
                    facets := facets || ('field:' || key || ':' || one);
                END IF;
            END IF;
        END LOOP;
        RETURN facets;
    END $$
"""
_COLUMN = """
    ticket_facets(status, status_category, type, category, channel, priority, team_id, assignee_id,
        coalesce(owner_id, owner_team_id), tags, fields, due_at, created_at, updated_at, number,
        discarded_at IS NULL AND merged_into IS NULL)
"""
# Numbers are kept as numbers, everything else as words: a list is sorted by the one, then by the other.
_VALUES = r"""
    SELECT {row}.number, key, CASE WHEN one ~ '^-?[0-9]+(\.[0-9]+)?$' THEN one::numeric ELSE 0 END,
        CASE WHEN one ~ '^-?[0-9]+(\.[0-9]+)?$' THEN '' ELSE left(one, 100) END
    FROM {source} jsonb_each_text({row}.fields) AS entry (key, one)
"""
_KEEP_VALUES = f"""
    CREATE FUNCTION keep_ticket_values() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            DELETE FROM ticket_value WHERE ticket_value.number = OLD.number;
        END IF;
        INSERT INTO ticket_value (number, field, amount, word) {_VALUES.format(row="NEW", source="")};
        RETURN NULL;
    END $$
"""
_SET_CHANNEL = """
    CREATE FUNCTION set_ticket_channel() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.channel := (SELECT conversation.channel FROM conversation WHERE conversation.id = NEW.conversation_id);
        RETURN NEW;
    END $$
"""
_PUNCTUATION = "!\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~„“”‚‘’«»‹›–—…¿¡·•"
_SPACES = " " * (len(_PUNCTUATION) - 1)  # the apostrophe is written twice
_TRANSLATE = f"translate(left(words, 100000), '{_PUNCTUATION}', '{_SPACES}')"
_PLAIN_WORDS = f"""
    CREATE FUNCTION plain_words(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT {_TRANSLATE}
    $$
"""
# An index may not rely on a function that is only found by its name, so this one does not call the other.
_SEARCHABLE = f"""
    CREATE FUNCTION searchable(words text, at timestamptz) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT to_tsvector('simple'::regconfig, {_TRANSLATE})
            || array_to_tsvector(ARRAY['~' || {_WEEK.format("at")}])
    $$
"""
_STANDING = "discarded_at IS NULL AND merged_into IS NULL"
_CURRENT = f"{_STANDING} AND status_category <> 'closed'"
_RANK = "array_position('{urgent,high,normal,low}'::text[], priority)"
_DUE = "(coalesce(due_at, 'infinity'::timestamptz))"


def upgrade() -> None:
    for function in (_FACETS, _KEEP_VALUES, _SET_CHANNEL, _PLAIN_WORDS, _SEARCHABLE):
        op.execute(sa.text(function.replace(":", "\\:")))
    op.add_column("ticket", sa.Column("channel", sa.Text(), nullable=True))
    op.execute(
        "UPDATE ticket SET channel = conversation.channel FROM conversation WHERE conversation.id = conversation_id"
    )
    op.add_column(
        "ticket",
        sa.Column(
            "facets", postgresql.ARRAY(sa.Text(collation="C")), sa.Computed(_COLUMN, persisted=True), nullable=True
        ),
    )
    op.create_table(
        "ticket_value",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(collation="C"), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("number", "field", name=op.f("pk_ticket_value")),
    )
    op.execute(f"INSERT INTO ticket_value {_VALUES.format(row='ticket', source='ticket,')}".replace(":", "\\:"))
    op.execute(
        "CREATE TRIGGER keep_values AFTER INSERT OR UPDATE OF fields ON ticket"
        " FOR EACH ROW EXECUTE FUNCTION keep_ticket_values()"
    )
    op.execute(
        "CREATE TRIGGER set_channel BEFORE INSERT OR UPDATE OF conversation_id ON ticket"
        " FOR EACH ROW EXECUTE FUNCTION set_ticket_channel()"
    )
    op.create_index("ix_ticket_value_sorted", "ticket_value", ["field", "amount", "word", "number"], unique=False)
    op.create_index(
        "ix_ticket_facets",
        "ticket",
        ["facets"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    for name, where in (("current_", _CURRENT), ("", _STANDING)):
        for order, columns in (
            ("priority", [_RANK, _DUE, "number"]),
            ("due", [_DUE, "number"]),
            ("created", ["created_at", "number"]),
            ("updated", ["updated_at", "number"]),
        ):
            op.create_index(
                f"ix_ticket_{name}{order}",
                "ticket",
                [sa.text(each) for each in columns],
                unique=False,
                postgresql_where=sa.text(where),
            )
    for table, words in (
        ("message", "searchable(text, at)"),
        ("ticket", "searchable(subject, created_at)"),
        ("comment", "searchable(text, at)"),
    ):
        op.create_index(
            f"ix_{table}_words",
            table,
            [sa.text(words)],
            unique=False,
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": "512"},
        )
