"""Makes `first-release.sqlite3.gz`, the database that later code must migrate and serve:

    .venv/bin/python -m tests.upgrade.make

It is made once a release, by that release's own actions, and then kept as it is: run this again only before the release is out.
"""

import contextlib
import gzip
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

from tests.databases import ROOT, clean_environment, manage, release_environment

KEPT = Path(__file__).with_name("first-release.sqlite3.gz")
LINES = (
    "Good evening, everyone.",
    "The second paragraph of a *long* day.",
    "See you on Thursday.",
    "This one will go.",
    "Thank you, Alice.",
)
ARTICLE = "A quiet hour"
# Asked of a site by `manage.py shell`: what its channels and participants say of their groups, and what these say.
CONVERSATIONS = """
from groups.chat.models import Participant
from groups.peers.models import GroupChannel, Membership
for each in GroupChannel.objects.select_related("group", "channel"):
    channel, group = each.channel, each.group
    theirs = ("group", group.pk, group.name, group.history_visibility)
    told = (channel.kind, channel.about, channel.name, channel.history_visibility) == theirs
    roles = Participant.objects.filter(channel=channel, left_version=None).order_by("member").values_list("member", "role")
    known = Membership.objects.current().filter(group=group).order_by("member").values_list("member", "role")
    print(told and list(roles) == list(known) != [], sorted(role for _id, role in roles))
"""


def fill() -> None:
    """Give the database a little of everything that this release can keep."""
    from community.members.invitations.actions import invite
    from community.safety import actions as safety
    from groups.chat import actions as chat
    from groups.peers import actions as peers
    from tests.cast import make_cast, make_group
    from tests.cms.articles import write

    people, group = make_cast()
    alice, bob, faye, ada = (people[name] for name in ("alice", "bob", "faye", "ada"))
    channel = group.channels.get()
    sent = [
        chat.send(member=member, channel=channel.pk, client_id=uuid.uuid4(), body=line)
        for member, line in zip((alice, bob, faye, alice, bob), LINES, strict=True)
    ]
    chat.send(member=faye, channel=channel.pk, client_id=uuid.uuid4(), body="An answer.", reply_to=sent[0].id)
    chat.edit(member=faye, message=sent[2].id, body=LINES[2] + " Bring a friend.")
    chat.delete(member=alice, message=sent[3].id)
    chat.mark_read(member=alice, channel=channel.pk, seq=2)
    chat.save_draft(member=bob, channel=channel.pk, body="Half a thought")
    safety.report(member=bob, kind="message", target_id=sent[0].id, reason="other", note="Please look.")
    safety.block(member=bob, other=faye)
    hidden = make_group(actor=ada, facilitator=faye, members=(alice,), name="Quiet corner", join_policy="hidden")
    peers.leave(member=bob, group=make_group(actor=ada, facilitator=faye, members=(bob,), name="Sunday walk"))
    invite(actor=ada, email="newcomer@example.org")
    write(ARTICLE, "members")
    write("For the corner", "groups", groups=(hidden,))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "db.sqlite3"
        environment = release_environment(folder)
        manage("migrate", "--verbosity=0", **environment)
        code = "import django; django.setup(); from tests.upgrade.make import fill; fill()"
        setting = {"DJANGO_SETTINGS_MODULE": "community.settings"}
        subprocess.run([sys.executable, "-c", code], env=clean_environment() | environment | setting, cwd=ROOT, check=True)
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("DELETE FROM django_tasks_database_dbtaskresult")
            connection.commit()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("VACUUM")
        with path.open("rb") as plain, KEPT.open("wb") as kept, gzip.GzipFile("", "wb", 9, kept, mtime=0) as packed:
            shutil.copyfileobj(plain, packed)


if __name__ == "__main__":
    main()
