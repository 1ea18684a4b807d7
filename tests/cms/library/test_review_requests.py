"""A writer asks for a review; a reviewer answers with notes; nobody changes the words meanwhile, and nothing of it is mailed."""

import re
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Revision, TaskState, WorkflowState
from wagtail.rich_text import RichText

from cms.admin.tree import ensure_tree
from cms.models import ArticlePage, Review, ReviewNote
from community.kit.models import AuditEntry
from community.members.models import User
from community.members.people.actions import take_role
from community.members.roles import Role
from community.notifications import expansion
from tests.cast import make_person
from tests.cms.articles import plain, publish, write, write_every_block
from tests.cms.editor_forms import ADD, form

SAID = {"name": "Rena Okafor", "credential": "LCSW", "read": "on"}
JSON = {"Accept": "application/json"}
WORDS = [("heading", "First weeks"), ("text", "<p>One hour is enough.</p>")]


@pytest.fixture
def reviewer(client_of: Any, rena: Any) -> Any:
    return client_of(rena)


@pytest.fixture
def writer(client_of: Any, pat: Any) -> Any:
    return client_of(pat)


@pytest.fixture
def article(pat: Any) -> ArticlePage:
    """A draft of Pat's with two parts."""
    draft = write("Evenings", live=False, body=WORDS, owner=pat)
    draft.save_revision(user=pat)
    return ArticlePage.objects.get(pk=draft.pk)


def edit(article: ArticlePage) -> str:
    return f"/cms/pages/{article.pk}/edit/"


def page_of(article: ArticlePage) -> str:
    return f"/staff/reviews/{article.pk}/"


def ask(writer: Any, article: ArticlePage, **fields: Any) -> Any:
    return writer.post(edit(article), form(**fields, **{"action-submit": "1"}), follow=True)


def parts(article: ArticlePage) -> list[str]:
    """The ids of the parts that a reviewer sees now."""
    return [part.id for part in ArticlePage.objects.get(pk=article.pk).get_latest_revision_as_object().body]


def answer(reviewer: Any, article: ArticlePage, **fields: Any) -> Any:
    """Open the article and answer: that it was read, or with `send_back`."""
    fingerprint = re.search(r'name="fingerprint" value="([^"]+)"', reviewer.get(page_of(article)).content.decode())
    assert fingerprint
    return reviewer.post(page_of(article), {"fingerprint": fingerprint[1], **fields}, follow=True)


def send_back(reviewer: Any, article: ArticlePage, comment: str = "Please name a source.", **fields: Any) -> Any:
    return answer(reviewer, article, send_back="1", comment=comment, **fields)


def told(person: User) -> list[str]:
    """The kinds of what `person` was notified of about reviews and hasn't read."""
    expansion.run()
    return sorted(person.notifications.filter(read_at=None, kind__startswith="review").values_list("kind", flat=True))


@pytest.mark.postgresql
def test_who_is_asked_finds_it_first_and_whoever_asked_hears_the_answer(
    writer: Any, reviewer: Any, pat: Any, rena: Any, article: ArticlePage
) -> None:
    write("Another draft", live=False)
    asked = ask(writer, article).content.decode()
    assert "Reviewers are told that “Evenings” waits for them." in asked and "moderation" not in asked
    assert told(rena) == ["review"]
    desk = reviewer.get("/staff/reviews/").content.decode()
    assert "Pat asked for a review on" in desk and desk.index("Evenings") < desk.index("Another draft")
    assert "Noted." in answer(reviewer, article, **SAID).content.decode()
    assert told(pat) == ["review_answer"] and told(rena) == []
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_APPROVED
    assert not ArticlePage.objects.get(pk=article.pk).live, "an approval publishes nothing"
    writer.get(edit(article))
    assert told(pat) == []
    assert not mail.outbox


