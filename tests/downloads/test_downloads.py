"""Asking for a copy of one's things, the worker that makes it, and fetching it while it is there."""

import io
import uuid
import zipfile
from threading import Event

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from community.backups.tables import PASSING
from community.centre import retention
from community.downloads import actions, making
from community.downloads.models import Download
from community.kit.models import AuditEntry
from community.kit.schedule import JOBS
from community.kit.worker import LOOPS
from community.members.people.actions import close_account
from community.notifications import expansion
from community.notifications.models import Notification
from groups.chat import actions as chat
from groups.peers import actions as peers
from tests.cast import PASSWORD
from tests.races import at_once, meet

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
PAGE, ASK, FETCH, AGAIN = "/me/things/", "/me/things/ask/", "/me/things/fetch/", "/accounts/again/"
DAY, WEEK = 24 * 3600, 7 * 24 * 3600


@pytest.fixture
def things(alice, client_of):
    return client_of(alice)


def text_of(answer) -> str:
    return answer.content.decode()


def work() -> None:
    LOOPS["downloads"]()


def sweep() -> None:
    JOBS["community.downloads.tasks.forget_downloads"].do()


def fetched(client) -> zipfile.ZipFile:
    answer = client.post(FETCH)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.content))


def proven_again(client, alice) -> None:
    """Give the password once more, as the page asks."""
    assert client.post(AGAIN, {"password": PASSWORD}).status_code == 302


def test_a_member_asks_waits_and_fetches(alice, things):
    """The way through, on pages that are plain forms."""
    assert "Ask for my things" in text_of(things.get(PAGE))
    assert things.post(ASK).status_code == 302
    waiting = text_of(things.get(PAGE))
    assert "being put together" in waiting and "Ask for" not in waiting and "Download my things" not in waiting
    assert things.post(FETCH, follow=True).redirect_chain == [(PAGE, 302)]
    work()
    assert "Download my things" in text_of(things.get(PAGE))
    answer = things.post(FETCH)
    assert answer["Content-Disposition"] == 'attachment; filename="my-things.zip"'
    assert answer["Cache-Control"] == "private, no-store"
    assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
    assert "Last downloaded" in text_of(things.get(PAGE))


def test_me_leads_to_it(things):
    assert f'href="{PAGE}"' in text_of(things.get("/me/"))


def test_both_ask_who_is_there(alice, things, clock):
    """A phone that lies open on a table, and with it all that its owner ever wrote."""
    clock.shift(301)
    answer = things.post(ASK)
    assert answer["Location"].startswith(AGAIN) and not Download.objects.exists()
    proven_again(things, alice)
    assert "Have a copy made" in text_of(things.get(f"{ASK}?held"))
    things.post(ASK)
    work()
    clock.shift(301)
    assert things.post(FETCH)["Location"].startswith(AGAIN)
    proven_again(things, alice)
    assert "Download your things" in text_of(things.get(f"{FETCH}?held"))
    assert "index.html" in fetched(things).namelist()


def test_both_are_noted_for_the_member(alice, things):
    """Somebody else's asking, which its owner would never see."""
    things.post(ASK)
    work()
    fetched(things)
    page = text_of(things.get("/me/"))
    assert "A copy of your things was asked for" in page and "A copy of your things was downloaded" in page
    noted = AuditEntry.objects.filter(verb__endswith="_things").values_list("actor", "target")
    assert set(noted) == {(alice.pk, str(alice.pk))}


def test_a_notification_says_when_it_is_there(alice, things):
    things.post(ASK)
    expansion.run()
    assert not Notification.objects.filter(kind="download").exists()
    work()
    expansion.run()
    assert "Your things are ready to download" in text_of(things.get("/inbox/"))
    things.get(PAGE)
    assert not Notification.objects.unread().filter(kind="download").exists()


def test_nobody_fetches_what_is_anothers(alice, bob, things, client_of):
    things.post(ASK)
    work()
    other = client_of(bob)
    assert "Download my things" not in text_of(other.get(PAGE))
    assert other.post(FETCH, follow=True).redirect_chain == [(PAGE, 302)]
    assert client_of(alice).post(FETCH).status_code == 200


def test_one_at_a_time_and_three_a_week(alice, things, clock):
    """A double click makes no second one, and whoever asks again and again costs no more."""
    things.post(ASK)
    things.post(ASK)
    assert Download.objects.count() == 1 and AuditEntry.objects.filter(verb="members.ask_things").count() == 1
    for _more in range(2):
        work()
        clock.shift(60)
        things.post(ASK)
    work()
    file = Download.objects.get().file
    answer = things.post(ASK, follow=True)
    assert "several times this week. You can ask again on December 2, 2026, " in text_of(answer)
    assert Download.objects.get().file == file, "what is there stays"
    clock.shift(WEEK)
    actions.ask(member=alice)
    assert Download.objects.get().is_under_way


