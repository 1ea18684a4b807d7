"""Pictures and documents follow the article that shows them. Each case would catch a file that outlives or outruns its page."""

import io
import json
import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from PIL import Image as Canvas

from cms.models import ArticlePage, Picture, Rendition
from community.kit.errors import Refused
from tests.cms.articles import GPS, due_now, paper, photograph, picture, publish, schedule, with_document, with_picture, write

ALL = ("guest", "charlie", "alice", "mo", "pat")


def rendition_of(image: Picture) -> str:
    return str(image.sizes()[0].url)


def who_gets(clients: dict[str, Any], url: str) -> set[str]:
    got = {name: clients[name].get(url) for name in ALL}
    for name, response in got.items():
        never = clients[name].get(reverse("cms:picture", args=[uuid.uuid4(), "480"]))
        assert response.status_code == 200 or response.status_code == never.status_code == (302 if name == "guest" else 404)
    return {name for name, response in got.items() if response.status_code == 200}


@pytest.fixture
def image(pat: Any) -> Picture:
    return picture(pat)


def test_a_picture_is_there_for_who_may_read_an_article_that_shows_it(clients: dict[str, Any], group: Any, image: Picture) -> None:
    url = rendition_of(image)
    assert who_gets(clients, url) == {"pat"}
    article = write("Circle", "groups", groups=(group,), body=with_picture(image))
    assert who_gets(clients, url) == {"alice", "pat"}
    publish(article, audience="members", groups=[])
    assert who_gets(clients, url) == {"charlie", "alice", "mo", "pat"}
    publish(article, audience="public")
    assert who_gets(clients, url) == set(ALL)
    ArticlePage.objects.get(pk=article.pk).unpublish()
    assert who_gets(clients, url) == {"pat"}


def test_a_picture_taken_out_of_its_article_is_closed_at_once(clients: dict[str, Any], image: Picture) -> None:
    article = write("Open", "public", body=with_picture(image))
    publish(article, body=[("text", "<p>No picture now.</p>")])
    assert who_gets(clients, rendition_of(image)) == {"pat"}


def test_a_picture_in_a_draft_or_a_scheduled_article_is_closed(clients: dict[str, Any], image: Picture) -> None:
    write("Draft", "public", live=False, body=with_picture(image))
    schedule("Later", "public", body=with_picture(image))
    live = write("Live", "public")
    live.body = with_picture(image)
    live.save_revision()
    assert who_gets(clients, rendition_of(image)) == {"pat"}


def test_a_scheduled_article_opens_its_picture_when_it_is_due(clients: dict[str, Any], image: Picture) -> None:
    article = schedule("Later", "public", body=with_picture(image))
    due_now(article)
    call_command("publish_scheduled")
    assert who_gets(clients, rendition_of(image)) == set(ALL)


def test_what_is_served_holds_nothing_of_where_and_by_what_it_was_taken(clients: dict[str, Any], image: Picture) -> None:
    write("Open", "public", body=with_picture(image))
    assert Canvas.open(io.BytesIO(photograph())).getexif().get_ifd(GPS), "the photograph of this test must carry a place"
    response = clients["guest"].get(rendition_of(image))
    data = b"".join(response.streaming_content)
    assert response["Content-Type"] == "image/webp"
    assert not dict(Canvas.open(io.BytesIO(data)).getexif())
    assert b"Phone of Sam" not in data
    assert "garden" not in response.headers.get("Content-Disposition", "")


def test_the_original_is_never_drawn_nor_served(clients: dict[str, Any], image: Picture) -> None:
    """What the editor's page of a picture asks for: drawing all of it took 17 seconds and a gigabyte, and led nowhere."""
    write("Open", "public", body=with_picture(image))
    shown = image.get_rendition("original")
    assert (shown.width, shown.height) == (image.width, image.height) and shown.url == rendition_of(image)
    assert not Rendition.objects.filter(filter_spec="original").exists()
    assert clients["pat"].get(f"/cms/images/{image.pk}/").status_code == 200
    assert clients["pat"].get(f"/cms/images/{image.pk}/preview/original/").status_code == 404
    for path in (image.file.url, f"/{image.file.name}", f"/media/{image.file.name}"):
        assert {clients[name].get(path).status_code for name in ALL} <= {302, 404}