def test_a_new_article_can_be_asked_about_at_once(writer: Any, reviewer: Any) -> None:
    asked = writer.post(ADD.format(ensure_tree().pk), form(**{"action-submit": "1"}), follow=True).content.decode()
    assert "Reviewers are told that “Evenings” waits for them." in asked
    assert "Pat asked for a review on" in reviewer.get("/staff/reviews/").content.decode()


def test_notes_stand_beside_the_parts_they_are_about(writer: Any, reviewer: Any, pat: Any, article: ArticlePage) -> None:
    ask(writer, article)
    part = parts(article)[0]
    page = send_back(reviewer, article, "", **{f"note-{part}": "For whom?", "note-none": "Nowhere."})
    assert "Sent back." in page.content.decode()
    assert ReviewNote.objects.get().text == "For whom?" and told(pat) == ["review_answer"]
    assert "came back from its review, with notes" in writer.get("/inbox/").content.decode()
    panel = writer.get(edit(article)).content.decode()
    assert "Ask for a review" in panel and "workflow" not in re.sub("<[^>]*>", "", panel.split("<footer")[1]).lower()
    assert "For whom?" in panel and "Last answer: Rena" in panel and f"block-{part}" in panel
    assert AuditEntry.objects.filter(verb="cms.send_back").exists() and not mail.outbox
    assert "1 article is waiting" not in reviewer.get("/today/").content.decode(), "it waits for its writer now"
    ask(writer, article)
    page = reviewer.get(page_of(article)).content.decode()
    assert "Pat asked for this review" in page


def test_a_note_stays_beside_its_part_when_it_is_asked_for_again(reviewer: Any, pat: Any, article: ArticlePage) -> None:
    send_back(reviewer, article, "", **{f"note-{parts(article)[1]}": "Whose hour?"})
    draft = article.get_latest_revision_as_object()
    draft.body[0].value = "The first weeks"
    draft.save_revision(user=pat)
    page = reviewer.get(page_of(article)).content.decode()
    assert re.search(r"Noted here last time:</strong> Whose hour\?", page)
    assert "Changed since it was last read" in page and "addition" in page


def test_only_the_parts_that_changed_are_shown_as_changed(reviewer: Any, pat: Any) -> None:
    """Lists of steps read from two versions are never equal to Wagtail: each looked changed, in every article that has some."""
    article = write_every_block("public")
    answer(reviewer, article, **SAID)
    draft = article.get_latest_revision_as_object()
    draft.body[0].value = "Another part"
    draft.save_revision(user=pat)
    changes = reviewer.get(page_of(article)).context["changes"]
    assert [what for _field, parts in changes for what, _html in parts] == ["Changed"]


def test_a_changed_text_keeps_its_lines(reviewer: Any, pat: Any) -> None:
    """Headings, paragraphs and items that ran together, in the one place where a reviewer looks for what changed."""
    words = "<h2>Tonight</h2><p>Eat.</p><ul><li>Tea<ul><li>Mint</li></ul></li><li>A book</li></ul>"
    article = write("Evenings", "public", body=[("text", words)])
    answer(reviewer, article, **SAID)
    draft = article.get_latest_revision_as_object()
    draft.body[0].value.source = draft.body[0].value.source.replace("A book", "A good book")
    draft.body.append(("text", RichText("<p>Then rest.</p><p>It is late.</p>")))
    draft.save_revision(user=pat)
    ((_field, changed),) = reviewer.get(page_of(article)).context["changes"]
    (_what, before_and_after), (_new, added) = changed
    assert before_and_after.startswith('Tonight<br>Eat.<br>Tea<br>Mint<br>A <span class="deletion">book</span>')
    assert added == "Then rest.<br>It is late."


def test_what_came_back_says_where_the_notes_are(writer: Any, reviewer: Any, article: ArticlePage) -> None:
    """A small number at a sign without a word was all; and a button took a request back that nobody had any more."""
    where = "A reviewer sent this back."
    ask(writer, article)
    assert where not in writer.get(edit(article)).content.decode()
    send_back(reviewer, article)
    page = writer.get(edit(article)).content.decode()
    assert where in page and "Ask for a review" in page and "Take the request back" not in page
    ask(writer, article)
    assert where not in writer.get(edit(article)).content.decode()


