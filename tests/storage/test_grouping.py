"""Every statement of the units of work, as it is run for several: PostgreSQL must understand it."""

import importlib
import pkgutil
from collections.abc import Iterator

import asyncpg
import pytest
from sqlalchemy import ClauseElement

import storage.work
from storage.compiled import compiled
from storage.engine import plain_dsn
from storage.grouping import Grouping, Told, Way, grouping


def _statements() -> Iterator[tuple[str, ClauseElement]]:
    for found in pkgutil.iter_modules(storage.work.__path__):
        module = importlib.import_module(f"storage.work.{found.name}")
        for name, value in vars(module).items():
            if isinstance(value, ClauseElement) and hasattr(value, "compile") and _is_whole(value):
                yield f"{found.name}.{name}", value


def _is_whole(value: ClauseElement) -> bool:
    return value.__visit_name__ in {"select", "insert", "update", "delete", "textclause", "compound_select"}


def _grouped(statement: ClauseElement) -> Grouping:
    known = compiled(statement)
    return grouping(known.sql, len(known.parameters), counts=known.counts)


class TestGrouping:
    async def test_postgresql_understands_each_statement_that_says_whose_its_rows_are(self, database: str) -> None:
        connection = await asyncpg.connect(plain_dsn(database))
        try:
            understood = 0
            for name, each in _statements():
                try:
                    await connection.prepare(compiled(each).sql)
                except asyncpg.PostgresError:
                    continue  # a piece of one
                way = _grouped(each)
                if way.way is Way.TOLD:
                    told = await connection.prepare(way.told)
                    assert told.get_attributes()[-1].name == "whose_place", name
                understood += way.way is Way.TOLD
            assert understood > 150
        finally:
            await connection.close()

    @pytest.mark.parametrize(
        ("sql", "counts", "way", "writes", "locks"),
        [
            ("SELECT 1", False, Way.TOLD, False, False),
            ("SELECT a FROM b FOR NO KEY UPDATE OF b", False, Way.TOLD, False, True),
            ("INSERT INTO a (b) VALUES ($1)", True, Way.TOLD, True, False),
            ("INSERT INTO a (b) VALUES ($1) ON CONFLICT DO UPDATE SET b = 1", False, Way.SILENT, True, False),
            ("WITH x AS (INSERT INTO a RETURNING b) SELECT b FROM x", False, Way.EACH, True, False),
            ("WITH x AS (SELECT 1) INSERT INTO a SELECT * FROM x RETURNING (b)", False, Way.TOLD, True, False),
            ("UPDATE a SET b = (SELECT c FROM d FOR UPDATE)", False, Way.SILENT, True, True),
        ],
    )
    def test_it_knows_what_a_statement_does(self, sql: str, counts: bool, way: Way, writes: bool, locks: bool) -> None:
        found = grouping(sql, 1, counts=counts)
        assert (found.way, found.writes, found.locks) == (way, writes, locks)

    def test_a_lock_that_keeps_others_out_is_told_from_one_that_is_shared(self) -> None:
        assert grouping("SELECT pg_advisory_xact_lock(1, 2)", 0, counts=False).excludes
        assert grouping("SELECT pg_try_advisory_xact_lock(1, 2)", 0, counts=False).excludes
        assert not grouping("SELECT pg_advisory_xact_lock_shared(1, 2)", 0, counts=False).excludes


class TestTold:
    async def test_whose_a_row_is_does_not_show(self, database: str) -> None:
        connection = await asyncpg.connect(plain_dsn(database))
        try:
            row = await connection.fetchrow("SELECT 1 AS one, 'b' AS two, 7 AS whose_place", record_class=Told)
        finally:
            await connection.close()
        assert (row.place, row.two, row["one"], len(row)) == (7, "b", 1, 2)
        assert (*row,) == (1, "b")
        assert row.as_dict() == dict(row.items()) == {"one": 1, "two": "b"}
