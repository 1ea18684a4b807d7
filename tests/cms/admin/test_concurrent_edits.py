"""Two requests of the editor about one page at the same moment: an autosave that is still on its way, and a publication."""

import datetime as dt
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.models import Page

from cms.admin import forms
from cms.admin.tree import ensure_tree
from cms.library import blocks
from cms.models import ArticlePage, Review
from cms.tasks import keep_dates
from tests.cms.articles import picture, with_picture, write
from tests.cms.editor_forms import ADD, form
from tests.races import at_once, meet

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
PATIENCE = 20.0


@pytest.fixture
def halted(monkeypatch: pytest.MonkeyPatch) -> Callable[[type, str], threading.Event]:
    """A function that halts a step of a request, which has read the page by then, until the other request is done or stands before it."""

    def halt(kind: type, step: str) -> threading.Event:
        inside, go_on = threading.Event(), getattr(kind, step)

        def halting(self: Any, *args: Any, **kwargs: Any) -> Any:
            if not inside.is_set():
                inside.set()
                meet()
            return go_on(self, *args, **kwargs)

        monkeypatch.setattr(kind, step, halting)
        return inside

    return halt


def together(first: Callable[[], Any], inside: threading.Event, second: Callable[[], Any]) -> list[Any]:
    """What `first` and `second` give, the second begun while the first is `inside` the step that is halted."""

    def late() -> Any:
        assert inside.wait(PATIENCE)
        return second()

    return at_once(lambda work: work(), (first, late))


def is_read(client_of: Any, person: Any, article: ArticlePage) -> bool:
    return client_of(person).get(f"/library/{article.slug}/").status_code == 200


@pytest.mark.parametrize("halted_at", ["save_action", "publish_action"])
def test_what_was_published_during_an_autosave_stays_published(client_of: Any, pat: Any, alice: Any, halted: Any, halted_at: str) -> None:
    """The autosave had read a draft, and wrote it back over the published page: "has been published", and members got a 404."""
    article = write("Evenings", live=False)
    url = f"/cms/pages/{article.pk}/edit/"
    one, other = client_of(pat), client_of(pat)
    inside = halted(EditView, halted_at)

    def autosave() -> Any:
        return one.post(url, form(title="Evenings"), headers={"Accept": "application/json"})

    def publish() -> Any:
        return other.post(url, form(title="Evenings", **{"action-publish": "1"}), follow=True)

    if halted_at == "save_action":
        _saved, published = together(autosave, inside, publish)
    else:
        published, _saved = together(publish, inside, autosave)
    assert "has been published" in published.content.decode()
    assert is_read(client_of, alice, ArticlePage.objects.get(pk=article.pk))


@pytest.mark.parametrize("halted_at", ["save_action", "publish_action"])
def test_a_form_that_is_sent_twice_makes_one_page(client_of: Any, pat: Any, alice: Any, halted: Any, halted_at: str) -> None:
    """Publishing a new article before the browser had the answer to its first autosave made a second copy."""
    url, one, other = ADD.format(ensure_tree().pk), client_of(pat), client_of(pat)
    key = one.get(url).context["form"]["made_as"].value()
    inside = halted(CreateView, halted_at)

    def autosave() -> Any:
        return one.post(url, form(made_as=str(key)), headers={"Accept": "application/json"})

    def publish() -> Any:
        return other.post(url, form(made_as=str(key), **{"action-publish": "1"}), follow=True)

    if halted_at == "save_action":
        saved, published = together(autosave, inside, publish)
    else:
        published, saved = together(publish, inside, autosave)
    assert saved.json()["success"]
    assert "published" in published.content.decode()
    assert is_read(client_of, alice, ArticlePage.objects.get(title="Evenings"))


def test_a_bulk_action_and_an_autosave_keep_what_each_wrote(client_of: Any, pat: Any, alice: Any, halted: Any) -> None:
    """The list of pages publishes too, and wrote over what was saved meanwhile or was written over by it."""
    article = write("Evenings", live=False)
    one, other = client_of(pat), client_of(pat)
    inside = halted(EditView, "save_action")
    together(
        lambda: one.post(f"/cms/pages/{article.pk}/edit/", form(title="Evenings, later"), headers={"Accept": "application/json"}),
        inside,
        lambda: other.post(f"/cms/bulk/wagtailcore/page/publish/?id={article.pk}", {}),
    )
    article.refresh_from_db()
    assert is_read(client_of, alice, article)
    assert article.get_latest_revision_as_object().title == "Evenings, later"