def test_an_article_that_was_just_saved_gets_no_panel_without_a_place(writer: Any, article: ArticlePage) -> None:
    """An error in the browser at the first autosave of each new article, whose form has no place for a review."""
    place = "review-panel"
    assert place in writer.get(edit(article)).content.decode()
    assert place not in writer.get(edit(article), {"_w_hydrate_create_view": "1"}).content.decode()


def test_a_note_names_its_part_as_it_reads(writer: Any, reviewer: Any, pat: Any) -> None:
    """Words with the signs of HTML in them: an apostrophe in a heading was shown as five characters."""
    article = write("Evenings", live=False, owner=pat, body=[("heading", "Don't & do"), ("text", "<p>One.</p><p>Two.</p>")])
    article.save_revision(user=pat)
    heading, text = parts(article)
    send_back(reviewer, article, "", **{f"note-{heading}": "Shorter.", f"note-{text}": "Longer."})
    panel = writer.get(edit(article)).content.decode()
    assert "Don&#x27;t &amp; do<" in panel and re.search(r"One\.\s+Two\.", panel)


@pytest.mark.postgresql
def test_today_tells_a_reviewer_what_they_are_asked_for(writer: Any, reviewer: Any, article: ArticlePage) -> None:
    """16 articles that are waiting where there were 15: the one that somebody waits for was lost among those that nobody asked about."""
    write("Mornings")
    assert "2 articles are waiting for a review" in reviewer.get("/today/").content.decode()
    ask(writer, article)
    page = reviewer.get("/today/").content.decode()
    assert "re asked to review 1 article" in page and "are waiting" not in page


def test_an_answer_without_a_word_is_none(writer: Any, reviewer: Any, article: ArticlePage) -> None:
    ask(writer, article)
    page = send_back(reviewer, article, " ").content.decode()
    assert "Write what should change" in page
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_IN_PROGRESS


@pytest.mark.postgresql
def test_nobody_changes_what_waits_for_a_review(writer: Any, client_of: Any, ada: Any, article: ArticlePage) -> None:
    """An approval of words that were saved over the ones that the reviewer has open."""
    ask(writer, article)
    before = Revision.objects.get(pk=TaskState.objects.get().revision_id).content
    for client in (writer, client_of(ada)):
        page = client.get(edit(article)).content.decode()
        assert "Take the request back" in page and "waiting for a review" in page and 'name="action-publish"' not in page
        for sent in ({}, {"action-publish": "1"}, {"overwrite_revision_id": TaskState.objects.get().revision_id}):
            answered = client.post(edit(article), form(title="Mornings", **sent), headers=JSON)
            assert answered.json()["error_code"] == "locked"
    writer.post(f"/cms/bulk/wagtailcore/page/publish/?id={article.pk}", {})
    assert not ArticlePage.objects.get(pk=article.pk).live
    assert Revision.objects.get(pk=TaskState.objects.get().revision_id).content == before


@pytest.mark.postgresql
@pytest.mark.parametrize("who", ["pat", "ada"])
def test_a_request_can_be_taken_back_by_whoever_may_write(
    request: Any, who: str, writer: Any, client_of: Any, reviewer: Any, article: ArticlePage
) -> None:
    """Whoever asked may have left: the article would stay locked until a reviewer answers."""
    ask(writer, article)
    client = client_of(request.getfixturevalue(who))
    page = client.post(edit(article), form(**{"action-cancel-workflow": "1"}), follow=True).content.decode()
    assert "The request for a review is taken back." in page
    assert "asked for a review" not in reviewer.get("/staff/reviews/").content.decode()
    assert client.post(edit(article), form(title="Mornings"), headers=JSON).json()["success"]


