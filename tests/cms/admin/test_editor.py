"""The editor is there for publishers and admins, holds what they need and nothing about people."""

import html
import re
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page

from cms.admin import gate
from cms.admin.tree import ensure_tree
from cms.models import ArticlePage, Picture
from community.members.models import User
from tests.cms.articles import paper, picture, plain, with_picture, write, write_every_block
from tests.cms.editor_forms import ADD, addresses, filled, form


@pytest.mark.parametrize(
    "path", ["", "pages/", "pages/1/edit/", "images/", "users/", "login/", "logout/", "account/", "password_reset/", "none/", "sprite/"]
)
def test_who_is_no_editor_finds_nothing_and_guests_sign_in(clients: dict[str, Any], path: str) -> None:
    guest = clients["guest"].get(f"/cms/{path}")
    assert (guest.status_code, guest["Location"]) == (302, f"/accounts/login/?next=/cms/{path}")
    for name in ("charlie", "alice", "mo", "faye"):
        answer = clients[name].get(f"/cms/{path}")
        assert answer.status_code == 404
        assert plain(answer) == plain(clients[name].get("/nowhere/"))


def test_wagtails_own_doors_for_passwords_are_closed(client: Any, pat: Any) -> None:
    for path in ("/cms/login/", "/cms/password_reset/", "/cms/password_reset/confirm/a/b/"):
        typed = {"username": pat.email, "password": "cast-password-1", "email": pat.email}
        answer = client.post(path, typed, headers={"origin": "http://localhost:8000"})
        assert answer.status_code == 401
        assert 'href="/accounts/login/?next=' in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_signed_in_editor_goes_on_from_wagtails_sign_in(clients: dict[str, Any]) -> None:
    assert clients["pat"].get("/cms/login/")["Location"] == "/cms/"
    assert clients["pat"].get("/cms/account/")["Location"] == reverse("members:settings")


def test_no_page_of_wagtail_exists_that_the_gate_does_not_name(clients: dict[str, Any], client_of: Any, ada: Any) -> None:
    everyone = {"pat": (clients["pat"], gate.FOR_EDITORS), "ada": (client_of(ada), gate.FOR_EDITORS | gate.FOR_ADMINS)}
    every = addresses(gate.urlpatterns)
    assert len(every) > 150
    for who, (browser, named) in everyone.items():
        for name, address in every:
            if name not in named and name not in ("wagtailadmin_login", "wagtailadmin_logout", "wagtailadmin_account"):
                assert browser.get(filled(address)).status_code == 404, (who, name)


@pytest.mark.parametrize("who", ["pat", "ada"])
@pytest.mark.parametrize(
    "path", ["users/", "users/new/", "groups/", "groups/new/", "sites/", "reports/site-history/", "collections/", "workflows/list/"]
)
def test_people_roles_and_sites_cannot_be_changed_here(client_of: Any, pat: Any, ada: Any, who: str, path: str) -> None:
    person = {"pat": pat, "ada": ada}[who]
    assert client_of(person).get(f"/cms/{path}").status_code == 404
    assert client_of(person).post(f"/cms/{path}", {"is_superuser": "on", "email": "new@example.org"}).status_code == 404
    assert not User.objects.filter(is_superuser=True).exists()


def test_the_centres_settings_are_the_admins(client_of: Any, pat: Any, ada: Any) -> None:
    from community.centre.models import Centre

    row = Centre.load()
    assert client_of(pat).get(f"/cms/settings/centre/centre/{row.pk}/").status_code == 404
    assert client_of(ada).get(f"/cms/settings/centre/centre/{row.pk}/").status_code == 200


@pytest.mark.parametrize(
    "path", ["", "pages/", "pages/{library}/", "pages/{article}/edit/", "pages/{article}/history/", "images/", "documents/"]
)
@pytest.mark.parametrize("who", ["pat", "ada"])
def test_no_editors_page_shows_an_address_or_asks_another_host(client_of: Any, pat: Any, ada: Any, who: str, path: str) -> None:
    person = {"pat": pat, "ada": ada}[who]
    article = write("Evenings", owner=pat)
    page = client_of(person).get("/cms/" + path.format(library=ensure_tree().pk, article=article.pk), follow=True)
    text = page.content.decode()
    assert page.status_code == 200
    assert "@example.org" not in text
    assert "gravatar" not in text
    assert "releases.wagtail" not in text


