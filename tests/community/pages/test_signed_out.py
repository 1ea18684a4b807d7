"""A form that is sent by somebody who is not signed in: their session ended while they wrote, and what they wrote must not be lost."""

import re
import uuid

import pytest

from tests.answers import told

FROM_HERE = {"origin": "http://localhost:8000"}
TYPED = {"body": "Dear all, <b>this</b> took me an hour.", "note": "It hurt.", "password": "cast-password-1"}


def test_what_a_guest_wrote_in_a_form_is_given_back_to_be_copied(client, db, channel):
    """A session ends while somebody writes; the way to the sign-in page took the text with it."""
    page_of_it = f"/chat/{channel.pk}/"
    headers = FROM_HERE | {"referer": f"http://localhost:8000{page_of_it}?before=9"}
    answer = client.post(f"{page_of_it}send/", TYPED | {"client_id": str(uuid.uuid4()), "seen": "12"}, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 401 and "no-store" in answer.headers["Cache-Control"]
    assert "Dear all, &lt;b&gt;this&lt;/b&gt; took me an hour.\n\nIt hurt.</textarea>" in page
    assert "cast-password-1" not in page
    link = re.search(r'href="(/accounts/login/[^"]+)"', page).group(1)
    assert f'name="next" value="{page_of_it}?before=9"' in client.get(link).content.decode()
    assert not channel.messages.filter(body__contains="an hour").exists()


def test_one_word_is_given_back_too(client, db):
    assert (
        "hello</textarea>"
        in client.post(f"/chat/{uuid.uuid4()}/send/", {"body": "hello", "seen": "12"}, headers=FROM_HERE).content.decode()
    )


def test_a_guest_s_form_tells_nothing_of_what_there_is(client, hidden_group, alice):
    """Charlie signed out must not learn by posting which groups, talks and people exist."""
    talk = hidden_group.channels.get().pk
    things = {"/chat/{}/send/": talk, "/groups/{}/join/": hidden_group.pk, "/block/{}/": alice.pk, "/report/message/{}/": talk}
    for path, real in things.items():
        answers = [
            told(client.post(path.format(id), {"body": "Is there anybody in here?"}, headers=FROM_HERE), id) for id in (real, uuid.uuid4())
        ]
        assert answers[0] == answers[1] and answers[0][0] == 401


@pytest.mark.parametrize("referer", ["https://elsewhere.example/x/", "http://localhost:9999/x/", "", "nonsense"])
def test_the_way_back_leads_to_no_other_site(client, db, referer):
    page = client.post("/me/", {"name": "A new name"}, headers=FROM_HERE | {"referer": referer}).content.decode()
    assert "/accounts/login/?next=%2Ftoday%2F" in page


def test_a_button_that_a_guest_presses_leads_to_the_sign_in_page_and_back(client, db):
    """Nothing was written, so nothing can be lost; but the address of a button cannot be opened after signing in."""
    group = uuid.uuid4()
    answer = client.post(f"/groups/{group}/leave/", headers={"referer": f"http://localhost:8000/groups/{group}/"})
    assert answer["Location"] == f"/accounts/login/?next=%2Fgroups%2F{group}%2F"


def test_a_script_of_a_guest_is_told_so_in_its_own_words(client, db):
    """The client would take the sign-in page, or a page with its own text, for an answer."""
    answer = client.post(f"/chat/{uuid.uuid4()}/draft/", {"body": "a draft of mine"}, headers={"accept": "application/json"})
    assert answer.status_code == 401 and "signed out" in answer.json()["detail"]
