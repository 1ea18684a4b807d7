"""A picture in an article has its description with it, or is decoration; what earlier releases stored goes on as it was."""

import hashlib
import html
import json
import re
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from wagtail.blocks import StreamValue
from wagtail.models import Revision

from cms.models import ArticlePage, Picture, Review
from tests.cms.articles import picture, publish, shown, with_picture, write

PAGE = "/library/{}/"


def as_before(words: str, image: Picture) -> list[dict[str, Any]]:
    """The body that earlier releases stored."""
    return [{"type": "picture", "value": {"image": image.pk, "alt": words, "caption": "At six"}, "id": "a"}]


def fingerprint_before(article: ArticlePage, body: list[dict[str, Any]]) -> str:
    """The fingerprint that earlier releases noted with a review."""
    parts = [{name: part for name, part in block.items() if name != "id"} for block in body]
    words = [article.title, article.summary, article.content_note, parts, []]
    return hashlib.sha256(json.dumps(words, sort_keys=True, default=str).encode()).hexdigest()


def migrate() -> None:
    import_module("cms.migrations.0008_described_pictures").Migration.operations[0].code(apps, None)


@pytest.fixture
def image(db: None) -> Picture:
    return picture()


@pytest.fixture
def earlier(image: Picture) -> ArticlePage:
    """A public article of an earlier release, with three versions, the second of which is live and reviewed, the third a draft."""
    article = write("Evenings", "public", body=with_picture(image))
    publish(article)
    ArticlePage.objects.get(pk=article.pk).save_revision()
    bodies = [as_before(f"{order} words", image) for order in ("First", "Second", "Third")]
    for version, body in zip(Revision.objects.order_by("pk"), bodies, strict=True):
        version.content["body"] = json.dumps(body)
        version.content["edition"] = fingerprint_before(article, body)
        version.save()
    live = StreamValue(article.body.stream_block, bodies[1], is_lazy=True)
    ArticlePage.objects.filter(pk=article.pk).update(body=live, edition=fingerprint_before(article, bodies[1]))
    Review.objects.create(article=article, edition=fingerprint_before(article, bodies[1]), name="Rena Okafor", credential="LCSW")
    return ArticlePage.objects.get(pk=article.pk)


@pytest.mark.postgresql
def test_an_article_of_an_earlier_release_keeps_its_descriptions_and_its_review(
    client: Any, clients: dict[str, Any], earlier: ArticlePage
) -> None:
    """Catches pictures that are read out as the name of a file, and an upgrade that ends every review."""
    migrate()
    page = client.get(PAGE.format(earlier.slug)).content.decode()
    assert 'alt="Second words"' in page and "At six" in page
    assert "Reviewed by Rena Okafor, LCSW" in page
    first = Revision.objects.earliest("pk")
    assert "First words" in clients["pat"].get(f"/cms/pages/{earlier.pk}/revisions/{first.pk}/view/").content.decode()
    assert "Third words" in clients["pat"].get(f"/cms/pages/{earlier.pk}/edit/").content.decode()
    migrate()
    assert 'alt="Second words"' in client.get(PAGE.format(earlier.slug)).content.decode(), "what was interrupted runs again"


def test_publishing_it_again_keeps_its_review(client: Any, earlier: ArticlePage) -> None:
    migrate()
    Revision.objects.filter(object_id=str(earlier.pk)).latest("pk").delete()
    publish(earlier)
    assert "Reviewed by Rena Okafor, LCSW" in client.get(PAGE.format(earlier.slug)).content.decode()


@pytest.mark.parametrize("other", [{"words": "Other words"}, {"words": "Second words", "is_decoration": True}])
def test_another_description_ends_the_review(client: Any, earlier: ArticlePage, image: Picture, other: dict[str, Any]) -> None:
    migrate()
    publish(earlier, body=[("picture", {"image": shown(image, **other), "caption": "At six"})])
    assert "Not yet reviewed by a clinician" in client.get(PAGE.format(earlier.slug)).content.decode()


def test_decoration_is_silent(client: Any, image: Picture) -> None:
    article = write("Evenings", "public", body=[("picture", {"image": shown(image, "A line", is_decoration=True), "caption": ""})])
    page = client.get(PAGE.format(article.slug)).content.decode()
    assert re.search(r'<img [^>]*alt=""', page) and "A line" not in page


def test_one_picture_twice_is_described_twice(client: Any, image: Picture) -> None:
    both = [("picture", {"image": shown(image, words), "caption": ""}) for words in ("From the left", "From the right")]
    article = write("Evenings", "public", body=both)
    page = client.get(PAGE.format(article.slug)).content.decode()
    assert re.findall(r'alt="(From [^"]+)"', page) == ["From the left", "From the right"]


def test_the_editor_compares_versions_with_pictures(clients: dict[str, Any], image: Picture) -> None:
    """Catches a page of changes that fails: the value of an image is no struct."""
    article = write("Evenings", body=with_picture(image))
    publish(article, body=[("picture", {"image": shown(image, "Another chair"), "caption": ""})])
    first, second = Revision.objects.order_by("pk")
    page = clients["pat"].get(f"/cms/pages/{article.pk}/revisions/compare/{first.pk}...{second.pk}/").content.decode()
    assert "Another" in page and "by a window" in page


def test_a_picture_offers_its_own_description_and_never_its_title(clients: dict[str, Any], image: Picture) -> None:
    """Catches "IMG_2041" read out to somebody who can't see what it shows."""
    pats = clients["pat"]
    chosen = f"/cms/images/chooser/chosen/{image.pk}/"
    write("Evenings", body=with_picture(image))
    assert pats.get(chosen).json()["result"]["default_alt_text"] == ""
    sent = {"title": "A chair", "description": "A chair by a window"}
    assert pats.post(f"/cms/images/{image.pk}/", sent).status_code == 302
    assert pats.get(chosen).json()["result"]["default_alt_text"] == "A chair by a window"


def test_a_description_that_is_too_long_is_refused_at_its_field(clients: dict[str, Any], image: Picture) -> None:
    article = write("Evenings", live=False, body=[("picture", {"image": shown(image, "x" * 251), "caption": ""})])
    door = f"/cms/bulk/wagtailcore/page/publish/?id={article.pk}"
    said = html.unescape(clients["pat"].post(door, follow=True).content.decode())
    assert "Description for people who can't see it”: That is 251 characters. At most 250 can be kept." in said