def test_the_menu_holds_what_there_is(client_of: Any, pat: Any, ada: Any) -> None:
    texts = {p.name: client_of(p).get("/cms/").content.decode() for p in (pat, ada)}
    for text in texts.values():
        assert '"name": "images"' in text
        for name in ("users", "groups", "sites", "redirects", "workflows", "collections", "reports", "help"):
            assert f'"name": "{name}"' not in text, name
        assert f'"url": "{ADD.format(ensure_tree().pk)}"' in text, "the way to write hid behind a plus"
    assert '"name": "center"' in texts["Ada"]
    assert '"name": "center"' not in texts["Pat"]


def test_a_publisher_writes_previews_and_publishes_for_one_group(clients: dict[str, Any], group: Any, pat: Any) -> None:
    url = ADD.format(ensure_tree().pk)
    page = clients["pat"].get(url)
    text = page.content.decode()
    assert page.status_code == 200
    assert text.index('name="audience"') < text.index('name="title"'), "who will see this comes first"
    assert 'name="slug"' not in text
    answer = clients["pat"].post(url, form(audience="groups", groups=[str(group.pk)], **{"action-publish": "1"}))
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    article = ArticlePage.objects.get(title="Evenings")
    assert (article.live, article.audience, list(article.groups.all())) == (True, "groups", [group])
    preview = f"/cms/pages/{article.pk}/edit/preview/"
    clients["pat"].post(preview, form(title="Evenings again"))
    shown = clients["pat"].get(preview)
    assert "Evenings again" in shown.content.decode()
    assert "Who will see this: All members" in shown.content.decode()
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    for name in ("alice", "charlie", "mo"):
        assert clients[name].get(preview).status_code == 404
    assert clients["guest"].get(preview).status_code == 302


def test_of_an_article_not_saved_yet_the_form_alone_says_who_will_see_it(clients: dict[str, Any], group: Any) -> None:
    """Beside a chosen group, the panel said that no group was chosen: of what is not stored it can't know."""
    url = ADD.format(ensure_tree().pk)
    refused = clients["pat"].post(url, form(title="", audience="groups", groups=[str(group.pk)], **{"action-publish": "1"}))
    assert "No one yet" not in refused.content.decode()


def test_a_drawing_stands_above_the_article_and_in_the_list(clients: dict[str, Any]) -> None:
    """An editor would choose blindly, or the choice would show nowhere; and a key of no drawing would leave a hole."""
    url = ADD.format(ensure_tree().pk)
    page = clients["pat"].get(url).content.decode()
    assert re.search(r'name="drawing" value="kettle"[^>]*>\s*<svg aria-hidden="true"><use href="[^"]*drawings[^"]*svg#kettle">', page)
    clients["pat"].post(url, form(audience="public", drawing="kettle", **{"action-publish": "1"}))
    article = ArticlePage.objects.get(title="Evenings")
    for address in (f"/library/{article.slug}/", "/library/"):
        assert len(re.findall(r"drawings[^\"]*svg#kettle", clients["guest"].get(address).content.decode())) == 1, address
    answer = clients["pat"].post(url, form(title="Mornings", drawing="bottle", **{"action-publish": "1"}))
    assert "That can’t be chosen anymore" in answer.content.decode()
    assert not ArticlePage.objects.filter(title="Mornings").exists()


def test_some_groups_needs_a_group_and_another_audience_drops_them(clients: dict[str, Any], group: Any) -> None:
    url = ADD.format(ensure_tree().pk)
    answer = clients["pat"].post(url, form(audience="groups", **{"action-publish": "1"}))
    assert "Choose at least one group" in answer.content.decode()
    clients["pat"].post(url, form(audience="members", groups=[str(group.pk)], **{"action-publish": "1"}))
    assert not ArticlePage.objects.get(title="Evenings").groups.exists()


