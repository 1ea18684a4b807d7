"""A site of the first release goes on under today's code: its database is migrated at the start and everything in it is still there."""

import gzip
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.cast import step_now
from tests.databases import RELEASE_KEY
from tests.sites import Site
from tests.upgrade.make import ARTICLE, KEPT, LINES

# What people made. A later release may keep more of it, or keep it elsewhere, and then says here where.
PRECIOUS = (
    "members_user", "members_consent", "members_invitation", "account_emailaddress", "peers_peergroup", "peers_membership",
    "chat_channel", "chat_participant", "chat_message", "safety_report", "safety_block", "kit_auditentry", "wagtailcore_page",
    "wagtailcore_revision",
)  # fmt: skip


def counts(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in PRECIOUS}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("release") / "db.sqlite3"
    with gzip.open(KEPT) as packed, path.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    return path


@pytest.fixture(scope="module")
def site(old: Path, sites: None) -> Iterator[Site]:
    with Site("sqlite", start_from=old, MAINSTAY_SECRET_KEY=RELEASE_KEY) as running:
        yield running


def test_the_kept_database_holds_something_of_everything(old):
    """A kept database that proves nothing because it is empty."""
    assert {table: count for table, count in counts(old).items() if not count} == {}


def test_no_row_is_lost_on_the_way(old, site):
    assert counts(site.folder / "db.sqlite3") == counts(old)


def test_nothing_is_left_to_migrate(site):
    assert "[ ]" not in site.manage("showmigrations", "--plan")


def test_alice_finds_her_talk_as_it_was(site):
    """A password that no longer opens, or a message that was changed, lost or brought back."""
    channel = site.sql("SELECT channel_id FROM chat_message WHERE body = %s", LINES[0])[0][0]
    with closing(site.sign_in("alice")) as alice:
        answer = alice.get(f"/chat/{_dashed(channel)}/history/").json()
        bodies = [row["body"] for row in answer["rows"] if row["kind"] == "text"]
        assert bodies == [LINES[0], LINES[1], LINES[2] + " Bring a friend.", None, LINES[4], "An answer."]
        page = alice.get(f"/chat/{_dashed(channel)}/")
        assert page.status_code == 200 and LINES[0] in page.text and LINES[3] not in page.text
        assert ARTICLE in alice.get("/library/").text


def test_rights_are_what_they_were(site):
    """A migration that opens a hidden group or an article."""
    group = site.sql("SELECT id FROM peers_peergroup WHERE door = 'hidden'")[0][0]
    with closing(site.sign_in("charlie")) as charlie:
        assert charlie.get(f"/groups/{_dashed(group)}/").status_code == 404
        assert "For the corner" not in charlie.get("/library/").text
    with closing(site.sign_in("ada")) as ada:
        assert ada.get("/staff/people/").headers["Location"].startswith("/accounts/signing-in/"), "staff set up a second step first"
        key = re.search(r'class="key">([A-Z2-7 ]+)<', ada.get("/accounts/signing-in/app/").text)
        assert key
        code = format_hotp_value(hotp_value(key[1].replace(" ", ""), step_now()))
        assert site.fill_in(ada, "/accounts/signing-in/app/", code=code).status_code == 302
        assert "newcomer@example.org" in ada.get("/staff/people/").text


def _dashed(id: str) -> str:
    return f"{id[:8]}-{id[8:12]}-{id[12:16]}-{id[16:20]}-{id[20:]}"
