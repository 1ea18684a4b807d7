"""What a review means for publishing: small corrections that keep it, and a center where nothing is published without."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from wagtail.models import PageLogEntry

from cms.models import ArticlePage, Review
from cms.tasks import MISSED_PUBLICATION, keep_dates
from community.centre.models import Centre
from community.kit.models import AuditEntry
from community.members.roles import Role
from tests.cast import make_person
from tests.cms.articles import due_now, publish, schedule, write
from tests.cms.editor_forms import form
from tests.cms.library.test_review_requests import SAID, answer, ask, edit, page_of, send_back

pytestmark = pytest.mark.postgresql
PUBLISH = {"action-publish": "1"}
NOBODY = "Not yet reviewed by a clinician."
REFUSED = "Here, a clinician reviews an article before it&#x27;s published. Ask for a review first."


@pytest.fixture
def reviewer(client_of: Any, rena: Any) -> Any:
    return client_of(rena)


@pytest.fixture
def writer(client_of: Any, pat: Any) -> Any:
    return client_of(pat)


@pytest.fixture
def reviewed(writer: Any, reviewer: Any) -> ArticlePage:
    """A public article that was written in the editor, published and reviewed."""
    article = write("Evenings", "public", live=False)
    writer.post(edit(article), form(audience="public", **PUBLISH))
    answer(reviewer, article, **SAID)
    return ArticlePage.objects.get(pk=article.pk)


@pytest.fixture
def reviewed_first(db: None) -> None:
    """A center that publishes nothing without a review."""
    settings = Centre.load()
    settings.publish_unreviewed = False
    settings.save()


def shown(client: Any, article: ArticlePage) -> str:
    """What is read of it now, at the address that it has by now."""
    return str(client.get(ArticlePage.objects.get(pk=article.pk).url).content.decode())


def is_live(article: ArticlePage) -> bool:
    return ArticlePage.objects.get(pk=article.pk).live


def test_a_small_correction_keeps_the_review_and_is_noted(writer: Any, reviewer: Any, client: Any, pat: Any, reviewed: ArticlePage) -> None:
    assert "keep the review" in writer.get(edit(reviewed)).content.decode()
    writer.post(edit(reviewed), form(audience="public", title="Evening", small_correction="on", **PUBLISH))
    page = shown(client, reviewed)
    assert "Evening" in page and "Reviewed by Rena Okafor, LCSW" in page
    assert AuditEntry.objects.get(verb="cms.correct").actor == pat
    assert PageLogEntry.objects.filter(page=reviewed.pk, action="cms.small_correction", user=pat).exists()
    assert "Has had small corrections since." in reviewer.get("/staff/reviews/").content.decode()
    read = reviewer.get(page_of(reviewed)).content.decode()
    assert 'class="deletion">Evenings' in read and 'class="addition">Evening' in read


def test_without_that_word_other_words_end_the_review(writer: Any, client: Any, reviewed: ArticlePage) -> None:
    writer.post(edit(reviewed), form(audience="public", title="Evening", **PUBLISH))
    assert NOBODY in shown(client, reviewed) and not AuditEntry.objects.filter(verb="cms.correct").exists()


def test_a_correction_that_is_not_small_is_refused_and_kept_as_a_draft(writer: Any, client: Any, reviewed: ArticlePage) -> None:
    """Also one that comes in many small steps: they count from the words that a reviewer has read."""
    writer.post(edit(reviewed), form(audience="public", summary="one two three four five six", small_correction="on", **PUBLISH))
    assert "Reviewed by" in shown(client, reviewed)
    more = form(audience="public", summary=" ".join(f"word{n}" for n in range(13)), small_correction="on", **PUBLISH)
    page = writer.post(edit(reviewed), more, follow=True).content.decode()
    assert "more than a small correction" in page
    page = shown(client, reviewed)
    assert "Reviewed by" in page and "one two three" in page
    assert "word12" in writer.get(edit(reviewed)).content.decode()


def test_a_word_with_accents_is_one_word(writer: Any, client: Any, reviewed: ArticlePage) -> None:
    """Each accent counted as a word of its own, so that a small correction in Spanish was refused."""
    summary = "mañana más café después también aquí está recaída"
    writer.post(edit(reviewed), form(audience="public", summary=summary, small_correction="on", **PUBLISH))
    page = shown(client, reviewed)
    assert summary in page and "Reviewed by" in page


def test_what_nobody_reviewed_has_no_review_to_keep(writer: Any, client: Any, reviewer: Any) -> None:
    article = write("Evenings", "public")
    assert "keep the review" not in writer.get(edit(article)).content.decode()
    writer.post(edit(article), form(audience="public", title="Evening", small_correction="on", **PUBLISH))
    assert NOBODY in shown(client, article) and not Review.objects.exists()


def test_a_correction_brings_back_no_review_that_was_taken_back(writer: Any, reviewer: Any, client: Any, reviewed: ArticlePage) -> None:
    """Also one that was corrected before: the words that the reviewer read stand further down, and so did their review."""
    writer.post(edit(reviewed), form(audience="public", title="Evening", small_correction="on", **PUBLISH))
    reviewer.post(page_of(reviewed), {"withdraw": "1"})
    assert NOBODY in shown(client, reviewed)
    writer.post(edit(reviewed), form(audience="public", title="An evening", small_correction="on", **PUBLISH))
    assert NOBODY in shown(client, reviewed) and not Review.objects.exists()


def test_a_review_of_what_is_published_is_taken_back_also_beside_a_draft(
    writer: Any, reviewer: Any, client_of: Any, client: Any, reviewed: ArticlePage
) -> None:
    """A reviewer who had found a fault in what they approved could not, once somebody had begun to write: their name stayed under it."""
    other = client_of(make_person("Remy", Role.REVIEWER))
    writer.post(edit(reviewed), form(audience="public", title="Mornings"))
    assert "Take your review back" not in other.get(page_of(reviewed)).content.decode()
    assert "still names you as its reviewer" in (page := reviewer.get(page_of(reviewed)).content.decode())
    assert "Take your review back" in page and "I have reviewed this" in page
    other.post(page_of(reviewed), {"withdraw": "1"})
    assert "Reviewed by" in shown(client, reviewed)
    reviewer.post(page_of(reviewed), {"withdraw": "1"})
    assert NOBODY in shown(client, reviewed) and not Review.objects.exists()
    assert "Take your review back" not in reviewer.get(page_of(reviewed)).content.decode()


@pytest.mark.usefixtures("reviewed_first")
def test_nothing_is_published_unreviewed_where_a_center_says_so(writer: Any, reviewer: Any, client: Any) -> None:
    """The button, the list, an old version and the clock: each is a way of its own."""
    article = write("Evenings", "public", live=False)
    page = writer.post(edit(article), form(audience="public", **PUBLISH), follow=True).content.decode()
    assert REFUSED in page and not is_live(article)
    writer.post(f"/cms/bulk/wagtailcore/page/publish/?id={article.pk}", {})
    assert not is_live(article)
    old = article.revisions.order_by("pk").first()
    writer.post(f"/cms/pages/{article.pk}/revisions/{old.pk}/revert/", form(audience="public", **PUBLISH))
    assert not is_live(article)
    ask(writer, article, audience="public")
    answer(reviewer, article, **SAID)
    writer.post(edit(article), form(audience="public", **PUBLISH))
    assert "Reviewed by Rena Okafor" in shown(client, article)
    page = writer.post(edit(article), form(audience="public", title="Mornings", **PUBLISH), follow=True).content.decode()
    assert REFUSED in page and "Evenings" in shown(client, article)
    writer.post(edit(article), form(audience="public", title="Evening", small_correction="on", **PUBLISH))
    assert "Evening<" in shown(client, article)


def test_the_clock_publishes_nothing_unreviewed_there(db: None) -> None:
    """What was scheduled before the center asked for reviews."""
    article = schedule("Coming words", "public")
    settings = Centre.load()
    settings.publish_unreviewed = False
    settings.save()
    due_now(article)
    keep_dates()
    assert not is_live(article)
    assert PageLogEntry.objects.filter(page=article.pk, action=MISSED_PUBLICATION).exists()


@pytest.mark.usefixtures("reviewed_first")
def test_a_scheduled_publication_keeps_its_review(writer: Any, reviewer: Any, client: Any) -> None:
    article = write("Evenings", "public", live=False)
    ask(writer, article, audience="public")
    answer(reviewer, article, **SAID)
    later = (timezone.now() + dt.timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    writer.post(edit(article), form(audience="public", go_live_at=later, **PUBLISH))
    due_now(ArticlePage.objects.get(pk=article.pk))
    keep_dates()
    assert "Reviewed by Rena Okafor" in shown(client, article)


def test_an_admin_sets_it_among_the_centers_settings(client_of: Any, ada: Any) -> None:
    page = client_of(ada).get("/cms/settings/centre/centre/", follow=True).content.decode()
    assert "articles may be published before they&#x27;re reviewed" in page.lower()


def test_publishing_again_what_was_reviewed_needs_no_choice(writer: Any, client: Any, reviewed: ArticlePage) -> None:
    publish(reviewed, audience="public")
    assert "Reviewed by" in shown(client, reviewed)


def test_publishing_ends_what_was_sent_back(writer: Any, reviewer: Any) -> None:
    """Or it would be called sent back for good, whatever its writer does. They are asked first, and not about a workflow."""
    article = write("Evenings", live=False)
    ask(writer, article)
    send_back(reviewer, article)
    assert "Sent back to whoever wrote it." in reviewer.get("/staff/reviews/").content.decode()
    asked = writer.get(f"/cms/pages/workflow/confirm_cancellation/{article.pk}/").json()["html"]
    assert "A reviewer sent this back." in asked and "workflow" not in asked.lower()
    writer.post(edit(article), form(**PUBLISH))
    assert is_live(article) and "Sent back" not in reviewer.get("/staff/reviews/").content.decode()