def test_the_clock_and_an_autosave_keep_what_each_wrote(client_of: Any, pat: Any, alice: Any, halted: Any) -> None:
    """The clock takes a page down at any second, also in the one in which its editor's draft is saved, and wrote over that."""
    article = write("Evenings", expire_at=timezone.now() + dt.timedelta(hours=1))
    ArticlePage.objects.filter(pk=article.pk).update(expire_at=timezone.now() - dt.timedelta(seconds=1))
    client, inside = client_of(pat), halted(Page, "save_revision")
    together(
        lambda: client.post(f"/cms/pages/{article.pk}/edit/", form(title="Evenings, later"), headers={"Accept": "application/json"}),
        inside,
        keep_dates,
    )
    article.refresh_from_db()
    assert (article.live, article.get_latest_revision_as_object().title) == (False, "Evenings, later")


@pytest.mark.parametrize("first", ["autosave", "review"])
def test_a_review_is_of_what_was_read_also_beside_an_autosave(client_of: Any, pat: Any, rena: Any, halted: Any, first: str) -> None:
    """An approval that came to stand under words which were saved at that moment, and which nobody had read."""
    article = write("Evenings", live=False)
    article.save_revision(user=pat)
    writer, reviewer, page = client_of(pat), client_of(rena), f"/staff/reviews/{article.pk}/"
    read = reviewer.get(page).context["form"]["fingerprint"].value()
    said = {"fingerprint": read, "name": "Rena Reed", "credential": "LCSW", "read": "on"}
    inside = halted(EditView, "save_action") if first == "autosave" else halted(Review, "save")

    def autosave() -> Any:
        sent = form(title="Mornings", overwrite_revision_id=article.latest_revision_id)
        return writer.post(f"/cms/pages/{article.pk}/edit/", sent, headers={"Accept": "application/json"})

    def review() -> Any:
        return reviewer.post(page, said)

    if first == "autosave":
        saved, reviewed = together(autosave, inside, review)
        assert "changed while you were reading" in reviewed.content.decode() and not Review.objects.exists()
    else:
        reviewed, saved = together(review, inside, autosave)
        assert reviewed.status_code == 302 and Review.objects.get().edition == read
        assert article.revisions.filter(content__edition=read).exists(), "what was read is still there"
    assert saved.json()["success"]
    article.refresh_from_db()
    assert article.get_latest_revision_as_object().title == "Mornings" and article.get_latest_revision_as_object().review is None


def test_no_small_correction_keeps_a_review_that_is_taken_back_meanwhile(client_of: Any, pat: Any, rena: Any, halted: Any) -> None:
    """The correction had read the review, and brought back under other words what its reviewer had just taken back."""
    article = write("Evenings", "public", live=False)
    writer, reviewer, edit, page = client_of(pat), client_of(rena), f"/cms/pages/{article.pk}/edit/", f"/staff/reviews/{article.pk}/"
    writer.post(edit, form(audience="public", **{"action-publish": "1"}))
    read = reviewer.get(page).context["form"]["fingerprint"].value()
    reviewer.post(page, {"fingerprint": read, "name": "Rena Reed", "credential": "LCSW", "read": "on"})
    assert Review.objects.exists()
    inside = halted(PublishPageRevisionAction, "execute")

    def correct() -> Any:
        return writer.post(edit, form(audience="public", title="Evening", small_correction="on", **{"action-publish": "1"}))

    together(correct, inside, lambda: reviewer.post(page, {"withdraw": "1"}))
    article.refresh_from_db()
    assert article.title == "Evening" and article.review is None and not Review.objects.exists()


