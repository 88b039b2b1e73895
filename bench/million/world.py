"""The statements that make a desk of any number of tickets, five messages each, as skewed as real ones.

Three years of work: 5 % of the tickets are live, most of them young. Types, categories, teams, assignees, tags and
regions are common and rare as Zipf has it; categories follow types and assignees follow teams, so that some pairs of
common values hardly ever meet. Texts are made of a vocabulary with Zipf's frequencies. `$n` is the number of tickets.
"""

RARE_WORD = "quokka"  # in 50 of a million messages, and in as many subjects
COMMON_WORD = "parcel"  # in 5 % of the messages and of the subjects

# Time-ordered ids, as ours are: the kind, then the number.
_ID = "(lpad(to_hex({kind}), 2, '0') || lpad(to_hex(({number})::bigint), 30, '0'))::uuid"


def id_of(kind: int, number: str) -> str:
    return _ID.format(kind=kind, number=number)


# Words of two to four syllables, the first ones by far the most frequent; then passages of seven words.
VOCABULARY = """
    CREATE TEMP TABLE syllable AS
        SELECT row_number() OVER () - 1 AS at, s AS text
        FROM unnest('{ba,ke,li,mo,nu,ra,se,ti,vo,zu,fa,ge,hi,jo,ku,la}'::text[]) AS s;
    CREATE TEMP TABLE word AS
        SELECT n, (SELECT string_agg(text, '' ORDER BY place) FROM generate_series(0, 3) AS place
                   JOIN syllable ON at = (n >> (4 * place)) & 15
                   WHERE place < 2 OR n >> (4 * place) > 0) AS text
        FROM generate_series(0, 19999) AS n;
    CREATE UNIQUE INDEX ON word (n) INCLUDE (text);
    CREATE TEMP TABLE passage AS
        SELECT p AS n, string_agg(word.text, ' ') AS text
        FROM (SELECT p, least(floor(20000 * power(random(), 3.5)), 19999)::int AS w
              FROM generate_series(0, 49999) AS p, generate_series(1, 7)) AS drawn
        JOIN word ON word.n = drawn.w GROUP BY p;
    CREATE UNIQUE INDEX ON passage (n);
    ANALYZE passage;
"""

PEOPLE = f"""
    INSERT INTO team (id, name, is_default)
        SELECT {id_of(1, "i")}, 'Team ' || i, i = 0 FROM generate_series(0, 7) AS i;
    INSERT INTO person (id, name, email, role)
        SELECT {id_of(2, "i")}, 'Agent ' || i, 'agent' || i || '@example.com', CASE WHEN i = 0 THEN 'admin' ELSE 'agent' END
        FROM generate_series(0, 63) AS i;
    INSERT INTO team_member (team_id, person_id)
        SELECT {id_of(1, "i % 8")}, {id_of(2, "i")} FROM generate_series(0, 63) AS i;
"""

CUSTOMERS = f"""
    INSERT INTO customer (id, name, created_at)
        SELECT {id_of(3, "i")}, 'Customer ' || i, now() - interval '3 years' FROM generate_series(0, $n / 2) AS i;
    INSERT INTO identity (id, customer_id, channel, address)
        SELECT {id_of(4, "i")}, {id_of(3, "i")}, CASE WHEN i % 10 < 7 THEN 'whatsapp' ELSE 'telegram' END, '+49150' || i
        FROM generate_series(0, $n / 2) AS i;
    INSERT INTO conversation (id, customer_id, channel, account, address, state, version, created_at)
        SELECT {id_of(5, "i")}, {id_of(3, "i")}, CASE WHEN i % 10 < 7 THEN 'whatsapp' ELSE 'telegram' END, '+1', '+49150' || i,
            'open', 1, now() - interval '3 years'
        FROM generate_series(0, $n / 2) AS i;
"""