def test_what_is_stored_says_nothing(alice, things, group, channel):
    """A stolen disk or bucket that holds what somebody wrote."""
    chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="Planted here")
    things.post(ASK)
    work()
    download = Download.objects.get()
    with default_storage.open(download.file) as file:
        stored = file.read()
    assert not any(mark in stored + download.file.encode() for mark in (b"Planted here", b"Alice", b"alice@", b"index.html", b"PK\x03\x04"))
    assert b"Planted here" in fetched(things).read("data.json")


# ---------------------------------------------------------------- what is over


def test_after_a_week_it_is_gone(things, alice, clock, client_of, django_capture_on_commit_callbacks):
    things.post(ASK)
    work()
    clock.shift(WEEK)
    later = client_of(alice)
    assert "no longer here" in text_of(later.get(PAGE))
    assert later.post(FETCH, follow=True).redirect_chain == [(PAGE, 302)]
    with django_capture_on_commit_callbacks(execute=True):
        sweep()
    assert actions._stored() == set()
    assert "no longer here" in text_of(later.get(PAGE)) and "Ask for a new copy" in text_of(later.get(PAGE))


def test_what_is_over_goes_within_the_hour_and_that_it_was_asked_for_after_another_week(things, alice, clock, client_of):
    """A file that lay there for a day more than was said, and a row that nothing but closing deleted."""
    things.post(ASK)
    work()
    job = JOBS["community.downloads.tasks.forget_downloads"]
    assert job.seconds == 3600
    clock.shift(WEEK)
    sweep()
    assert retention.forget()["downloads"] == 0 and Download.objects.get().state == "gone"
    clock.shift(WEEK)
    assert retention.forget()["downloads"] == 1 and not Download.objects.exists()
    assert "Ask for my things" in text_of(client_of(alice).get(PAGE))


def test_a_new_one_takes_the_place_of_the_first(things, django_capture_on_commit_callbacks):
    things.post(ASK)
    work()
    first = actions._stored()
    with django_capture_on_commit_callbacks(execute=True):
        things.post(ASK)
    assert actions._stored() == set() and first
    work()
    assert len(actions._stored()) == 1


def test_closing_the_account_takes_it_along(alice, ada, things, client_of, django_capture_on_commit_callbacks):
    things.post(ASK)
    work()
    with django_capture_on_commit_callbacks(execute=True):
        assert client_of(ada).post(f"/staff/people/{alice.pk}/close/").status_code == 302
    assert actions._stored() == set() and not Download.objects.exists()


def test_who_is_gone_has_no_name_in_the_copies_of_others(alice, bob, ada, things, channel, client_of, django_capture_on_commit_callbacks):
    """A name that is nowhere anymore, but in a file that others can still fetch for a week."""
    mine = chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="Is anybody up?")
    chat.send(member=bob, channel=channel.pk, client_id=uuid.uuid4(), body="I am up", reply_to=mine.pk)
    things.post(ASK)
    work()
    assert b'"Bob"' in fetched(things).read("data.json")
    with django_capture_on_commit_callbacks(execute=True):
        client_of(ada).post(f"/staff/people/{bob.pk}/close/")
    assert "being put together" in text_of(things.get(PAGE))
    work()
    again = fetched(things).read("data.json").decode()
    assert '"Bob"' not in again and "Former member" in again and "I am up" in again


def test_a_draft_names_nobody_who_is_gone(alice, bob, ada, channel, client_of):
    """The one place in a conversation where what was written has not been said yet."""
    chat.save_draft(member=alice, channel=channel.pk, body="@Bob, and tomorrow? Bob?")
    client_of(ada).post(f"/staff/people/{bob.pk}/close/")
    page = text_of(client_of(alice).get(f"/chat/{channel.pk}/"))
    assert "@Former member, and tomorrow? Bob?" in page and "@Bob" not in page


def test_who_leaves_a_group_has_a_ready_copy_made_anew(alice, bob, things, group, channel, django_capture_on_commit_callbacks):
    """Somebody who was removed, and takes what others said to them along."""
    mine = chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="Is anybody up?")
    chat.send(member=bob, channel=channel.pk, client_id=uuid.uuid4(), body="I am up", reply_to=mine.pk)
    things.post(ASK)
    work()
    assert b"I am up" in fetched(things).read("data.json")
    with django_capture_on_commit_callbacks(execute=True):
        peers.leave(member=alice, group=group)
    assert actions._stored() == set() and "being put together" in text_of(things.get(PAGE))
    work()
    again = fetched(things).read("data.json")
    assert b"Is anybody up?" in again and b"I am up" not in again
    assert AuditEntry.objects.filter(verb="members.ask_things").count() == 1, "it uses up none of the three"


def test_who_has_gone_is_in_no_copy_that_waits_to_be_fetched(ada, alice, bob, things, channel, django_capture_on_commit_callbacks):
    """A name that is gone wherever another member can look, but for a file that was made the day before."""
    mine = chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="Is anybody up?")
    chat.send(member=bob, channel=channel.pk, client_id=uuid.uuid4(), body="I am up", reply_to=mine.pk)
    things.post(ASK)
    work()
    assert b"Bob" in fetched(things).read("data.json")
    with django_capture_on_commit_callbacks(execute=True):
        close_account(actor=ada, member=bob)
    assert "being put together" in text_of(things.get(PAGE))
    work()
    again = fetched(things).read("data.json")
    assert b"I am up" in again and b"Bob" not in again