@pytest.mark.parametrize("first", ["asked", "autosave"])
def test_what_is_asked_about_stays_as_it_was_asked(client_of: Any, pat: Any, ada: Any, halted: Any, first: str) -> None:
    """An autosave of another editor, on its way while a review is asked for, changed the version that the reviewer is to read."""
    article = write("Evenings", live=False)
    one, other = client_of(pat), client_of(ada)
    inside = halted(EditView, "submit_action" if first == "asked" else "save_action")

    def ask() -> Any:
        return one.post(f"/cms/pages/{article.pk}/edit/", form(title="Evenings", **{"action-submit": "1"}))

    def autosave() -> Any:
        return other.post(f"/cms/pages/{article.pk}/edit/", form(title="Mornings"), headers={"Accept": "application/json"})

    if first == "asked":
        _asked, saved = together(ask, inside, autosave)
        assert saved.json()["error_code"] == "locked"
    else:
        together(autosave, inside, ask)
    article.refresh_from_db()
    state = article.current_workflow_state.current_task_state
    assert state.revision_id == article.latest_revision_id and state.revision.content["title"] == "Evenings"


def test_nothing_that_lacks_something_is_published_while_a_draft_is_checked(
    client_of: Any, pat: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a draft Wagtail marks the blocks as not required, and all requests share the blocks: another article passed unasked."""
    heading = {"body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "heading", "body-0-id": str(uuid.uuid4())}
    one, other, url = client_of(pat), client_of(pat), ADD.format(ensure_tree().pk)
    inside, published, clean = threading.Event(), threading.Event(), blocks.HeadingBlock.clean

    def halting(self: Any, value: Any) -> Any:
        if value == "A draft":
            inside.set()
            published.wait(0.5)  # where the other may not go on, it is not done by then
        return clean(self, value)

    monkeypatch.setattr(blocks.HeadingBlock, "clean", halting)

    def publish() -> Any:
        assert inside.wait(PATIENCE)
        answer = other.post(url, form(**heading | {"body-0-value": "", "action-publish": "1"}))
        published.set()
        return answer

    at_once(lambda work: work(), (lambda: one.post(f"{url}preview/", form(**heading | {"body-0-value": "A draft"})), publish))
    assert not ArticlePage.objects.filter(live=True).exists()


def test_a_key_of_a_page_that_one_may_not_know_of_is_nothing(client_of: Any, pat: Any, hidden_group: Any) -> None:
    """A key is a number in a form: it must lead nobody to a page that is hidden from them, and tell nobody that there is one."""
    hidden = write("Quiet words", "groups", groups=(hidden_group,))
    answer = client_of(pat).post(ADD.format(ensure_tree().pk), form(made_as=str(hidden.translation_key), title="Other"))
    assert answer.status_code == 404
    hidden.refresh_from_db()
    assert (hidden.title, ArticlePage.objects.count()) == ("Quiet words", 1)


def test_each_kind_of_page_has_the_form_that_carries_the_key() -> None:
    """A kind that is made one day with Wagtail's own form would be made twice again."""
    kinds = [kind for kind in apps.get_models() if issubclass(kind, Page) and kind is not Page]
    assert kinds and all(issubclass(kind.base_form_class, forms.PageForm) for kind in kinds)


def test_many_are_published_while_a_picture_in_one_of_them_changes(
    client_of: Any, pat: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each waits for what the other has locked, the picture and what guests see, and PostgreSQL ends one of them."""
    settings.TASKS = settings.QUEUED  # else what the editor's search keeps of both is written in these transactions, too
    image = picture(pat)
    plain, shows = write("Plain", "public", live=False), write("Shows", "public", live=False, body=with_picture(image))
    inside, check = threading.Event(), PublishPageRevisionAction.check

    def halting(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.object.pk == shows.pk and not inside.is_set():
            inside.set()
            meet()
        return check(self, *args, **kwargs)

    monkeypatch.setattr(PublishPageRevisionAction, "check", halting)
    publishing, changing = client_of(pat), client_of(pat)
    answers = together(
        lambda: publishing.post(f"/cms/bulk/wagtailcore/page/publish/?id={plain.pk}&id={shows.pk}", {}).status_code,
        inside,
        lambda: changing.post(f"/cms/images/{image.pk}/", {"title": "A cup"}).status_code,
    )
    assert answers == [302, 302] and ArticlePage.objects.live().count() == 2
