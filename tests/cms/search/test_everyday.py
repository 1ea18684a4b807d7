"""The words of everyday life for clinical ones, and the center's own list of them."""

import html
from typing import Any

import pytest
from django.test import Client

from cms.search.everyday import default_words, well_formed
from tests.cms.articles import write
from tests.cms.search.asking import ask, titles

SETTING = "/cms/settings/cms/everydaywords/"


def save(admin: Client, words: str) -> Any:
    return admin.post(admin.get(SETTING)["Location"], {"words": words})


def test_an_admin_edits_them_and_the_search_follows(client_of: Any, ada: Any) -> None:
    write("Naps", "public")
    admin = client_of(ada)
    assert titles(ask(Client(), "siestas")) == []
    form = html.unescape(admin.get(SETTING, follow=True).content.decode())
    assert "kids" not in form.split("<textarea")[0] and "relapse, relapsed, slip" in form
    assert save(admin, "siesta, forty winks: nap, rest by day\n").status_code == 302
    for words in ("siestas", "Forty Winks", "siesat"):
        assert titles(ask(Client(), words)) == ["Naps"], words
    assert titles(ask(Client(), "forty")) == [], "half of what is typed"


def test_a_line_that_nobody_could_mean_is_refused_in_a_sentence(client_of: Any, ada: Any) -> None:
    answer = save(client_of(ada), "kids: children\nsiesta nap")
    assert "“siesta nap” needs a word, a colon, and what it should find." in html.unescape(answer.content.decode())


def test_nobody_else_edits_them(client_of: Any, pat: Any, rena: Any, alice: Any, ada: Any) -> None:
    address = client_of(ada).get(SETTING)["Location"]
    for person in (pat, rena, alice):
        for path in (SETTING, address):
            assert client_of(person).get(path).status_code == 404, (person, path)
    assert Client().get(address).status_code == 302


def test_words_together_are_found_together(db: None) -> None:
    """“use” and “again” stand in nearly every article; “using again” does not."""
    write("Then she was using again", "public")
    write("Once again, in use", "public")
    assert titles(ask(Client(), "relapse")) == ["Then she was using again"]


@pytest.mark.parametrize("words", ["siesta", ": nap", "siesta: , "])
def test_half_a_line_is_no_line(words: str) -> None:
    with pytest.raises(Exception, match="needs a word"):
        well_formed(words)


def test_the_list_of_the_release_is_well_formed() -> None:
    well_formed(default_words())
