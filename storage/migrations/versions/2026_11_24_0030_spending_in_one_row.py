"""What the AI spends on a type in a month stands in one row again: it is written last of all in its transaction."""

from alembic import op

revision = "4f0b9d27c6e1"
down_revision = "f28d6e13bca5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TEMPORARY TABLE spent ON COMMIT DROP AS
            SELECT type, month, sum(runs)::integer AS runs, sum(amount) AS amount FROM run_spending GROUP BY type, month
    """)
    op.execute("DELETE FROM run_spending")
    op.drop_constraint("pk_run_spending", "run_spending", type_="primary")
    op.drop_column("run_spending", "slot")
    op.create_primary_key("pk_run_spending", "run_spending", ["type", "month"])
    op.execute("INSERT INTO run_spending (type, month, runs, amount) SELECT type, month, runs, amount FROM spent")
