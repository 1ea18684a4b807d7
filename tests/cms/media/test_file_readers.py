"""What fewer people read enters no page for more of them, and the sentence at its block says why."""

import html
import re
import uuid
from typing import Any

import pytest
from django.core.files.base import ContentFile
from wagtail.models import Revision

from cms.admin import publishing
from cms.admin.tree import ensure_tree
from cms.models import ArticlePage, Picture
from cms.tasks import keep_dates
from tests.cast import make_group
from tests.cms.articles import due_now, paper, photograph, picture, publish, schedule, with_document, with_picture, write
from tests.cms.editor_forms import ADD, form
from tests.races import at_once, meet

SENTENCE = "which fewer people may read"
PUBLISH = {"action-publish": "1"}
KINDS = pytest.mark.parametrize("kind", ["picture", "document"])


def body(kind: str, number: Any) -> dict[str, Any]:
    """The fields of a body that is one picture or one document."""
    block = {"body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": kind, "body-0-id": str(uuid.uuid4())}
    if kind == "picture":
        described = {"body-0-value-image-image": str(number), "body-0-value-image-alt_text": "By a window"}
        return block | described | {"body-0-value-caption": ""}
    return block | {"body-0-value-document": str(number), "body-0-value-title": "The plan"}


def make(kind: str) -> Any:
    return picture() if kind == "picture" else paper()


def showing(file: Any) -> list[Any]:
    return with_picture(file) if isinstance(file, Picture) else with_document(file)


def post(browser: Any, file: Any, audience: str, *groups: Any, article: Any = None, **fields: Any) -> Any:
    kind = "picture" if isinstance(file, Picture) else "document"
    url = f"/cms/pages/{article.pk}/edit/" if article else ADD.format(ensure_tree().pk)
    return browser.post(url, form(audience=audience, groups=[str(group.pk) for group in groups], **body(kind, file.pk), **fields))


