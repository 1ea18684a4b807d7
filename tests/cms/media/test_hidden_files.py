"""A file that an article for a hidden group shows is not there for an editor who may not know of the group.

It is kept in one of three ways: by a live article, by the draft of one, or by an old version of an article that others read now.
"""

import re
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from taggit.models import Tag

from cms.admin import gate
from cms.models import ArticlePage, LibraryDocument, Picture
from groups.peers import actions
from tests.cast import bring_in
from tests.cms.articles import paper as leaflet
from tests.cms.articles import photograph, plain, publish, with_document, with_picture, write
from tests.cms.editor_forms import addresses, filled, noted

IMAGE, PAPER, NOTHING = 7_000_001, 8_000_001, 9_000_001  # numbers that nothing else has
TITLES = ("Harbor at dawn", "Rowan plan", "Quiet words", "(Private")  # "(Private article)": a use that is not named is told all the same
TAG = "unspoken"
WAYS = pytest.mark.parametrize("way", ["live", "draft", "old"])
XHR = {"headers": {"X-Requested-With": "XMLHttpRequest"}}


@pytest.fixture
def kept(hidden_group: Any, faye: Any, pat: Any) -> Any:
    """Make a picture and a document that Pat, who has left the hidden group since, has uploaded for an article of the group."""

    def make(way: str) -> ArticlePage:
        file = ContentFile(photograph(), name="garden-of-sam.jpg")
        Picture.objects.create(pk=IMAGE, title=TITLES[0], description=TITLES[0], file=file, uploaded_by_user=pat)
        LibraryDocument.objects.filter(pk=leaflet(pat).pk).update(id=PAPER, title=TITLES[1])
        image, paper = Picture.objects.get(), LibraryDocument.objects.get()
        for file in (image, paper):
            file.tags.add(TAG)
        article = write(TITLES[2], "groups", groups=(hidden_group,), live=way != "draft", body=with_picture(image) + with_document(paper))
        if way == "old":
            publish(article, audience="members", groups=[], body=[("text", "<p>Other words.</p>")])
        bring_in(actor=faye, group=hidden_group, member=pat)
        actions.leave(member=pat, group=hidden_group)
        return article

    return make


def every_address(article: int, image: int = IMAGE, paper: int = PAPER, version: str = "1") -> list[str]:
    """Each address that the gate opens to publishers, with the number of what it asks for; bulk actions also where they are closed."""
    found = []
    for name, address in addresses(gate.urlpatterns):
        if name == "wagtail_bulk_action":
            kinds = {"wagtailcore/page": article, "cms/picture": image, "cms/librarydocument": paper}
            actions = ("delete", "publish", "add_tags", "add_to_collection")
            found += [f"/cms/bulk/{kind}/{action}/?id={number}" for kind, number in kinds.items() for action in actions]
        elif name in gate.FOR_EDITORS:
            number = {"wagtailimages": image, "wagtaildocs": paper}.get(name.split(":")[0].removesuffix("_chooser"), article)
            address = re.sub(r"<\w+:(content_type_app_name|app_label)>", "cms", address)
            address = re.sub(r"<\w+:(content_type_model_name|model_name)>", "articlepage", address)
            path = filled(address.replace("<str:filter_spec>", "width-100"), number, version)
            found.append(path + f"?id={number}" if name.endswith("multiple") else path)
    return found


def names_it(answer: Any) -> list[str]:
    text = "" if answer.streaming else answer.content.decode()
    return [word for word in (*TITLES, TAG, "sam.jpg", "sam.pdf") if word in text]


@WAYS
def test_no_page_of_the_editor_names_a_kept_file(clients: dict[str, Any], kept: Any, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a page of Wagtail that finds files in a way of its own: listings, searches, choosers, uses, tags, bulk actions on "all"."""
    article = kept(way)
    pages = every_address(article.pk, version=str(article.latest_revision_id))
    assert len(pages) > 80
    naming, asked = [], 0
    for path in pages:
        with noted(monkeypatch) as names:
            answers = {"": clients["pat"].get(path)}
        queries = [query for name, query in (("id", "?id=all"), ("q", f"?q=Harbor&tag={TAG}")) if name in names and "?" not in path]
        answers |= {query: clients["pat"].get(path + query) for query in queries}
        asked += len(queries)
        for query, answer in answers.items():
            told = [word for word in names_it(answer) if word not in query]
            naming += [(path + query, told)] if told else []
            assert not answer.streaming, path
    assert asked > 10 and naming == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_kept_answers_like_what_is_not_there(clients: dict[str, Any], kept: Any, method: str) -> None:
    """Catches another status, way or page for what is there: a redirect home with a message, or a page not found of Wagtail's own."""
    article = kept("live")
    for path, missing in zip(every_address(article.pk), every_address(NOTHING, NOTHING, NOTHING), strict=True):
        for asked in ({}, XHR) if path != missing else ():
            there, never = (getattr(clients["pat"], method)(address, **asked) for address in (path, missing))
            assert (there.status_code, there.get("Location")) == (never.status_code, never.get("Location")), path
            assert without_tokens(there) == without_tokens(never), path


def without_tokens(answer: Any) -> str:
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "", plain(answer))


