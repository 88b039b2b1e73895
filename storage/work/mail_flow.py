"""How many mails go to and fro between an address and us, counted by the statements that have to do with it anyway."""

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Boolean, DateTime, Integer, Text, Uuid

# All of it in one statement, because there are hundreds of mails a second: the mail, how many its sender has written,
# and that they take mail, if it is proven.
ADD_MAIL = text("""
    WITH added AS (
        INSERT INTO mail (message_id, event, mail_id, refs, subject, sender, sender_name, recipients, copies, verified,
            proof, automatic, whole)
        VALUES (:message_id, :event, :mail_id, :refs, :subject, :sender, :sender_name, :recipients, :copies, :verified,
            :proof, :automatic, :whole)
    ), heard AS (
        INSERT INTO mail_flow AS flow (channel, address, heard, answered, at)
        VALUES (:channel, :address, ARRAY[:at], '{}', :at)
        ON CONFLICT (channel, address) DO UPDATE SET at = greatest(flow.at, :at), heard = (
            SELECT array_agg(each) FROM (
                SELECT each FROM unnest(flow.heard || :at) AS each WHERE each > :since ORDER BY each DESC LIMIT :most
            ) AS newest
        )
        RETURNING heard
    ), lifted AS (
        DELETE FROM suppression WHERE channel = :channel AND address = :address AND :verified RETURNING address
    )
    SELECT cardinality(heard.heard) AS mails, EXISTS (SELECT FROM lifted) AS lifted FROM heard
""").bindparams(
    bindparam("message_id", type_=Uuid),
    bindparam("refs", type_=ARRAY(Text)),
    bindparam("recipients", type_=JSONB),
    bindparam("copies", type_=JSONB),
    bindparam("verified", type_=Boolean),
    bindparam("most", type_=Integer),
    *(bindparam(name, type_=DateTime(timezone=True)) for name in ("at", "since")),
    *(
        bindparam(name, type_=Text)
        for name in (
            *("event", "mail_id", "subject", "sender", "sender_name", "proof", "automatic", "whole"),
            *("channel", "address"),
        )
    ),
)
ANSWER_BY_MACHINE = text("""
    INSERT INTO mail_flow AS flow (channel, address, heard, answered, at)
    VALUES (:channel, :address, '{}', ARRAY[:at], :at)
    ON CONFLICT (channel, address) DO UPDATE SET at = greatest(flow.at, :at), answered = (
        SELECT array_agg(each) FROM unnest(flow.answered || :at) AS each WHERE each > :since
    )
    WHERE (SELECT count(*) FROM unnest(flow.answered) AS each WHERE each > :since) < :most
    RETURNING address
""").bindparams(
    bindparam("channel", type_=Text),
    bindparam("address", type_=Text),
    bindparam("most", type_=Integer),
    *(bindparam(name, type_=DateTime(timezone=True)) for name in ("at", "since")),
)

# What came from an address into a conversation, and whether it answered that mail of ours.
GOT = text("""
    SELECT coalesce(bool_or(theirs), false) AS wrote, coalesce(bool_or(theirs AND answers), false) AS answered
    FROM (
        SELECT lower(mail.sender) = :address AS theirs, :mail = ANY(mail.refs) AS answers
        FROM message JOIN mail ON mail.message_id = message.id
        WHERE message.conversation_id = :conversation AND message.direction = 'in' AND message.at > :since
        ORDER BY message.at DESC, message.id DESC LIMIT 100
    ) AS newest
""").bindparams(
    bindparam("conversation", type_=Uuid),
    bindparam("address", type_=Text),
    bindparam("mail", type_=Text),
    bindparam("since", type_=DateTime(timezone=True)),
)
