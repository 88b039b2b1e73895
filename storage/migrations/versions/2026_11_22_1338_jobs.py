"""The tables of the job queue, from the pinned PgQueuer, and its advice on vacuuming them."""

from alembic import op
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment

revision = "5d2f7c1a9e40"
down_revision = "c115f6c16ab8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    queue = QueryBuilderEnvironment()
    _run(queue.build_install_query(create_schema=False))
    _run(queue.build_optimize_autovacuum_query())


def _run(script: str) -> None:
    """Several statements at once: asyncpg's simple protocol takes them, its prepared statements do not."""
    raw = op.get_bind().connection.dbapi_connection
    assert raw is not None
    raw.run_async(lambda connection: connection.execute(script))
