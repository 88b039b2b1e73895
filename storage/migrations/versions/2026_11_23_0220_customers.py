"""What is known of customers, what channels vouch for, and merges that can be undone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b81c5f0e27d4"
down_revision = "e27fa1b84c60"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer", sa.Column("language", sa.Text(), nullable=True))
    op.add_column("customer", sa.Column("time_zone", sa.Text(), nullable=True))
    op.add_column(
        "customer",
        sa.Column("custom", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("customer", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.add_column("customer", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.create_foreign_key(op.f("fk_customer_merged_into_customer"), "customer", "customer", ["merged_into"], ["id"])
    op.create_index(
        "ix_customer_merged_into",
        "customer",
        ["merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index(
        "ix_customer_name",
        "customer",
        [sa.text("to_tsvector('simple'::regconfig, name)")],
        unique=False,
        postgresql_using="gin",
    )
    op.add_column("identity", sa.Column("phone", sa.Text(), nullable=True))
    op.add_column("identity", sa.Column("email", sa.Text(), nullable=True))
    op.add_column("identity", sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True))
    # Who writes on WhatsApp has that number. No two have the same, so nobody is to be merged.
    op.execute(
        "UPDATE identity SET phone = address, verified_at = now() "
        "WHERE channel = 'whatsapp' AND address ~ '^\\+[1-9][0-9]{6,14}$'"
    )
    for name in ("phone", "email"):
        op.create_index(
            f"ix_identity_{name}", "identity", [name], unique=False, postgresql_where=sa.text(f"{name} IS NOT NULL")
        )
    op.create_table(
        "customer_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("absorbed_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("identities", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("conversations", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("tickets", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("filled", postgresql.JSONB(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["survivor_id"], ["customer.id"], name=op.f("fk_customer_merge_survivor_id_customer")),
        sa.ForeignKeyConstraint(["absorbed_id"], ["customer.id"], name=op.f("fk_customer_merge_absorbed_id_customer")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_customer_merge_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_merge")),
    )
    op.create_index("ix_customer_merge_survivor_id", "customer_merge", ["survivor_id"], unique=False)
    op.create_index("ix_customer_merge_absorbed_id", "customer_merge", ["absorbed_id", "at"], unique=False)
    op.create_index(
        "uq_customer_merge_standing",
        "customer_merge",
        ["absorbed_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
