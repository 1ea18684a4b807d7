"""What a member says of an article and saves: it is theirs alone, and editors learn sums and words, of five or more, without a name."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.download import _ratings, _saved
from cms.readers.models import Rating, SavedArticle
from groups.peers.models import Membership
from tests.cast import make_person
from tests.cms.articles import plain, write

pytestmark = pytest.mark.postgresql


def test_a_member_says_whether_it_helped_changes_it_and_takes_it_back(client_of: Any, alice: Any, charlie: Any) -> None:
    """Two answers of one member, or one that somebody else sees."""
    mine, article = client_of(alice), write("Rest", "public")
    page = f"/library/{article.slug}/"
    assert mine.post(f"{page}helpful/", {"helped": "yes", "words": " I slept. "}).url == f"{page}#helpful"
    mine.post(f"{page}helpful/", {"helped": "no", "words": "I did not."})
    assert list(Rating.objects.values_list("member", "helped", "words")) == [(alice.pk, False, "I did not.")]
    assert "You said no." in mine.get(page).content.decode() and "I did not." in mine.get(page).content.decode()
    for other in (client_of(charlie), Client()):
        assert "I did not." not in other.get(page).content.decode()
    assert "Was this helpful?" not in Client().get(page).content.decode()
    mine.post(f"{page}helpful/", {"back": "1"})
    assert not Rating.objects.exists() and "You said" not in mine.get(page).content.decode()


def test_too_many_words_and_no_answer_are_refused_with_what_was_typed(client_of: Any, alice: Any) -> None:
    mine, article = client_of(alice), write("Rest", "members")
    for answer in ({"helped": "yes", "words": "x" * 501}, {"words": "Kept words"}, {"helped": "maybe", "words": "Kept words"}):
        page = mine.post(f"/library/{article.slug}/helpful/", answer)
        assert page.status_code == 422 and answer["words"] in page.content.decode() and "Summary of Rest" in page.content.decode()
    assert not Rating.objects.exists()


def test_editors_see_sums_and_words_of_five_or_more_and_never_a_name(client_of: Any, pat: Any) -> None:
    """Who said what, of one or two whom an editor knows."""
    article = write("Rest", "members")
    editor, form = client_of(pat), f"/cms/pages/{article.pk}/edit/"
    for number in range(5):
        assert "Word of " not in editor.get(form).content.decode(), number
        client_of(make_person(f"wanda{number}")).post(
            f"/library/{article.slug}/helpful/", {"helped": "no" if number else "yes", "words": f"Word of {9 - number}"}
        )
    page = editor.get(form).content.decode()
    assert "1 of 5 members" in page and "Wanda" not in page
    assert page.index("Word of 5") < page.index("Word of 9")  # not in the order of their answers
    with CaptureQueriesContext(connection) as queries:
        assert Rating.objects.summaries([article.pk])[article.pk].helped == 1
    assert len(queries) == 2


def test_what_is_saved_is_a_list_of_ones_own(client_of: Any, alice: Any, charlie: Any) -> None:
    mine, first, second = client_of(alice), write("Rest", "public"), write("Walks", "members")
    for article in (first, second, second):
        mine.post(f"/library/{article.slug}/later/", {"saved": "yes"})
    page = mine.get("/library/later/").content.decode()
    assert page.index("Walks") < page.index("Rest") and "Take it off my list" in mine.get(f"/library/{first.slug}/").content.decode()
    assert "/library/later/" in mine.get("/me/").content.decode() and "/library/later/" in mine.get("/library/").content.decode()
    assert "row-link" not in client_of(charlie).get("/library/later/").content.decode()
    mine.post(f"/library/{second.slug}/later/", {"saved": "no"})
    assert "Walks" not in mine.get("/library/later/").content.decode()


def test_who_may_no_longer_read_it_finds_it_nowhere(client_of: Any, alice: Any, charlie: Any, hidden_group: Any) -> None:
    """By the list, the copy of one's things, or what a form answers, somebody learns what an article of a group they left is called."""
    mine, theirs, article = client_of(alice), client_of(charlie), write("In the corner", "groups", groups=(hidden_group,))
    doors = {"helpful": {"helped": "yes", "words": "Mine."}, "later": {"saved": "yes"}}
    for door, answer in doors.items():
        assert mine.post(f"/library/{article.slug}/{door}/", answer).status_code == 302
        asked = theirs.post(f"/library/{article.slug}/{door}/", answer)
        nothing = theirs.post(f"/library/{'0' * 16}/{door}/", answer)
        assert asked.status_code == nothing.status_code == 404
        assert plain(asked).replace(article.slug, "") == plain(nothing).replace("0" * 16, "")
    assert "In the corner" in mine.get("/library/later/").content.decode()
    Membership.objects.filter(member=alice).update(ended_at=timezone.now())
    assert "In the corner" not in mine.get("/library/later/").content.decode()
    told = [*_ratings(alice), *_saved(alice)]
    assert len(told) == 2 and all(row["article"] == "An article that you can't read now" for row in told) and told[0]["words"] == "Mine."
    assert mine.post(f"/library/{article.slug}/later/", {"saved": "no"}).status_code == 404
    assert SavedArticle.objects.get().member == alice


def test_the_list_asks_the_same_whatever_its_length(client_of: Any, alice: Any) -> None:
    mine = client_of(alice)
    asked: list[int] = []
    for size in (1, 18):
        for number in range(size):
            mine.post(f"/library/{write(f'Paper {number}', 'members').slug}/later/")
        mine.get("/library/later/")
        with CaptureQueriesContext(connection) as queries:
            mine.get("/library/later/")
        asked.append(len(queries))
    assert asked[0] == asked[1]