# One draw of chance a column. The newest are live; of the older ones hardly any. An assignee is of the team, but for 1 %.
_DRAWN = """
    SELECT i, now() - interval '3 years' * (1 - i / $n::float8) AS created_at,
        random() AS r_live, random() AS r_status, random() AS r_type, random() AS r_category, random() AS r_priority,
        random() AS r_due, random() AS r_due_in, random() AS r_nobody, random() AS r_stray, random() AS r_field,
        random() AS r_money, random() AS r_gone, floor(8 * power(random(), 2))::int AS team,
        floor(8 * power(random(), 1.5))::int AS seat, floor(12 * power(random(), 2.5))::int AS region,
        floor(200 * power(random(), 3))::int AS tag, floor(50000 * random())::int AS passage
    FROM generate_series($first, $last) AS i
"""
_SETTLED = """
    SELECT *, r_live < (CASE WHEN i > $n * 0.96 THEN 0.85 ELSE 0.017 END) AS live,
        CASE WHEN r_type < 0.45 THEN 'general_query' WHEN r_type < 0.70 THEN 'complaint' WHEN r_type < 0.92 THEN 'return'
            ELSE 'case_follow_up' END AS type
    FROM drawn
"""
TICKETS = f"""
    WITH drawn AS MATERIALIZED ({_DRAWN}), settled AS MATERIALIZED ({_SETTLED}), told AS (
        SELECT *,
            CASE WHEN live THEN CASE WHEN r_status < 0.35 THEN 'open' WHEN r_status < 0.75 THEN 'in_progress'
                                     ELSE 'waiting_on_customer' END
                 WHEN i > $n * 0.99 THEN 'resolved' ELSE 'closed' END AS status,
            CASE WHEN live THEN CASE WHEN r_status < 0.35 THEN 'open' WHEN r_status < 0.75 THEN 'active'
                                     ELSE 'pending' END
                 WHEN i > $n * 0.99 THEN 'resolved' ELSE 'closed' END AS status_category,
            CASE WHEN type = 'return' THEN (ARRAY['damaged','product','shipping','other'])[1 + floor(3.99 * power(r_category, 1.5))::int]
                 WHEN type = 'complaint' THEN (ARRAY['shipping','billing','product','damaged','technical'])[1 + floor(4.99 * power(r_category, 1.5))::int]
                 WHEN r_category < 0.002 THEN 'damaged'
                 ELSE (ARRAY['billing','account','technical','booking','other'])[1 + floor(4.99 * power(r_category, 1.5))::int]
            END AS category,
            CASE WHEN r_priority < 0.68 THEN 'normal' WHEN r_priority < 0.88 THEN 'low' WHEN r_priority < 0.98 THEN 'high'
                 ELSE 'urgent' END AS priority
        FROM settled
    )
    INSERT INTO ticket (id, number, conversation_id, customer_id, channel, type, category, subject, description, status,
        status_category, status_since, priority, team_id, assignee_id, reporter, created_at, updated_at, resolved_at,
        version, due_at, tags, fields, discarded_at, merged_into)
    SELECT {id_of(6, "i")}, i, {id_of(5, "i / 2")}, {id_of(3, "i / 2")},
        CASE WHEN (i / 2) % 10 < 7 THEN 'whatsapp' ELSE 'telegram' END, type, category,
        passage.text || CASE WHEN i % 20 = 3 THEN ' {COMMON_WORD}' WHEN i % 20000 = 7 THEN ' {RARE_WORD}' ELSE '' END,
        'order ' || 1000000 + i, status, status_category, created_at, priority,
        {id_of(1, "team")},
        CASE WHEN live AND r_nobody < 0.3 THEN NULL ELSE {id_of(2, "CASE WHEN r_stray < 0.01 THEN (team + 3) % 8 ELSE team END + 8 * seat")} END,
        'ai', created_at,
        CASE WHEN live THEN greatest(created_at, now() - interval '20 days' * power(r_money, 2))
             ELSE least(now(), created_at + interval '9 days' * r_money) END,
        CASE WHEN NOT live THEN least(now(), created_at + interval '5 days' * r_money) END, 2,
        CASE WHEN r_due < (CASE WHEN live THEN 0.7 ELSE 0.4 END) THEN
            CASE WHEN live THEN now() - interval '5 days' + interval '25 days' * r_due_in
                 ELSE created_at + interval '25 days' * r_due_in END END,
        CASE WHEN tag < 150 THEN ARRAY['tag' || tag] ELSE '{{}}' END,
        jsonb_build_object('region', (ARRAY['de','fr','gb','us','nl','at','ch','it','es','pl','se','nz'])[1 + region])
            || CASE WHEN type IN ('return', 'complaint') AND r_field < 0.8
                    THEN jsonb_build_object('refund', round((5 + 95 * power(r_money, 3) * 20)::numeric, 2)::text,
                                            'arrives_on', to_char(created_at + interval '9 days' * r_due_in, 'YYYY-MM-DD'))
                    ELSE '{{}}' END
            || CASE WHEN r_field > 0.96 THEN '{{"vip": true}}'::jsonb ELSE '{{}}' END
            || CASE WHEN r_field < 0.3 THEN jsonb_build_object('reasons', (ARRAY['["late"]','["broken"]','["late","broken"]','["wrong"]'])[1 + i % 4]::jsonb)
                    ELSE '{{}}' END,
        CASE WHEN r_gone < 0.01 THEN created_at + interval '1 hour' END,
        CASE WHEN r_gone BETWEEN 0.01 AND 0.015 AND i > 1000 THEN {id_of(6, "i - 2 * (i % 400) - 2")} END
    FROM told JOIN passage ON passage.n = told.passage
"""