@pytest.mark.django_db(transaction=True)
def test_no_worker_begins_a_copy_while_its_member_leaves(alice):
    """A worker that claims what nobody has begun, reads what the leaving has not committed yet, and is ready with it afterwards."""
    actions.ask(member=alice)
    left, claimed = Event(), []

    def act(leaves):
        if not leaves:
            assert left.wait(20)
            with transaction.atomic():
                claimed.append(actions.claim())
            return
        with transaction.atomic():
            actions.make_anew(alice)
            left.set()
            meet()
            assert not any(claimed)

    at_once(act, (True, False))
    assert any(claimed) or actions.claim()


def test_a_file_that_is_gone_is_said_to_be(things):
    """Somebody deleted it, or the secret key is another: a page that says it is gone, and offers it all the same."""
    things.post(ASK)
    work()
    default_storage.delete(Download.objects.get().file)
    page = text_of(things.post(FETCH, follow=True))
    assert "It&#x27;s no longer here" in page and "Your things are ready" not in page and "Download my things" not in page
    assert "downloads.Download" in PASSING


# ---------------------------------------------------------------- the worker


def test_what_a_killed_worker_had_in_hand_is_made_by_another(alice, things, clock):
    """A member who waits forever."""
    things.post(ASK)
    assert actions.claim()
    work()
    assert Download.objects.get().state == "making", "the first still has its lease"
    clock.shift(61)
    work()
    assert "index.html" in fetched(things).namelist()


def test_a_worker_that_takes_long_keeps_its_claim(things, clock, monkeypatch):
    """Two workers that make the same one, since the first takes longer than its lease."""
    things.post(ASK)
    slow = actions.claim()
    step = actions._prolong
    taken = []

    def slowly(download):
        clock.shift(45)
        step(download)
        taken.append(actions.claim())

    monkeypatch.setattr(actions, "_prolong", slowly)
    actions.make(slow)
    assert len(taken) > 5 and not any(taken)
    assert Download.objects.get().state == "ready" and Download.objects.get().tries == 1


def test_a_worker_that_wakes_up_late_changes_nothing(things, clock):
    """One that was frozen, and puts its older copy in the place of the newer, or leaves a file that nobody deletes."""
    things.post(ASK)
    late = actions.claim()
    clock.shift(61)
    work()
    before = Download.objects.get()
    actions.make(late)
    after = Download.objects.get()
    assert (after.file, after.until) == (before.file, before.until)
    assert actions._stored() == {before.file}


def test_a_file_that_no_row_names_is_swept_up(things, clock):
    """Of a worker that was killed between storing and saying so; that of one that still works stays."""
    things.post(ASK)
    claimed = actions.claim()
    for name in ("lost", str(claimed.claim)):
        default_storage.save(f"{actions.FOLDER}/{name}", ContentFile(b"x"))
    sweep()
    assert actions._stored() == {f"{actions.FOLDER}/{claimed.claim}"}


def test_one_that_becomes_ready_while_files_are_swept_up_stays(things):
    """A copy that is ready and has no file, since it was neither among the files nor among the claims when these were asked for."""
    things.post(ASK)
    claimed = actions.claim()
    default_storage.save(name := f"{actions.FOLDER}/{claimed.claim}", ContentFile(b"x"))
    finished = []

    def watch(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if sql.startswith('SELECT "downloads_download"."file"') and not finished:
            finished.append(True)
            actions._finish(claimed, name, 1)
        return answer

    with connection.execute_wrapper(watch):
        sweep()
    assert finished and Download.objects.get().state == "ready" and actions._stored() == {name}


def test_what_kills_its_worker_each_time_is_given_up(things, clock, caplog):
    """One that is too much for the memory, and takes the e-mails and pushes of its worker down with it each minute for good."""
    things.post(ASK)
    for _more in range(actions.MAX_TRIES):
        assert actions.claim()
        clock.shift(61)
    assert actions.claim() is None and Download.objects.get().state == "failed" and "it is given up" in caplog.text
    assert "Something went wrong on our side" in text_of(things.get(PAGE))


def test_what_fails_is_tried_again_and_given_up_at_last(things, clock, monkeypatch, caplog):
    things.post(ASK)
    with monkeypatch.context() as patch:
        patch.setattr(making, "make", lambda *_: 1 / 0)
        work()
        assert Download.objects.get().state == "asked" and Download.objects.get().due > timezone.now()
        for _more in range(actions.MAX_TRIES):
            clock.shift(DAY / 20)
            work()
    assert Download.objects.get().state == "failed"
    assert "Something went wrong on our side" in text_of(things.get(PAGE))
    assert "it is given up" in caplog.text