@pytest.mark.postgresql
def test_an_autosave_leaves_the_version_that_was_read(writer: Any, reviewer: Any, article: ArticlePage) -> None:
    """Wagtail writes an autosave over the version before: what was approved would be gone, and nothing could be compared with it."""
    writer.post(edit(article), form(title="Evenings"), headers=JSON)
    answer(reviewer, article, **SAID)
    read = Revision.objects.get(pk=ArticlePage.objects.get(pk=article.pk).latest_revision_id)
    saved = writer.post(edit(article), form(title="Mornings", overwrite_revision_id=read.pk), headers=JSON).json()
    assert saved["success"] and saved["revision_id"] != read.pk
    assert Revision.objects.get(pk=read.pk).content["title"] == "Evenings"
    again = writer.post(edit(article), form(title="Nights", overwrite_revision_id=saved["revision_id"]), headers=JSON).json()
    assert again["revision_id"] == saved["revision_id"], "the others are still written over"
    page = reviewer.get(page_of(article)).content.decode()
    assert 'class="deletion">Evenings' in page and 'class="addition">Nights' in page


def test_a_reviewer_may_send_back_what_nobody_asked_about(reviewer: Any, pat: Any) -> None:
    """Something wrong in what is published, which the reviewer alone has noticed."""
    article = publish(write("Evenings", "public"), title="Evenings")
    ArticlePage.objects.get(pk=article.pk).get_latest_revision_as_object().save_revision(user=pat)
    send_back(reviewer, article)
    assert told(pat) == ["review_answer"] and "Sent back to whoever wrote it." in reviewer.get("/staff/reviews/").content.decode()
    assert "Noted." in answer(reviewer, article, **SAID).content.decode(), "and may find that it was right"
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_APPROVED


def test_notes_go_with_a_review_that_nobody_asked_for(writer: Any, reviewer: Any, pat: Any, article: ArticlePage) -> None:
    answer(reviewer, article, **SAID, **{f"note-{parts(article)[0]}": "A better word: hour."})
    assert told(pat) == ["review_answer"] and "A better word: hour." in writer.get(edit(article)).content.decode()


@pytest.mark.postgresql
def test_of_two_reviewers_the_second_hears_of_the_first(reviewer: Any, client_of: Any, article: ArticlePage) -> None:
    other = client_of(make_person("Remy", role=Role.REVIEWER))
    shown = re.search(r'name="fingerprint" value="([^"]+)"', other.get(page_of(article)).content.decode())
    answer(reviewer, article, **SAID)
    late = other.post(page_of(article), {"fingerprint": shown[1], "send_back": "1", "comment": "No."})  # type: ignore[index]
    assert "Somebody has reviewed these words meanwhile." in late.content.decode() and not TaskState.objects.exists()


@pytest.mark.postgresql
def test_what_a_reviewer_typed_stays_when_the_words_change_meanwhile(reviewer: Any, pat: Any, article: ArticlePage) -> None:
    shown = re.search(r'name="fingerprint" value="([^"]+)"', reviewer.get(page_of(article)).content.decode())
    kept, gone = parts(article)
    draft = article.get_latest_revision_as_object()
    del draft.body[1]
    draft.save_revision(user=pat)
    said = {"fingerprint": shown[1], "send_back": "1", f"note-{kept}": "For whom?", f"note-{gone}": "Whose hour?"}  # type: ignore[index]
    page = reviewer.post(page_of(article), said).content.decode()
    assert "changed while you were reading" in page and "For whom?" in page and "Whose hour?" in page
    assert not ReviewNote.objects.exists()


def test_an_answer_is_told_to_nobody_who_may_not_write_anymore(
    writer: Any, reviewer: Any, ada: Any, pat: Any, article: ArticlePage
) -> None:
    ask(writer, article)
    send_back(reviewer, article)
    assert told(pat) == ["review_answer"]
    take_role(actor=ada, member=pat, role=Role.PUBLISHER)
    assert "Evenings" not in writer.get("/inbox/").content.decode()


