"""A file that an article needs is not deleted, by whichever door, and a sentence says where it stands."""

import html
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from cms.models import ArticlePage, LibraryDocument, Picture
from tests.cms.articles import paper, photograph, picture, plan, publish, schedule, with_document, with_picture, write

KINDS = pytest.mark.parametrize("kind", ["picture", "document"])
OTHER_WORDS = [("text", "<p>Other words.</p>")]


def make(kind: str, uploader: Any) -> Any:
    return picture(uploader) if kind == "picture" else paper(uploader)


def showing(file: Any) -> list[Any]:
    return with_picture(file) if isinstance(file, Picture) else with_document(file)


def doors(file: Any) -> list[str]:
    """Each way to delete `file`: by itself, beside its upload, among many."""
    if isinstance(file, Picture):
        return [f"images/{file.pk}/delete/", f"images/multiple/{file.pk}/delete/", f"bulk/cms/picture/delete/?id={file.pk}"]
    return [f"documents/delete/{file.pk}/", f"documents/multiple/{file.pk}/delete/", f"bulk/cms/librarydocument/delete/?id={file.pk}"]


def said(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def put(file: Any, way: str) -> ArticlePage:
    """Have one article need `file`."""
    if way == "live":
        return write("Evenings", body=showing(file))
    if way == "draft":
        return write("Evenings", live=False, body=showing(file))
    if way == "scheduled":
        return schedule("Evenings", body=showing(file))
    article = ArticlePage.objects.get(pk=write("Evenings").pk)
    if way == "live behind a draft without it":
        article = publish(article, body=showing(file))
        article.body = OTHER_WORDS
    else:  # a draft of a live article
        article.body = showing(file)
    article.save_revision()
    return article


@KINDS
@pytest.mark.parametrize("way", ["live", "draft", "scheduled", "live behind a draft without it", "draft of a live one"])
def test_what_an_article_needs_is_not_deleted(clients: dict[str, Any], pat: Any, kind: str, way: str) -> None:
    """Catches a hole in an article. Wagtail's index of references knows what is live alone, and that only after a while."""
    file = make(kind, pat)
    put(file, way)
    for door in doors(file):
        clients["pat"].post(f"/cms/{door}")
        assert type(file).objects.filter(pk=file.pk).exists(), door
    for door in doors(file)[::2]:
        answer = clients["pat"].post(f"/cms/{door}", follow=True)
        assert answer.status_code == 200 and f"“{file.title}” is in “Evenings”, and would be missing there." in said(answer), door
    data = b"".join(clients["pat"].get(file.url if kind == "document" else file.get_rendition("max-165x165").url).streaming_content)
    assert data, "and its file is there too"


@pytest.mark.postgresql
@KINDS
def test_one_that_is_needed_keeps_the_others_of_a_bulk_deletion(clients: dict[str, Any], pat: Any, kind: str) -> None:
    """Catches half a deletion, after which nobody knows which half."""
    needed, free = make(kind, pat), make(kind, pat)
    put(needed, "draft")
    clients["pat"].post(f"/cms/bulk/cms/{needed._meta.model_name}/delete/?id={free.pk}&id={needed.pk}")
    clients["pat"].post(f"/cms/bulk/cms/{needed._meta.model_name}/delete/?id=all")
    assert type(needed).objects.count() == 2


@KINDS
@pytest.mark.parametrize("way", ["never used", "taken out", "article deleted"])
def test_what_no_article_needs_is_deleted(clients: dict[str, Any], client_of: Any, ada: Any, pat: Any, kind: str, way: str) -> None:
    """Catches a file that stays for ever because an old version of an article shows it."""
    for number in range(3):
        file = make(kind, pat)
        if way != "never used":
            article = write("Evenings", body=showing(file))
            publish(article, body=OTHER_WORDS)
        if way == "article deleted":
            ArticlePage.objects.get(pk=article.pk).delete()
        clients["pat"].post(f"/cms/{doors(file)[number]}")
        assert not type(file).objects.filter(pk=file.pk).exists(), doors(file)[number]


@pytest.mark.postgresql
def test_every_article_that_one_may_know_of_is_named(client_of: Any, ada: Any, hidden_group: Any) -> None:
    file = paper(ada)
    write("Mornings", "members", body=showing(file))
    write("Quiet words", "groups", groups=(hidden_group,), body=showing(file))
    answer = client_of(ada).post(f"/cms/documents/delete/{file.pk}/", follow=True)
    assert "is in “Mornings”, “Quiet words”, and would" in said(answer)


def test_a_file_can_be_replaced_where_it_stands(clients: dict[str, Any], pat: Any) -> None:
    """Catches a refusal that keeps editors from a newer file in the place of an older one."""
    file = LibraryDocument.objects.create(title="A plan", file=ContentFile(plan(), name="plan.pdf"), uploaded_by_user=pat)
    write("Evenings", body=showing(file))
    sent = {"title": "A newer plan", "file": SimpleUploadedFile("newer.pdf", plan())}
    assert clients["pat"].post(f"/cms/documents/edit/{file.pk}/", sent).status_code == 302
    image = picture(pat)
    write("Mornings", body=showing(image))
    sent = {"title": "A newer chair", "file": SimpleUploadedFile("newer.jpg", photograph())}
    assert clients["pat"].post(f"/cms/images/{image.pk}/", sent).status_code == 302
    assert {LibraryDocument.objects.get().title, Picture.objects.get().title} == {"A newer plan", "A newer chair"}
