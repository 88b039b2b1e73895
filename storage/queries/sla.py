"""What is asked about clocks beside the tickets themselves."""

from sqlalchemy import DateTime, Integer, Uuid, bindparam, text

# Where a clock's events are told, and whom they concern: a ticket of somebody who has left is nobody's.
SLA_PLACE = text("""
    SELECT ticket.number, ticket.subject, ticket.type, ticket.status, ticket.priority,
        customer.name AS customer, customer.tier, card.channel, card.ts, person.name AS assignee,
        (SELECT slack_user FROM slack_user WHERE slack_user.email = person.email ORDER BY seen_at DESC LIMIT 1)
            AS assignee_slack,
        team.name AS team,
        (
            SELECT jsonb_agg(jsonb_build_array(member.name, known.slack_user, member.role = 'supervisor')
                ORDER BY member.name)
            FROM team_member JOIN person AS member ON member.id = team_member.person_id
            LEFT JOIN LATERAL (
                SELECT slack_user FROM slack_user WHERE slack_user.email = member.email ORDER BY seen_at DESC LIMIT 1
            ) AS known ON true
            WHERE team_member.team_id = team.id
        ) AS members,
        ticket.discarded_at IS NULL AND ticket.merged_into IS NULL AS counts,
        service_level.policy, service_level.clocks
    FROM ticket
    JOIN service_level ON service_level.ticket_id = ticket.id
    JOIN customer ON customer.id = ticket.customer_id
    LEFT JOIN ticket_card AS card ON card.ticket_id = ticket.id
    LEFT JOIN person ON person.id = ticket.assignee_id AND person.left_at IS NULL
    LEFT JOIN team ON team.id = coalesce(ticket.team_id, (SELECT id FROM team WHERE is_default))
    WHERE ticket.id = :ticket
""").bindparams(bindparam("ticket", type_=Uuid))

# Those at risk, soonest due first, without reading all of them: what is overdue is at risk, and comes first. Only where
# that does not fill the page, those that are not due yet are looked at: all of them, if they are few; if they are many,
# walking in the order in which they are due soon meets them. IS TRUE keeps the walk from another index, and a sort. By
# an array, PostgreSQL knows that the tickets of a page are few.
AT_RISK_PAGE = """
    late AS MATERIALIZED (
        SELECT ticket_id, due_at
        FROM service_level
        WHERE at_risk_at IS NOT NULL AND coalesce(due_at, 'infinity'::timestamptz) <= :now
        ORDER BY coalesce(due_at, 'infinity'::timestamptz), ticket_id
        LIMIT :most
    ), soon AS MATERIALIZED (
        SELECT ticket_id, due_at
        FROM service_level
        WHERE at_risk_at IS NOT NULL AND at_risk_at <= :now AND (SELECT count(*) FROM late) < :most
        ORDER BY at_risk_at
        LIMIT 1001
    ), page AS MATERIALIZED (
        SELECT ticket_id, due_at FROM late
        UNION ALL
        (
            SELECT ticket_id, due_at
            FROM soon
            WHERE coalesce(due_at, 'infinity'::timestamptz) > :now AND (SELECT count(*) FROM soon) <= 1000
            ORDER BY coalesce(due_at, 'infinity'::timestamptz), ticket_id
            LIMIT (SELECT :most - count(*) FROM late)
        )
        UNION ALL
        (
            SELECT ticket_id, due_at
            FROM service_level
            WHERE at_risk_at IS NOT NULL AND coalesce(due_at, 'infinity'::timestamptz) > :now
                AND (at_risk_at <= :now) IS TRUE AND (SELECT count(*) FROM soon) > 1000
            ORDER BY coalesce(due_at, 'infinity'::timestamptz), ticket_id
            LIMIT (SELECT :most - count(*) FROM late)
        )
    )
"""
AT_RISK = text(f"""
    WITH {AT_RISK_PAGE}
    SELECT ticket.number, ticket.subject, ticket.priority, customer.name AS customer, person.name AS assignee,
        card.channel, card.ts,
        (SELECT clocks FROM service_level WHERE service_level.ticket_id = page.ticket_id) AS clocks
    FROM page
    JOIN ticket ON ticket.id = page.ticket_id AND ticket.id = ANY (ARRAY(SELECT ticket_id FROM page))
    JOIN customer ON customer.id = ticket.customer_id
    LEFT JOIN person ON person.id = ticket.assignee_id
    LEFT JOIN ticket_card AS card ON card.ticket_id = ticket.id
    ORDER BY page.due_at, page.ticket_id
""").bindparams(  # noqa: S608 - a constant of ours
    bindparam("now", type_=DateTime(timezone=True)), bindparam("most", type_=Integer)
)