def test_a_request_for_a_hidden_group_is_told_to_no_reviewer_outside_it(
    client_of: Any, ada: Any, reviewer: Any, rena: Any, hidden_group: Any
) -> None:
    article = write("Quiet words", "groups", groups=(hidden_group,), live=False)
    ask(client_of(ada), article, audience="groups", groups=[str(hidden_group.pk)], title="Quiet words")
    assert WorkflowState.objects.exists() and told(rena) == []
    assert "Quiet words" not in reviewer.get("/staff/reviews/").content.decode()
    assert plain(reviewer.post(page_of(article), {"send_back": "1", "comment": "No."})) == plain(reviewer.post("/staff/reviews/987654/"))


def test_an_editor_kept_from_a_group_asks_nothing_of_its_articles(writer: Any, hidden_group: Any) -> None:
    """By raw id."""
    article = write("Quiet words", "groups", groups=(hidden_group,), live=False)
    nothing = plain(writer.post("/cms/pages/987654/edit/", form(**{"action-submit": "1"})))
    assert plain(writer.post(edit(article), form(**{"action-submit": "1"}))) == nothing and not WorkflowState.objects.exists()


def test_nobody_asks_whose_role_was_taken_away(writer: Any, ada: Any, pat: Any, article: ArticlePage) -> None:
    writer.get(edit(article))
    take_role(actor=ada, member=pat, role=Role.PUBLISHER)
    assert writer.post(edit(article), form(**{"action-submit": "1"})).status_code == 404
    assert not WorkflowState.objects.exists()


def test_nobody_answers_whose_role_was_taken_away(writer: Any, reviewer: Any, ada: Any, rena: Any, article: ArticlePage) -> None:
    ask(writer, article)
    shown = re.search(r'name="fingerprint" value="([^"]+)"', reviewer.get(page_of(article)).content.decode())
    take_role(actor=ada, member=rena, role=Role.REVIEWER)
    for sent in (SAID, {"send_back": "1", "comment": "No."}):
        assert reviewer.post(page_of(article), {"fingerprint": shown[1], **sent}).status_code == 404  # type: ignore[index]
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_IN_PROGRESS and not Review.objects.exists()


def test_the_library_itself_is_not_reviewed(writer: Any) -> None:
    library = ensure_tree()
    assert "Ask for a review" not in writer.get(edit(library)).content.decode()  # type: ignore[arg-type]
    writer.post(edit(library), {"title": "Library", "introduction": "", "action-submit": "1"})  # type: ignore[arg-type]
    assert not WorkflowState.objects.exists()


@pytest.mark.postgresql
def test_the_queue_is_paged_and_costs_the_same_however_long_it_is(reviewer: Any, writer: Any, article: ArticlePage) -> None:
    ask(writer, article)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert "Pat asked for a review" in reviewer.get("/staff/reviews/").content.decode()
        return len(queries)

    write("Another draft", live=False)
    asked()
    few = asked()
    for number in range(25):
        write(f"More {number}", live=False)
    assert asked() == few
    pages = [reviewer.get(f"/staff/reviews/?page={number}").content.decode() for number in (1, 2)]
    assert [page.count('class="row"') for page in pages] == [20, 7]
    assert "27 articles are waiting" in pages[1]


def test_reviews_from_before_there_were_requests_stand(reviewer: Any, rena: Any, client: Any) -> None:
    article = write("Evenings", "public")
    Review.objects.create(article=article, edition=article.edition, reviewer=rena, name="Rena Okafor", credential="LCSW")
    assert "Reviewed by Rena Okafor, LCSW" in client.get(f"/library/{article.slug}/").content.decode()
    draft = article.get_latest_revision_as_object()
    draft.summary = "Other words"
    draft.save_revision()
    assert 'class="addition">Other words' in reviewer.get(page_of(article)).content.decode()


def test_the_editors_panel_is_in_every_article(writer: Any, article: ArticlePage) -> None:
    assert "Not yet reviewed by a clinician." in writer.get(edit(article)).content.decode()
