"""The library's files in a private bucket: they pass through our views as before, and nobody hears of the bucket."""

import io
import shutil
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import checks
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django_tasks_db.models import DBTaskResult
from PIL import Image as Canvas

from cms.media.documents import cleaned
from cms.models import ArticlePage, LibraryDocument, Picture
from community.centre.models import Centre
from community.kit import storage
from community.kit.ops.outage import Outage
from community.kit.task_queue import run_waiting
from community.members.models import User
from tests.backups.sites import manage
from tests.buckets import KEY, SECRET, Bucket, keep_files_in
from tests.centre.test_look import drawing, saved
from tests.cms.articles import paper, photograph, picture, plain, plan, publish, write_every_block
from tests.cms.revealing_files import pdf
from tests.databases import sqlite_template

NOT_STORED = "This file couldn't be stored just now. Wait a few minutes, then choose it again."


@pytest.fixture
def bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with Bucket() as made:
        keep_files_in(made, settings, monkeypatch)
        yield made


@pytest.fixture
def article(db: None, bucket: Bucket, group: Any) -> ArticlePage:
    return publish(write_every_block(), audience="groups", groups=[group])


def test_they_go_to_who_may_read_the_article_and_to_nobody_else(clients: dict[str, Any], article: ArticlePage) -> None:
    shown = Picture.objects.get().sizes()[0].url
    offered = LibraryDocument.objects.get().url
    for url in (shown, offered):
        assert clients["alice"].get(url).status_code == 200
        assert clients["charlie"].get(url).status_code == 404
        assert clients["guest"].get(url).status_code == 302
    never = clients["charlie"].get(reverse("cms:document", args=[uuid.uuid4()]))
    assert plain(clients["charlie"].get(offered)) == plain(never)
    drawn = Canvas.open(io.BytesIO(b"".join(clients["alice"].get(shown).streaming_content)))
    assert drawn.format == "WEBP" and not dict(drawn.getexif())
    response = clients["alice"].get(offered)
    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    assert response["Content-Disposition"].startswith("attachment; filename=") and "sam" not in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store" and response["X-Content-Type-Options"] == "nosniff"


def test_no_page_names_the_bucket_or_holds_a_signed_address(clients: dict[str, Any], bucket: Bucket, article: ArticlePage) -> None:
    """A link that opens a picture for whoever has it, and tells a browser of another host."""
    image, file = Picture.objects.get(), LibraryDocument.objects.get()
    pages = [reverse("cms:article", args=[article.slug]), reverse("cms:library")]
    desk = [f"images/{image.pk}/", "images/", f"documents/edit/{file.pk}/", "documents/", "images/chooser/", "documents/chooser/"]
    desk += [f"images/chooser/chosen/{image.pk}/", f"documents/chooser/chosen/{file.pk}/", f"pages/{article.pk}/edit/"]
    for path in [*pages, *(f"/cms/{path}" for path in desk)]:
        who = "alice" if path in pages else "pat"
        response = clients[who].get(path)
        assert response.status_code == 200, path
        text = response.content.decode()
        assert bucket.host not in text and "X-Amz" not in text and "Signature" not in text, path
    assert default_storage.url("a picture.webp") == "/media/a%20picture.webp"


def test_a_bucket_that_anybody_may_read_is_not_served_from(bucket: Bucket, article: ArticlePage) -> None:
    """What was uploaded for one group, read by who guesses its name."""
    assert _found() == []
    bucket.is_open = True
    assert len(_found()) == 1 and "Everybody can read" in _found()[0]


def test_a_bucket_that_does_not_answer_is_told_without_its_keys(db: None, bucket: Bucket, settings: Any) -> None:
    wrong = settings.BUCKET | {"access_key": "another", "secret_key": "kestrel"}
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "community.kit.storage.PrivateBucket", "OPTIONS": wrong}}
    assert len(_found()) == 1 and "does not answer" in _found()[0] and "kestrel" not in _found()[0]


def _found() -> list[str]:
    found = checks.run_checks(include_deployment_checks=True, databases=["default"])
    return [str(error.msg) for error in found if error.id == "mainstay.E007"]