@WAYS
def test_nothing_that_is_sent_reaches_a_kept_file(clients: dict[str, Any], kept: Any, way: str) -> None:
    """Catches a form of Wagtail's that takes any number: deletion, one by one and many, a new title, a replaced file."""
    article = kept(way)
    fields = {"title": "Mine", f"image-{IMAGE}-title": "Mine", f"doc-{PAPER}-title": "Mine"}
    for path in every_address(article.pk):
        if str(IMAGE) in path or str(PAPER) in path:
            clients["pat"].post(path, fields)
    for kind in ("picture", "librarydocument"):
        clients["pat"].post(f"/cms/bulk/cms/{kind}/delete/?id=all", {})
    assert Picture.objects.get(pk=IMAGE).title == TITLES[0]
    assert LibraryDocument.objects.get(pk=PAPER).title == TITLES[1]


@WAYS
@pytest.mark.parametrize("who", ["pat", "rena", "charlie", "mo", "guest"])
def test_a_kept_file_is_not_served(clients: dict[str, Any], client_of: Any, rena: Any, ada: Any, kept: Any, way: str, who: str) -> None:
    """Catches a right on drafts that is taken for a right on every file."""
    kept(way)
    everyone = clients | {"rena": client_of(rena)}
    for file in (Picture.objects.get().get_rendition("max-165x165"), LibraryDocument.objects.get()):
        assert everyone[who].get(file.url).status_code == (302 if who == "guest" else 404)
        assert client_of(ada).get(file.url).status_code == 200


@pytest.mark.postgresql
def test_who_is_in_the_group_has_all_of_it(clients: dict[str, Any], kept: Any, hidden_group: Any, faye: Any, pat: Any) -> None:
    """Catches doors that are closed for everybody."""
    kept("live")
    bring_in(actor=faye, group=hidden_group, member=pat)
    for path in (
        "images/",
        f"images/{IMAGE}/",
        f"images/usage/{IMAGE}/",
        "images/chooser/",
        f"images/chooser/chosen/{IMAGE}/",
        "images/?q=Harbor",
    ):
        assert TITLES[0] in clients["pat"].get(f"/cms/{path}").content.decode(), path
    for path in (
        "documents/",
        f"documents/edit/{PAPER}/",
        "documents/chooser/results/?q=Rowan",
        f"bulk/cms/librarydocument/delete/?id={PAPER}",
    ):
        assert TITLES[1] in clients["pat"].get(f"/cms/{path}").content.decode(), path


def test_uploading_a_kept_picture_again_tells_nothing(clients: dict[str, Any], kept: Any) -> None:
    """Catches "a picture like this is there already", which names the picture."""
    kept("live")
    for door, field in (("multiple/add/", "files[]"), ("chooser/create/", "image-chooser-upload-file")):
        sent = SimpleUploadedFile("again.jpg", photograph())
        answer = clients["pat"].post(f"/cms/images/{door}", {"title": "A", "image-chooser-upload-title": "A", field: sent}, **XHR)
        assert answer.status_code == 200 and "duplicate_found" not in answer.content.decode()
        assert names_it(answer) == []
        Picture.objects.exclude(pk=IMAGE).delete()


def test_the_number_of_files_does_not_count_it(clients: dict[str, Any], kept: Any, client_of: Any, ada: Any) -> None:
    kept("live")
    counted = re.compile(r"(\d+) (?:Image|Document)s? <span")
    assert counted.findall(clients["pat"].get("/cms/").content.decode()) == ["0", "0"]
    assert counted.findall(client_of(ada).get("/cms/").content.decode()) == ["1", "1"]