MESSAGES = f"""
    WITH drawn AS MATERIALIZED (
        SELECT i, k, floor(50000 * random())::int AS passage, floor(50000 * random())::int AS second, random() AS r,
            now() - interval '3 years' * (1 - i / $n::float8) + interval '7 hours' * k AS at
        FROM generate_series($first, $last) AS i, generate_series(0, 4) AS k
    ), sent AS (
        INSERT INTO message (id, conversation_id, direction, text, at, delivery, key, triaged)
        SELECT {id_of(7, "i * 8 + k")}, {id_of(5, "i / 2")}, CASE WHEN k % 2 = 0 THEN 'in' ELSE 'out' END,
            a.text || ' ' || b.text || CASE WHEN k = 0 THEN ' order ' || 1000000 + i ELSE '' END
                || CASE WHEN drawn.r < 0.05 THEN ' {COMMON_WORD}' WHEN drawn.r > 0.99995 THEN ' {RARE_WORD}' ELSE '' END,
            least(at, now()), 'read', 'bench:' || i * 8 + k, true
        FROM drawn JOIN passage AS a ON a.n = drawn.passage JOIN passage AS b ON b.n = drawn.second
        RETURNING id, at
    )
    INSERT INTO room_entry (id, ticket_id, message_id, concerns, at, needs_showing)
    SELECT {id_of(8, "i * 8 + k")}, {id_of(6, "i")}, {id_of(7, "i * 8 + k")}, true, least(at, now()), false
    FROM drawn
"""

COMMENTS = f"""
    INSERT INTO comment (id, ticket_id, author_id, text, at)
    SELECT {id_of(9, "i")}, {id_of(6, "i")}, {id_of(2, "i % 64")}, passage.text, now() - interval '3 years' * (1 - i / $n::float8)
    FROM generate_series(10, $n, 10) AS i JOIN passage ON passage.n = i % 50000
"""

# The next number is one that no ticket has.
NUMBERS = "SELECT setval('ticket_number', $n)"


def written(statement: str, tickets: int, first: int = 0, last: int = 0) -> str:
    """With these numbers in it."""
    return statement.replace("$first", str(first)).replace("$last", str(last)).replace("$n", str(tickets))
