"""A site of the first release goes on under today's code: its database is migrated at the start and everything in it is still there."""

import gzip
import json
import re
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from community.members.signing_in.allauth_internals import format_hotp_value, hotp_value
from tests.cast import step_now
from tests.databases import RELEASE_KEY, manage, release_environment
from tests.sites import Site
from tests.upgrade.make import ARTICLE, CONVERSATIONS, KEPT, LINES

# What people made. A later release may keep more of it, or keep it elsewhere, and then says here where.
PRECIOUS = (
    "members_user", "members_consent", "members_invitation", "account_emailaddress", "peers_peergroup", "peers_membership",
    "chat_channel", "chat_participant", "chat_message", "safety_report", "safety_block", "kit_auditentry", "wagtailcore_page",
    "wagtailcore_revision",
)  # fmt: skip


# Three accounts of one mailbox and one of another, and when each signed in last.
SHARING = {
    "Zoe": ("zoe@example.org", "2026-01-01 12:00:00"),
    "Zoey": ("zoe@example.org\u200b", "2026-02-01 12:00:00"),
    "Zoella": ("zoe@ｅxample.org", None),
    "Uma": ("uma@münchen.de", "2026-01-01 12:00:00"),
}


def counts(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in PRECIOUS}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("release") / "db.sqlite3"
    with gzip.open(KEPT) as packed, path.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    with closing(sqlite3.connect(path)) as connection, connection:
        for name, (email, last_login) in SHARING.items():
            _copy_alice(connection, name, email, last_login)
        _show_a_picture(connection)
    return path


def _copy_alice(connection: sqlite3.Connection, name: str, email: str, last_login: str | None) -> None:
    """Add another account like Alice's, whose password is its name twice, its address kept as that release kept it: as it was typed."""
    connection.row_factory = sqlite3.Row
    id, password = uuid.uuid5(uuid.NAMESPACE_DNS, name).hex, PBKDF2PasswordHasher().encode(name * 2, "salt", 1000)
    own = {"id": id, "name": name, "name_key": name.lower(), "email": email, "password": password, "last_login": last_login}
    for table, fields in (("members_user", own), ("account_emailaddress", {"id": None, "user_id": id, "email": email})):
        row = dict(connection.execute(f"SELECT * FROM {table} WHERE email = 'alice@example.org'").fetchone()) | fields
        columns, marks = ", ".join(f'"{column}"' for column in row), ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(row.values()))


def _show_a_picture(connection: sqlite3.Connection) -> None:
    """Add a picture to the article, described as that release described one: beside it."""
    now = "2026-11-01 12:00:00"
    fields = {
        "id": 1,
        "title": "IMG_2041",
        "file": "cup.jpg",
        "description": "",
        "width": 4,
        "height": 3,
        "created_at": now,
        "collection_id": 1,
    }
    marks = ", ".join("?" * (len(fields) + 1))
    connection.execute(f"INSERT INTO cms_picture ({', '.join(fields)}, file_hash) VALUES ({marks})", [*fields.values(), ""])
    body = json.dumps([{"type": "picture", "value": {"image": 1, "alt": "A cup by a window", "caption": "At six"}, "id": "a"}])
    page = connection.execute("SELECT id FROM wagtailcore_page WHERE title = ?", [ARTICLE]).fetchone()["id"]
    connection.execute("UPDATE cms_articlepage SET body = ? WHERE page_ptr_id = ?", [body, page])
    connection.execute("UPDATE wagtailcore_revision SET content = json_set(content, '$.body', ?) WHERE object_id = ?", [body, str(page)])
    connection.execute("INSERT INTO cms_articlepage_pictures (articlepage_id, picture_id) VALUES (?, 1)", [page])


@pytest.fixture(scope="module")
def site(old: Path, sites: None) -> Iterator[Site]:
    with Site("sqlite", start_from=old, MAINSTAY_SECRET_KEY=RELEASE_KEY) as running:
        yield running


def test_the_kept_database_holds_something_of_everything(old):
    """A kept database that proves nothing because it is empty."""
    assert {table: count for table, count in counts(old).items() if not count} == {}


def test_one_room_can_be_migrated_before_the_others(old, tmp_path):
    """Catches a library that is furnished while tables of it are missing."""
    shutil.copy(old, tmp_path / "db.sqlite3")
    manage("migrate", "kit", "--verbosity=0", **release_environment(str(tmp_path)))


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


def test_a_picture_is_described_as_before(site):
    """Catches a description that becomes the name of a file, for people who cannot see the picture."""
    slug = site.sql("SELECT slug FROM wagtailcore_page WHERE title = %s", ARTICLE)[0][0]
    with closing(site.sign_in("alice")) as alice:
        page = alice.get(f"/library/{slug}/").text
        assert 'alt="A cup by a window"' in page and "<figcaption>At six</figcaption>" in page


def test_each_conversation_is_still_its_groups(site):
    """A channel that belongs to nobody, lets newcomers read more, or has lost who facilitates."""
    told = site.manage("shell", "-v0", "-c", CONVERSATIONS).split("\n")
    assert sorted(line for line in told if line) == [
        "True ['facilitator', 'member', 'member']",
        "True ['facilitator', 'member']",
        "True ['facilitator']",
    ]


@pytest.mark.parametrize(
    ("name", "login"),
    [("Zoe", "zoe@example.org"), ("Zoey", "zoe@example.org"), ("Zoey", "zoe@example.org\u200b"), ("Zoella", "zoe@ｅxample.org"),
     ("Uma", "uma@münchen.de"), ("Uma", "uma@xn--mnchen-3ya.de")],
)  # fmt: skip
def test_whoever_shares_a_mailbox_signs_in_as_before(site, name, login):
    """An upgrade that shuts somebody out, or stops at two accounts of one mailbox."""
    with closing(site.client()) as client:
        assert site.fill_in(client, "/accounts/login/", login=login, password=name * 2).status_code == 302


def test_of_one_mailbox_the_last_who_signed_in_has_the_address(site):
    found = site.sql("SELECT u.name, t.name FROM members_user u JOIN members_user t ON u.twin_of_id = t.id ORDER BY u.name")
    assert [tuple(row) for row in found] == [("Zoe", "Zoey"), ("Zoella", "Zoey")]
    assert site.sql("SELECT name FROM members_user WHERE email = 'zoe@example.org'")[0][0] == "Zoey"


def test_rights_are_what_they_were(site):
    """A migration that opens a hidden group or an article."""
    group = site.sql("SELECT id FROM peers_peergroup WHERE join_policy = 'hidden'")[0][0]
    with closing(site.sign_in("charlie")) as charlie:
        assert charlie.get(f"/groups/{_dashed(group)}/").status_code == 404
        assert "For the corner" not in charlie.get("/library/").text
    with closing(site.sign_in("ada")) as ada:
        assert ada.get("/staff/people/").headers["Location"].startswith("/accounts/signing-in/"), "staff set up a second step first"
        key = re.search(r'class="key">([A-Z2-7 ]+)<', ada.get("/accounts/signing-in/app/").text)
        assert key
        code = format_hotp_value(hotp_value(key[1].replace(" ", ""), step_now()))
        assert site.fill_in(ada, "/accounts/signing-in/app/", code=code).status_code == 302
        assert "newcomer@example.org" in ada.get("/staff/people/?show=invited").text


def _dashed(id: str) -> str:
    return f"{id[:8]}-{id[8:12]}-{id[12:16]}-{id[16:20]}-{id[20:]}"
