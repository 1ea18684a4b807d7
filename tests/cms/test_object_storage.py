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
from django.urls import reverse
from PIL import Image as Canvas

from cms.models import ArticlePage, LibraryDocument, Picture
from cms.papers import cleaned
from community.kit import storage
from community.kit.outage import Outage
from tests.buckets import Bucket, keep_files_in
from tests.carry.sites import manage
from tests.cms.shelf import paper, picture, plain, plan, publish, write_every_block
from tests.cms.telling import pdf
from tests.databases import sqlite_template


@pytest.fixture
def bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with Bucket() as made:
        keep_files_in(made, settings, monkeypatch)
        yield made


@pytest.fixture
def article(db: None, bucket: Bucket, group: Any) -> ArticlePage:
    return publish(write_every_block(), audience="groups", groups=[group])


def test_they_go_to_who_may_read_the_article_and_to_nobody_else(clients: dict[str, Any], article: ArticlePage) -> None:
    shown = Picture.objects.get().get_rendition("max-1056x1400").url
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
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "community.kit.storage.Bucket", "OPTIONS": wrong}}
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
    shown, offered = Picture.objects.get().get_rendition("max-1056x1400").url, LibraryDocument.objects.get().url
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


def test_a_bucket_that_is_frozen_is_said_in_one_sentence(db: None, impatient: Bucket, tmp_path: Any) -> None:
    """A backup that never ends, so that nothing says that there is none."""
    shutil.copy(sqlite_template(), tmp_path / "db.sqlite3")
    with impatient.frozen():
        assert len(_found()) == 1 and "does not answer" in _found()[0]
        done = manage(tmp_path, "backup", tmp_path / "site.age", MAINSTAY_S3_URL=impatient.url)
    *logged, said = done.stderr.splitlines()
    assert done.returncode == 1 and said == "CommandError: The backup was not made: the bucket does not answer."
    assert len(logged) == 1 and "The bucket is away" in logged[0]