def test_two_uploads_of_one_name_are_two_files(db: None, bucket: Bucket) -> None:
    """A second plan.pdf in place of the first, in an article that means the first."""
    first, second = paper(), LibraryDocument.objects.create(title="Another", file=ContentFile(pdf(), name="plan-for-sam.pdf"))
    assert first.file.name != second.file.name
    assert first.file.open().read() == cleaned(ContentFile(plan(), name="plan.pdf")).read()


def test_what_is_deleted_is_gone_from_the_bucket(db: None, bucket: Bucket, django_capture_on_commit_callbacks: Any) -> None:
    image = picture()
    assert any("garden-of-sam" in name for name in bucket.names())
    with django_capture_on_commit_callbacks(execute=True):
        image.delete()
    assert bucket.names() == []


@pytest.fixture
def impatient(bucket: Bucket, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """The bucket, asked with a tenth of the patience, of which nothing is known so far."""
    monkeypatch.setattr(storage, "ANSWER_SECONDS", storage.ANSWER_SECONDS / 10)
    monkeypatch.setattr(storage, "away", Outage("The bucket", "", seconds=1))
    keep_files_in(bucket, settings, monkeypatch)
    return bucket


def test_nobody_waits_for_a_bucket_that_is_frozen(impatient: Bucket, clients: dict[str, Any], group: Any, monkeypatch: Any) -> None:
    """A minute and more for each picture of a page, at every request, and a thread of the server for each."""
    article = publish(write_every_block(), audience="groups", groups=[group])
    shown, offered = Picture.objects.get().sizes()[0].url, LibraryDocument.objects.get().url
    with impatient.frozen():
        started = time.monotonic()
        alice = clients["alice"]
        alice.raise_request_exception = False
        assert alice.get(shown).status_code == 503
        assert time.monotonic() - started < 5
        started = time.monotonic()
        assert [alice.get(url).status_code for url in (shown, offered, offered)] == [503] * 3
        assert alice.get(reverse("cms:article", args=[article.slug])).status_code == 200
        assert time.monotonic() - started < 1, "it is known to be away"
    monkeypatch.setattr(storage, "away", Outage("The bucket", "", seconds=1))
    assert alice.get(shown).status_code == 200


REFUSALS = ["503 Service Unavailable", "500 Internal Server Error", "507 Insufficient Storage", "403 Forbidden", "404 Not Found"]
AJAX = {"headers": {"X-Requested-With": "XMLHttpRequest"}}


@pytest.mark.parametrize("answer", REFUSALS)
def test_an_upload_that_the_bucket_does_not_take_is_told_at_its_field(impatient: Bucket, clients: dict[str, Any], answer: str) -> None:
    """A failure (500) in place of the form, with all that was written in it."""
    pats, pat = clients["pat"], User.objects.get(email="pat@example.org")
    image, file = picture(pat), paper(pat)
    before = impatient.names()

    def sent(name: str) -> SimpleUploadedFile:
        return SimpleUploadedFile(name, photograph() if name.endswith(".jpg") else pdf())

    doors = [
        ("/cms/images/add/", "chair.jpg"), (f"/cms/images/{image.pk}/", "chair.jpg"),
        ("/cms/documents/add/", "plan.pdf"), (f"/cms/documents/edit/{file.pk}/", "plan.pdf"),
    ]  # fmt: skip
    with impatient.failing(answer):
        for door, name in doors:
            page = pats.post(door, {"title": "A chair by a window", "file": sent(name)})
            assert page.status_code == 200 and NOT_STORED in page.context["form"].errors["file"], door
            assert "A chair by a window" in page.content.decode()
        for kind, name in (("images", "chair.jpg"), ("documents", "plan.pdf")):
            many = pats.post(f"/cms/{kind}/multiple/add/", {"title": "A chair", "files[]": sent(name)}, **AJAX)
            assert many.json() == {"success": False, "error_message": NOT_STORED}
            fields = {f"{kind[:-1]}-chooser-upload-title": "A chair", f"{kind[:-1]}-chooser-upload-file": sent(name)}
            chosen = pats.post(f"/cms/{kind}/chooser/create/", fields, **AJAX).json()
            assert chosen["step"] == "reshow_creation_form" and escape(NOT_STORED) in chosen["htmlFragment"]
    assert impatient.names() == before and (Picture.objects.get().title, LibraryDocument.objects.get().title) == (image.title, file.title)
    for door, name in doors:
        assert pats.post(door, {"title": "A chair by a window", "file": sent(name)}).status_code == 302, door


def test_a_logo_that_the_bucket_does_not_take_is_told_at_its_field(impatient: Bucket, client: Any, client_of: Any, ada: Any) -> None:
    """The same, at the settings of the centre."""
    with impatient.failing(REFUSALS[0]):
        page = saved(client, client_of(ada), name="By the river", logo=SimpleUploadedFile("l.png", drawing(size=(60, 60))))
    assert page.status_code == 200 and escape(NOT_STORED) in page.content.decode() and "By the river" in page.content.decode()
    assert impatient.names() == [] and Centre.objects.get().name != "By the river"
    assert saved(client, client_of(ada), logo=SimpleUploadedFile("l.png", drawing(size=(60, 60)))).status_code == 302


@pytest.mark.parametrize("answer", REFUSALS[:4])
def test_what_a_bucket_refuses_to_give_is_no_fault_of_ours(impatient: Bucket, clients: dict[str, Any], group: Any, answer: str) -> None:
    """A failure with a reference that leads nobody anywhere, for each picture of a page."""
    article = publish(write_every_block(), audience="groups", groups=[group])
    shown, offered = Picture.objects.get().sizes()[0].url, LibraryDocument.objects.get().url
    alice = clients["alice"]
    alice.raise_request_exception = False
    with impatient.failing(answer):
        assert [alice.get(url).status_code for url in (shown, offered)] == [503, 503]
        assert alice.get(reverse("cms:article", args=[article.slug])).status_code == 200
    assert [alice.get(url).status_code for url in (shown, offered)] == [200, 200]


@pytest.fixture
def queue(settings: Any) -> Any:
    """Work that waits in the database, as on a site."""
    settings.TASKS = settings.QUEUED
    return DBTaskResult.objects


def test_what_is_deleted_while_the_bucket_refuses_is_deleted_later(
    impatient: Bucket, clients: dict[str, Any], queue: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """A picture that somebody deleted, kept for good in a place where nothing leads to it any more."""
    image = picture(User.objects.get(email="pat@example.org"))
    run_waiting()  # what became of its upload
    with impatient.failing(REFUSALS[0]), django_capture_on_commit_callbacks(execute=True):
        assert clients["pat"].post(f"/cms/images/{image.pk}/delete/").status_code == 302
        run_waiting()
        run_waiting()
    assert len(impatient.names()) == 2, "the picture and its one size"
    assert [row.status for row in queue.exclude(status="SUCCESSFUL")] == ["READY"] * 2
    queue.filter(status="READY").update(run_after=timezone.now())
    run_waiting()
    assert impatient.names() == [] and not queue.exclude(status="SUCCESSFUL").exists()


def test_no_key_of_the_bucket_stands_in_the_queue(
    bucket: Bucket, clients: dict[str, Any], queue: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """The bucket's keys, in a table that whoever reads the database or a backup reads."""
    with django_capture_on_commit_callbacks(execute=True):
        picture().delete()
    kept = str(list(queue.values_list("args_kwargs", flat=True)))
    assert "original_images" in kept and KEY not in kept and SECRET not in kept
    run_waiting()
    assert bucket.names() == []


def test_a_bucket_that_is_frozen_is_said_in_one_sentence(db: None, impatient: Bucket, tmp_path: Any) -> None:
    """A backup that never ends, so that nothing says that there is none."""
    shutil.copy(sqlite_template(), tmp_path / "db.sqlite3")
    with impatient.frozen():
        assert len(_found()) == 1 and "does not answer" in _found()[0]
        done = manage(tmp_path, "backup", tmp_path / "site.age", MAINSTAY_S3_URL=impatient.url)
    with impatient.failing(REFUSALS[0]):
        refused = manage(tmp_path, "backup", tmp_path / "site.age", MAINSTAY_S3_URL=impatient.url)
    assert refused.stderr.splitlines()[-1] == "CommandError: The backup was not made: the bucket refuses (503)."
    *logged, said = done.stderr.splitlines()
    assert done.returncode == 1 and said == "CommandError: The backup was not made: the bucket does not answer."
    assert len(logged) == 1 and "The bucket is away" in logged[0]