def test_a_hidden_group_is_not_there_for_a_publisher_outside_it(
    clients: dict[str, Any], client_of: Any, group: Any, hidden_group: Any, ada: Any
) -> None:
    url = ADD.format(ensure_tree().pk)
    text = clients["pat"].get(url).content.decode()
    assert group.name in text
    assert hidden_group.name not in text
    assert str(hidden_group.pk) not in text
    assert hidden_group.name in client_of(ada).get(url).content.decode()
    forged = clients["pat"].post(url, form(audience="groups", groups=[str(hidden_group.pk)], **{"action-publish": "1"}))
    random = clients["pat"].post(url, form(audience="groups", groups=[str(uuid.uuid4())], **{"action-publish": "1"}))
    assert forged.status_code == random.status_code == 200
    assert not ArticlePage.objects.filter(title="Evenings", live=True).exists()


@pytest.mark.parametrize("state", ["live", "draft", "changed"])
def test_an_article_for_a_hidden_group_is_not_there_for_a_publisher_outside_it(
    clients: dict[str, Any], client_of: Any, hidden_group: Any, ada: Any, state: str
) -> None:
    if state == "changed":
        article = write("Quiet words", "members")
        draft = ArticlePage.objects.get(pk=article.pk)
        draft.audience, draft.groups = "groups", [hidden_group]
        draft.save_revision()
    else:
        article = write("Quiet words", "groups", groups=(hidden_group,), live=state == "live")
    library = ensure_tree().pk
    doors = [
        "edit",
        "view_draft",
        "history",
        "revisions",
        "usage",
        "delete",
        "unpublish",
        "edit/preview",
        "revisions/compare/live...latest",
    ]
    for door in doors:
        assert clients["pat"].get(f"/cms/pages/{article.pk}/{door}/").status_code == 404, door
    lists = [
        f"pages/{library}/",
        "pages/search/?q=Quiet",
        "choose-page/search/?q=Quiet",
        f"choose-page/{library}/",
        "",
        f"api/main/pages/?child_of={library}",
    ]
    for path in lists:
        assert "Quiet words" not in clients["pat"].get(f"/cms/{path}").content.decode(), path
    clients["pat"].post(f"/cms/bulk/wagtailcore/page/delete/?id={article.pk}", {})
    assert Page.objects.filter(pk=article.pk).exists()
    assert client_of(ada).get(f"/cms/pages/{article.pk}/edit/").status_code == 200
    assert "Quiet words" in client_of(ada).get(f"/cms/pages/{library}/").content.decode()


def test_the_library_itself_cannot_be_taken_away_or_renamed(clients: dict[str, Any]) -> None:
    library = ensure_tree()
    for door in ("delete", "unpublish"):
        clients["pat"].post(f"/cms/pages/{library.pk}/{door}/", {})
    clients["pat"].post(
        f"/cms/pages/{library.pk}/edit/", {"introduction": "Welcome", "slug": "elsewhere", "title": "X", "action-publish": "1"}
    )
    library.refresh_from_db()
    assert (library.live, library.slug, library.introduction) == (True, "library", "Welcome")


def test_articles_are_never_copied_moved_or_given_a_second_lock(clients: dict[str, Any]) -> None:
    article = write("Evenings")
    for door in ("copy", "move", "privacy", "lock", "convert_alias"):
        assert clients["pat"].get(f"/cms/pages/{article.pk}/{door}/").status_code == 404, door


def test_wagtails_own_groups_with_rights_on_every_page_are_gone(db: None) -> None:
    assert set(Group.objects.values_list("name", flat=True)) <= {"publisher", "reviewer", "moderator", "coordinator", "admin"}
    assert set(GroupPagePermission.objects.values_list("group__name", flat=True)) == {"publisher", "admin"}
    people = Permission.objects.filter(group__isnull=False, content_type__app_label__in=["members", "auth"])
    assert set(people.values_list("codename", flat=True)) == {"change_consentdraft"}, "a right of Wagtail's over people"


def test_files_are_uploaded_and_listed_by_publishers(clients: dict[str, Any], pat: Any) -> None:
    image, file = picture(), paper(pat)
    write("Evenings", body=with_picture(image))
    for path in (
        "images/",
        f"images/{image.pk}/",
        "documents/",
        f"documents/edit/{file.pk}/",
        "images/add/",
        "documents/multiple/add/",
        "images/chooser/",
    ):
        answer = clients["pat"].get(f"/cms/{path}")
        assert answer.status_code == 200, path
        assert "/media/" not in answer.content.decode(), path