def words_of(answer: Any) -> str:
    """The page's words, also those inside the JSON that its script draws blocks from."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), html.unescape(answer.content.decode()))


@KINDS
@pytest.mark.parametrize("who", ["pat", "ada"])
@pytest.mark.parametrize("way", ["live", "draft", "taken out"])
@pytest.mark.parametrize(("audience", "fields"), [("public", PUBLISH), ("members", PUBLISH), ("members", {})])
def test_a_file_of_a_group_enters_no_page_for_more_people(
    client_of: Any, pat: Any, ada: Any, group: Any, kind: str, who: str, way: str, audience: str, fields: dict[str, str]
) -> None:
    """Catches a file of few that is published to many: from a live article, a draft, or one that it was taken out of."""
    file = make(kind)
    file.uploaded_by_user = pat
    file.save()
    narrow = write("Circle", "groups", groups=(group,), live=way != "draft", body=showing(file))
    if way == "taken out":
        publish(narrow, body=[("text", "<p>No file now.</p>")])
    browser = client_of({"pat": pat, "ada": ada}[who])
    answer = post(browser, file, audience, title="Wide", **fields)
    assert answer.status_code == 200
    assert SENTENCE in answer.content.decode() and f"“{file.title}” is also in “Circle”" in words_of(answer)
    assert "Wide" in answer.content.decode(), "what was typed is still there"
    assert not ArticlePage.objects.filter(title="Wide").exists()


@KINDS
def test_members_files_are_not_for_the_open_web(clients: dict[str, Any], kind: str) -> None:
    file = make(kind)
    write("Inside", "members", body=showing(file))
    assert SENTENCE in post(clients["pat"], file, "public", **PUBLISH).content.decode()
    assert post(clients["pat"], file, "members", **PUBLISH).status_code == 302


@KINDS
def test_the_same_or_fewer_readers_are_no_obstacle(clients: dict[str, Any], group: Any, kind: str) -> None:
    """Catches a rule that lets a file stand in one article alone."""
    public, circle = make(kind), make(kind)
    write("Open", "public", body=showing(public))
    write("Circle", "groups", groups=(group,), body=showing(circle))
    for audience in ("public", "members"):
        assert post(clients["pat"], public, audience, **PUBLISH).status_code == 302, audience
    assert post(clients["pat"], public, "groups", group, **PUBLISH).status_code == 302
    assert post(clients["pat"], circle, "groups", group, **PUBLISH).status_code == 302


@pytest.mark.postgresql
def test_another_group_is_not_fewer_readers(clients: dict[str, Any], group: Any, ada: Any, faye: Any) -> None:
    """Catches a rule that counts groups instead of asking who is in them."""
    other = make_group(actor=ada, facilitator=faye, members=(), name="Sunday walk")
    file = picture()
    circle = write("Circle", "groups", groups=(group,), body=showing(file))
    assert SENTENCE in post(clients["pat"], file, "groups", other, **PUBLISH).content.decode()
    assert SENTENCE in post(clients["pat"], file, "groups", group, other, **PUBLISH).content.decode()
    publish(circle, groups=[group, other])
    write("Walk", "groups", groups=(other,), body=showing(file))
    publish(circle, groups=[group])
    assert post(clients["pat"], file, "groups", group, other, **PUBLISH).status_code == 302, "each of them has it already"


def test_an_article_may_find_more_readers_with_all_that_stands_in_it(clients: dict[str, Any], group: Any) -> None:
    """Catches an article that can never be opened to more people because it was once for fewer."""
    file = picture()
    article = write("Circle", "groups", groups=(group,), body=showing(file))
    assert post(clients["pat"], file, "public", article=article, **PUBLISH).status_code == 302
    assert ArticlePage.objects.get(pk=article.pk).is_public


def test_it_may_not_where_another_article_for_fewer_shows_the_same_file(clients: dict[str, Any], group: Any) -> None:
    file = picture()
    article = write("One", "groups", groups=(group,), body=showing(file))
    write("Two", "groups", groups=(group,), body=showing(file))
    answer = post(clients["pat"], file, "members", article=article, **PUBLISH)
    assert "“Two”" in words_of(answer)
    assert ArticlePage.objects.get(pk=article.pk).audience == "groups"


@KINDS
@pytest.mark.parametrize("fields", [PUBLISH, {}, PUBLISH | {"title": ""}])
def test_the_number_of_a_kept_file_is_taken_like_one_of_nothing(
    clients: dict[str, Any], hidden_group: Any, kind: str, fields: dict[str, str]
) -> None:
    """Catches a form that shows, keeps or publishes whatever file has the number that somebody sends it."""
    file = make(kind)
    write("Quiet words", "groups", groups=(hidden_group,), body=showing(file))
    sent = form(**body(kind, file.pk) | fields)
    never = sent | {f"body-0-value-{'image-image' if kind == 'picture' else 'document'}": "9000001"}
    add = ADD.format(ensure_tree().pk)
    answers = [clients["pat"].post(add, data) for data in (sent, never)]
    assert answers[0].status_code == answers[1].status_code
    assert file.title not in answers[0].content.decode()
    for article in ArticlePage.objects.exclude(title="Quiet words"):
        assert not article.live and not file.versions.filter(object_id=str(article.pk)).exists()
        assert file.title not in clients["pat"].get(f"/cms/pages/{article.pk}/edit/").content.decode()
    preview = add + "preview/"
    clients["pat"].post(preview, sent)
    assert str(getattr(file, "key", "/pictures/")) not in clients["pat"].get(preview).content.decode()


def test_what_stands_in_both_already_is_served_to_both_and_told_to_admins(
    clients: dict[str, Any], client_of: Any, ada: Any, group: Any, hidden_group: Any
) -> None:
    """Catches an upgrade after which articles have holes, or after which nobody hears of the files that were shown too widely."""
    file, leaflet = picture(), paper()
    Picture.objects.filter(pk=file.pk).update(title="A chair for all")
    wide = write("Wide", "members", body=showing(file))
    write("Circle", "groups", groups=(group,), body=showing(file))
    write("Quiet words", "groups", groups=(hidden_group,), body=showing(leaflet))
    assert clients["charlie"].get(file.get_rendition("max-165x165").url).status_code == 200
    home = client_of(ada).get("/cms/").content.decode()
    assert "A chair for all" in home and f"/cms/images/usage/{file.pk}/" in home
    assert leaflet.title not in home
    assert "A chair for all" not in clients["pat"].get("/cms/").content.decode()
    assert post(clients["pat"], file, "members", article=wide, **PUBLISH).status_code == 302, "it stays where it is"
    assert SENTENCE in post(clients["pat"], file, "public", article=wide, **PUBLISH).content.decode()


def test_an_editor_keeps_what_stands_in_their_article_though_a_kept_one_shows_it_too(
    clients: dict[str, Any], hidden_group: Any, ada: Any
) -> None:
    """Catches a picture that falls out of an article when somebody corrects its title."""
    file = Picture.objects.create(title="A chair", file=ContentFile(photograph(), name="a.jpg"), uploaded_by_user=ada)
    article = write("Wide", "members", body=showing(file))
    write("Quiet words", "groups", groups=(hidden_group,), body=showing(file))
    assert clients["pat"].get(f"/cms/images/{file.pk}/").status_code == 404
    answer = post(clients["pat"], file, "members", article=article, **PUBLISH)
    assert answer.status_code == 302
    assert list(ArticlePage.objects.get(pk=article.pk).pictures.all()) == [file]
    answer = post(clients["pat"], file, "public", article=article, **PUBLISH)
    assert "in an article that fewer people may read" in words_of(answer) and "Quiet words" not in words_of(answer)


@pytest.fixture
def due(group: Any, ada: Any) -> ArticlePage:
    """A public article whose picture stands in one for a group since: an older release took it as a draft."""
    file = picture()
    draft = schedule("Wide", "public", body=showing(file))
    write("Circle", "groups", groups=(group,), body=showing(file))
    return draft


@pytest.mark.postgresql
@pytest.mark.parametrize("chosen", ["id={draft}", "id={library}"])
def test_no_bulk_action_publishes_it(clients: dict[str, Any], due: ArticlePage, chosen: str) -> None:
    """Catches a way to publish beside the form, where nothing of the form is asked."""
    ArticlePage.objects.filter(pk=due.pk).update(go_live_at=None)
    revision = due.get_latest_revision()
    revision.content["go_live_at"] = None
    revision.save()
    query = chosen.format(draft=due.pk, library=ensure_tree().pk)
    answer = clients["pat"].post(f"/cms/bulk/wagtailcore/page/publish/?{query}", {"include_descendants": "on"}, follow=True)
    assert answer.status_code == 200
    assert "“Wide” was not published." in words_of(answer) and SENTENCE in words_of(answer)
    assert not ArticlePage.objects.get(pk=due.pk).live


def test_nor_does_the_clock(clients: dict[str, Any], due: ArticlePage) -> None:
    """Catches a schedule from before the rule; and one refused article that keeps the others from their hour."""
    other = schedule("Other", "members")
    for article in (due, other):
        due_now(article)
    keep_dates()
    assert not ArticlePage.objects.get(pk=due.pk).live
    assert ArticlePage.objects.get(pk=other.pk).live
    assert "unscheduled" in clients["pat"].get(f"/cms/pages/{due.pk}/history/").content.decode().lower()


def test_who_set_the_hour_is_told_that_it_could_not_be_kept(
    clients: dict[str, Any], client_of: Any, ada: Any, pat: Any, due: ArticlePage
) -> None:
    """Catches an article that is missing at its hour, and nobody hears of it; or is told of for ever, or to others."""
    Revision.objects.filter(pk=due.latest_revision_id).update(user=pat)
    told, way = "It was due, and could not be published.", f"/cms/pages/{due.pk}/edit/"
    assert told not in clients["pat"].get("/today/").content.decode()
    due_now(due)
    keep_dates()
    today = clients["pat"].get("/today/").content.decode()
    assert told in today and "Wide" in today and way in today and "Nothing you have to do here." not in today
    for browser in (client_of(ada), clients["alice"]):
        assert told not in browser.get("/today/").content.decode()
    assert "couldn&#x27;t be published" in clients["pat"].get(f"/cms/pages/{due.pk}/history/").content.decode()
    assert post(clients["pat"], picture(), "members", article=due, title="Wide").status_code == 302
    assert told not in clients["pat"].get("/today/").content.decode()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_who_publish_one_file_at_once_do_not_show_it_to_each_others_readers(
    client_of: Any, pat: Any, ada: Any, faye: Any, group: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a question of who reads a file elsewhere that is asked by both before either has published."""
    walk = make_group(actor=ada, facilitator=faye, members=(), name="Sunday walk")
    file, asked = picture(pat), publishing.audience_conflicts
    drafts = {readers: write(readers.name, "groups", groups=(readers,), live=False) for readers in (group, walk)}
    browsers = {group: client_of(pat), walk: client_of(ada)}

    def together(*who: Any) -> Any:
        found = asked(*who)
        meet()
        return found

    monkeypatch.setattr(publishing, "audience_conflicts", together)

    def publish_for(readers: Any) -> int:
        return int(post(browsers[readers], file, "groups", readers, article=drafts[readers], title=readers.name, **PUBLISH).status_code)

    answers = at_once(publish_for, [group, walk])
    assert ArticlePage.objects.filter(live=True, pictures=file).count() == 1
    newest = [ArticlePage.objects.get(pk=draft.pk).get_latest_revision() for draft in drafts.values()]
    kept = [status == 200 or version.pictures.exists() for status, version in zip(answers, newest, strict=True)]
    assert all(kept), "what was typed stands in the form that comes back, or is a draft"
