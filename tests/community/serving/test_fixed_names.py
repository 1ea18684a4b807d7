"""The two files that browsers ask for by fixed names, and the pages that carry no one's cookie."""

import re

import pytest


@pytest.mark.parametrize("path", ["/help/", "/sw.js", "/manifest.webmanifest", "/healthz", "/readyz"])
def test_what_is_for_everyone_sets_no_cookie_and_asks_for_no_session(client_of, alice, path, django_assert_max_num_queries):
    member = client_of(alice)
    with django_assert_max_num_queries(5):
        answer = member.get(path)
    assert answer.status_code == 200 and not answer.cookies and "Cookie" not in answer.headers.get("Vary", "")


def test_the_worker_may_rule_the_whole_site_and_is_never_stale(client, db):
    """Below /static/ it could not answer for other pages; cached for long, a mistake in it would stay on phones."""
    answer = client.get("/sw.js")
    assert answer.headers["Content-Type"].startswith("text/javascript") and answer.headers["Cache-Control"] == "no-cache"


def test_the_manifest_says_nothing_but_the_centre_s_name(client, db):
    answer = client.get("/manifest.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert answer.json()["name"] == "Mainstay" and "recovery" not in answer.content.decode().lower()


@pytest.mark.parametrize("path", ["/", "/help/", "/privacy/", "/leaving/"])
def test_what_may_be_indexed_says_what_it_is(client, db, path):
    """A search engine made up a description out of whatever stood on the page, such as the numbers of help lines."""
    answer = client.get(path)
    said = re.findall(r'<meta name="description" content="([^"]+)">', answer.content.decode())
    assert "X-Robots-Tag" not in answer.headers and len(said) == 1 and len(said[0]) > 30


def test_home_and_privacy_may_be_indexed_and_today_may_not(client, client_of, alice):
    for path in ("/", "/privacy/"):
        assert "X-Robots-Tag" not in client.get(path).headers
    today = client_of(alice).get("/today/")
    assert "no-store" in today.headers["Cache-Control"] and "noindex" in today.headers["X-Robots-Tag"]