def test_every_block_shows_itself_in_the_editor(clients: dict[str, Any]) -> None:
    from cms.library.pages import ArticlePage as Model

    blocks = Model._meta.get_field("body").stream_block.child_blocks
    assert set(blocks) == {"heading", "text", "picture", "callout", "steps", "quote", "help_lines", "document"}
    for name, block in blocks.items():
        answer = clients["pat"].get("/cms/block-preview/", {"id": block.definition_prefix})
        assert answer.status_code == 200, name
        assert block.get_description(), name
        assert "'self'" in answer["Content-Security-Policy"]


def test_an_article_with_every_block_reads_well(clients: dict[str, Any]) -> None:
    article = write_every_block("public")
    text = clients["guest"].get(f"/library/{article.slug}/").content.decode()
    for words in (
        "In this article",
        'href="#part-1"',
        "Call somebody.",
        "Breathe out.",
        "November 20, 2026",
        "Not yet reviewed by a clinician",
        "touches on: loss",
    ):
        assert words in text, words
    assert 'alt="A chair by a window"' in text
    assert " style=" not in text


@pytest.mark.parametrize("words", ['"', '"quiet', '"quiet words"', "*", "'", "AND", "\0", "", " "])
def test_the_editors_search_takes_any_words(clients: dict[str, Any], words: str) -> None:
    """Catches words that the database cannot search for, in both of the names that Wagtail gives them."""
    for path in ("pages/search/", f"pages/{ensure_tree().pk}/", "images/", "documents/", "choose-page/search/", "images/chooser/results/"):
        assert clients["pat"].get(f"/cms/{path}", {"q": words}).status_code == 200, path
    assert clients["pat"].get("/cms/api/main/pages/", {"search": words}).status_code == 200


def test_an_editor_schedules_in_their_own_time(clients: dict[str, Any], pat: Any) -> None:
    """Without this Wagtail takes every hour for UTC, and an article appears hours early or late."""
    pat.time_zone = "America/New_York"
    pat.save()
    url = ADD.format(ensure_tree().pk)
    clients["pat"].post(url, form(go_live_at="2030-01-15 10:00", **{"action-publish": "1"}))
    article = ArticlePage.objects.get(title="Evenings")
    assert article.latest_revision.approved_go_live_at.isoformat() == "2030-01-15T15:00:00+00:00"
    assert "10:00" in clients["pat"].get(f"/cms/pages/{article.pk}/edit/").content.decode()


def test_a_link_to_another_article_leads_to_its_opaque_address(clients: dict[str, Any]) -> None:
    other = write("Elsewhere", "public")
    article = write("Evenings", "public", body=[("text", f'<p><a linktype="page" id="{other.pk}">Read on</a></p>')])
    assert f'href="/library/{other.slug}/"' in clients["guest"].get(f"/library/{article.slug}/").content.decode()


def test_a_picture_is_described_once_where_an_article_shows_it(clients: dict[str, Any]) -> None:
    """The form of the file asked for a description as well, which nobody ever read."""
    image = picture()
    write("Evenings", body=with_picture(image))
    for page in ("images/add/", f"images/{image.pk}/", "images/chooser/", "images/multiple/add/"):
        assert not re.search(r'<input[^>]*name=\\?"[\w-]*description', clients["pat"].get(f"/cms/{page}").content.decode()), page


def test_the_editor_has_one_word_for_a_picture(clients: dict[str, Any]) -> None:
    """ "Image" in the menu, "Picture" in an article, and "1 picture" above the images."""
    write("Evenings", body=with_picture(picture()))
    for page in ("images/", "images/?layout=list", f"images/{Picture.objects.get().pk}/", "images/chooser/"):
        shown = re.sub(r"<[^>]*>", " ", clients["pat"].get(f"/cms/{page}").content.decode())
        assert not re.search(r"\bpictures?\b", shown, re.IGNORECASE), page
    labels = re.findall(r'"label": "(\w+)"', html.unescape(clients["pat"].get(ADD.format(ensure_tree().pk)).content.decode()))
    assert "Image" in labels and "Picture" not in labels
