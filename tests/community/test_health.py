"""What a proxy asks."""

import pytest
from django.db import OperationalError

from community import health


@pytest.fixture(autouse=True)
def asked_afresh(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)


def test_healthz_lives_without_a_database(client, monkeypatch):
    """A supervisor must not restart a process because the database is away."""
    answer = client.get("/healthz", headers={"host": "10.0.0.7:8000"})
    assert answer.status_code == 200 and answer.content == b"ok\n"


def test_readyz_says_ready_and_no_versions(client, db):
    answer = client.get("/readyz")
    assert answer.status_code == 200 and answer.json() == {"database": "ok", "redis": "not used"}


def test_readyz_refuses_while_the_database_is_away(client, monkeypatch):
    def away():
        raise OperationalError("away")

    monkeypatch.setattr(health.connection, "cursor", away)
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json()["database"] == "away"


def test_readyz_refuses_while_a_migration_is_missing_and_asks_again(client, db, monkeypatch):
    """Cached for good while still pending, a new version would never come into service."""
    monkeypatch.setattr("django.db.migrations.executor.MigrationExecutor.migration_plan", lambda self, targets: ["one"])
    assert client.get("/readyz").json()["database"] == "not migrated"
    monkeypatch.setattr("django.db.migrations.executor.MigrationExecutor.migration_plan", lambda self, targets: [])
    assert client.get("/readyz").status_code == 200


def test_readyz_tells_of_a_redis_that_is_away_and_stays_ready(client, db, settings):
    """Without Redis messages still arrive, through the poll: taking the process out of service would stop them."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert answer.status_code == 200 and answer.json()["redis"] == "away"