def test_a_browser_keeps_the_pictures_that_guests_see_and_no_others(clients: dict[str, Any], image: Picture) -> None:
    """The rule for everything that members are answered, which had each public picture sent to them again with every page."""
    article = write("Open", "public", body=with_picture(image))
    url = rendition_of(image)
    for name in ALL:
        assert clients[name].get(url)["Cache-Control"] == "private, max-age=3600", name
        assert clients[name].get(url, headers={"Range": "bytes=0-9"})["Cache-Control"] == "private, max-age=3600", name
    publish(article, audience="members")
    for name in ALL:
        response = clients[name].get(url)
        assert "no-store" in response["Cache-Control"], name
        assert name == "guest" or response["X-Content-Type-Options"] == "nosniff"


def test_no_browser_keeps_a_picture_that_is_gone_or_a_document(clients: dict[str, Any], image: Picture) -> None:
    """What is not there any more, kept as if it were for everyone; a document kept beside the download."""
    file = paper()
    write("Open", "public", body=with_picture(image) + with_document(file))
    url = rendition_of(image)
    Rendition.objects.get(image=image, filter_spec="width-480").file.delete(save=False)
    for name in ALL:
        assert "no-store" in clients[name].get(url)["Cache-Control"], name
        assert "no-store" in clients[name].get(file.url)["Cache-Control"], name


def test_a_document_is_a_download_for_who_may_read_its_article(clients: dict[str, Any], group: Any, pat: Any) -> None:
    file = paper(pat)
    assert who_gets(clients, file.url) == {"pat"}
    write("Circle", "groups", groups=(group,), body=with_document(file))
    assert who_gets(clients, file.url) == {"alice", "pat"}
    response = clients["alice"].get(file.url)
    assert response["Content-Disposition"].startswith("attachment;")
    assert "sam" not in response["Content-Disposition"], "a name of a file tells as much as a title"
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_document_linked_from_a_text_counts_as_shown(clients: dict[str, Any]) -> None:
    file = paper()
    write("Open", "public", body=[("text", f'<p><a linktype="document" id="{file.pk}">The plan</a></p>')])
    assert "guest" in who_gets(clients, file.url)


def test_wagtails_own_document_addresses_with_their_serial_numbers_are_closed(clients: dict[str, Any]) -> None:
    file = paper()
    write("Open", "public", body=with_document(file))
    for path in (f"/documents/{file.pk}/{file.filename}/", f"/documents/{file.pk}/", f"/cms/documents/{file.pk}/{file.filename}"):
        assert {clients[name].get(path).status_code for name in ALL} <= {301, 302, 404}, path


def test_an_article_survives_the_loss_of_its_files(clients: dict[str, Any]) -> None:
    """Catches a page that fails for everybody because a row of a file is gone: none can be deleted while an article needs it."""
    lost = [
        {"type": "picture", "value": {"image": {"image": 987654, "alt_text": "A chair", "decorative": False}, "caption": ""}},
        {"type": "document", "value": {"document": 987654, "title": "The plan"}},
    ]
    article = write("Open", "public")
    ArticlePage.objects.filter(pk=article.pk).update(body=json.dumps(lost))
    assert clients["guest"].get(reverse("cms:article", args=[article.slug])).status_code == 200
    with pytest.raises(Refused, match=r"Image” is empty\. .*Document” is empty\."):  # as the editor's form says, too
        publish(article, title="Still open")
    publish(article, title="Still open", body=[("text", "<p>No file now.</p>")])
    assert "Still open" in clients["guest"].get(reverse("cms:article", args=[article.slug])).content.decode()