def test_the_uses_of_an_article_do_not_count_a_kept_one(clients: dict[str, Any], client_of: Any, ada: Any, hidden_group: Any) -> None:
    """Catches "referenced 1 time" and "(Private article)" where an article for a hidden group leads to one for all."""
    seen = write("Evenings", "members")
    write(TITLES[2], "groups", groups=(hidden_group,), body=[("text", f'<p><a linktype="page" id="{seen.pk}">Evenings</a></p>')])
    for door in ("usage", "delete", "edit"):
        text = clients["pat"].get(f"/cms/pages/{seen.pk}/{door}/").content.decode()
        assert "(Private" not in text and "referenced 1 time" not in text.lower(), door
    assert TITLES[2] in client_of(ada).get(f"/cms/pages/{seen.pk}/usage/").content.decode()


@pytest.mark.postgresql
def test_what_nothing_uses_is_its_uploaders_and_the_admins(clients: dict[str, Any], client_of: Any, ada: Any, pat: Any, faye: Any) -> None:
    """Catches a file that is everybody's between its upload and its first article."""
    mine = Picture.objects.create(title="Mine alone", file=ContentFile(photograph(), name="a.jpg"), uploaded_by_user=pat)
    theirs = Picture.objects.create(title="Theirs alone", file=ContentFile(photograph(), name="b.jpg"), uploaded_by_user=ada)
    text = clients["pat"].get("/cms/images/").content.decode()
    assert mine.title in text and theirs.title not in text
    text = client_of(ada).get("/cms/images/").content.decode()
    assert mine.title in text and theirs.title in text
    article = write("Evenings", "members", live=False, body=with_picture(theirs))
    assert theirs.title in clients["pat"].get("/cms/images/").content.decode(), "who sees the draft sees its picture"
    publish(article, body=[("text", "<p>Other words.</p>")])
    assert theirs.title not in clients["pat"].get("/cms/images/").content.decode(), "taken out again, it is its uploader's"


def test_a_reviewer_sees_what_stands_in_the_drafts_that_they_may_know_of(client_of: Any, rena: Any, ada: Any) -> None:
    image = Picture.objects.create(title="For review", file=ContentFile(photograph(), name="a.jpg"), uploaded_by_user=ada)
    url = image.get_rendition("max-165x165").url
    assert client_of(rena).get(url).status_code == 404
    write("Evenings", "members", live=False, body=with_picture(image))
    assert client_of(rena).get(url).status_code == 200


@pytest.mark.parametrize(
    "path", ["tag-autocomplete/?term=u", "tag-autocomplete/taggit/tag/?term=u", f"images/chooser/{IMAGE}/select_format/"]
)
def test_what_names_files_to_everybody_is_closed(clients: dict[str, Any], client_of: Any, ada: Any, kept: Any, path: str) -> None:
    kept("live")
    assert Tag.objects.filter(name=TAG).exists()
    for browser in (clients["pat"], client_of(ada)):
        assert browser.get(f"/cms/{path}").status_code == 404
        for form in ("images/add/", "documents/multiple/add/", f"images/{IMAGE}/", "images/", "documents/", "images/chooser/"):
            text = browser.get(f"/cms/{form}").content.decode()
            assert 'name="tags"' not in text and TAG not in text and "add_tags" not in text, form


def test_a_picture_is_deleted_where_it_may_be(clients: dict[str, Any], pat: Any) -> None:
    """Catches a list of bulk actions that nothing is on."""
    mine = Picture.objects.create(title="Mine", file=ContentFile(photograph(), name="a.jpg"), uploaded_by_user=pat)
    assert "bulk/cms/picture/delete" in clients["pat"].get("/cms/images/").content.decode()
    assert clients["pat"].post(f"/cms/bulk/cms/picture/delete/?id={mine.pk}").status_code == 302
    assert not Picture.objects.exists()


@pytest.mark.postgresql
def test_old_versions_are_asked_for_their_files_once(clients: dict[str, Any], kept: Any) -> None:
    """The migration finds what saving a version notes: files from before it would be open to everybody else."""
    from importlib import import_module

    from django.apps import apps

    kept("old")
    write("Linked", live=False, body=[("text", f'<p><a linktype="document" id="{PAPER}">The plan</a></p>')])
    throughs = [Picture.versions.through, LibraryDocument.versions.through]
    noted = [set(through.objects.values_list("revision", flat=True)) for through in throughs]
    assert [len(versions) for versions in noted] == [1, 2]
    for through in throughs:
        through.objects.all().delete()
    import_module("cms.migrations.0004_file_versions").note(apps, None)
    assert [set(through.objects.values_list("revision", flat=True)) for through in throughs] == noted
