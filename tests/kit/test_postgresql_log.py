"""PostgreSQL's own log, as a real server writes it."""

import pytest
from django.core import checks
from django.db import connection

from community.checks import discreet_database
from community.kit.ops.postgresql import log
from tests.services import postgresql
from tests.sites import Site

WORDS = "a hard evening"


def failing(url: str) -> str:
    """Have a statement fail for a row and for a key; return what the server's log holds then."""
    import psycopg

    statements = [
        f"CREATE TEMPORARY TABLE said (body text NOT NULL, at date NOT NULL); INSERT INTO said (body) VALUES ('{WORDS}')",
        f"CREATE TEMPORARY TABLE once (body text UNIQUE); INSERT INTO once VALUES ('{WORDS}'), ('{WORDS}')",
    ]
    for statement in statements:
        with pytest.raises(psycopg.Error), psycopg.connect(url) as line:
            line.execute(statement)
    with pytest.raises(psycopg.Error), psycopg.connect(url) as line:
        line.execute("CREATE TEMPORARY TABLE bound (body text NOT NULL, at date NOT NULL)")
        line.execute("INSERT INTO bound (body) VALUES (%s)", [WORDS])
    return (postgresql().folder / "log").read_text(errors="replace")


def test_what_setup_prints_keeps_members_words_out_of_the_log(sites):
    """A message, whole, in a log that the database's keepers read and keep."""
    with Site("cluster", processes=1) as site:
        assert WORDS in failing(site.database_url), "there is nothing to mend"
        code = "from community.kit.ops.postgresql.log import missing; print('\\n'.join(missing()))"
        wanted = site.manage("shell", "-v0", "-c", code).split("\n")
        assert len([line for line in wanted if line]) == 2
        for line in filter(None, wanted):
            site.sql(line)
        before = len((postgresql().folder / "log").read_text(errors="replace"))
        assert WORDS not in failing(site.database_url)[before:]
        assert not site.manage("shell", "-v0", "-c", code).strip()


@pytest.mark.postgresql
def test_the_check_warns_of_a_log_that_tells(db, monkeypatch):
    if connection.vendor == "sqlite":
        assert not discreet_database(None, databases=["default"])
        monkeypatch.setattr(log, "missing", lambda: ["ALTER DATABASE mainstay SET log_error_verbosity = terse;"])
    found = discreet_database(None, databases=["default"])
    assert [one.level for one in found] == [checks.WARNING] and "ALTER DATABASE" in found[0].msg
    assert not discreet_database(None, databases=None), "a check that was not told to look into the database did"


@pytest.mark.postgresql
def test_each_way_of_logging_statements_is_seen(db):
    """A database whose keeper looks for slow statements, and keeps every message that took long."""
    if connection.vendor == "sqlite":
        return
    with connection.cursor() as cursor:
        for name in log.DISCREET:
            if "." in name:
                continue
            cursor.execute(f"SET LOCAL {name} = {log.DISCREET[name][0]}")
        assert log.missing() == []
        for name, value in {"log_min_duration_statement": "250", "log_statement": "mod", "log_parameter_max_length_on_error": "-1"}.items():
            cursor.execute(f"SET LOCAL {name} = {value}")
            assert [name in line for line in log.missing()] == [True]
            cursor.execute(f"SET LOCAL {name} = {log.DISCREET[name][0]}")
