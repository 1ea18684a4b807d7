"""The steps of joining: Back keeps what was typed, nothing is half made, and each says who sees what."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.centre.models import Centre
from community.kit import limits
from community.members.invitations import cohorts
from community.members.invitations.actions import invite, resend, revoke
from community.members.models import Consent, ConsentText, Invitation, User
from community.members.people.actions import suspend
from community.members.roles import Role
from community.members.signing_in.allauth_internals import TOTP
from groups.peers.models import Membership
from groups.peers.suggestions import actions as suggestions
from tests.cast import make_group, prove, secret_of
from tests.joining import ANSWERS, STEPS, join, link_in, reach
from tests.members.signing_in.test_factors import code_for, key_on

AFTER = ("/welcome/groups/", "/welcome/leaving/")
PASSKEYS = "/accounts/signing-in/passkeys/"


@pytest.fixture
def link(ada):
    _invitation, key = invite(actor=ada, email="robin@example.org")
    return reverse("members:invitation", args=[key])


@pytest.fixture
def cohort(ada, faye):
    return cohorts.make_cohort(actor=ada, name="Finished in May", buddy=faye)


@pytest.fixture
def cohort_link(ada, cohort):
    cohorts.invite_all(actor=ada, cohort=cohort, addresses=["robin@example.org"])
    return link_in(mail.outbox[-1])


def text(answer):
    return answer.content.decode()


def five_pages(client, link):
    """The pages of the whole way, in its order."""
    pages = [text(client.get(reach(client, link, step))) for step, _fields in STEPS]
    join(client, link)
    return pages + [text(client.get(path)) for path in AFTER]


def test_five_steps_say_where_one_is_and_who_sees_what(link, client):
    """A page without its place, or that asks for something without saying who will know."""
    for number, page in enumerate(five_pages(client, link), 1):
        assert f"Step {number} of 5" in page and 'class="who-sees"' in page
        assert page.count("<h1>") == 1


def test_nothing_about_substances_or_age_is_asked(link, client):
    """What is asked once is kept somewhere; the fields are all there are."""
    names = set(re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', "".join(five_pages(client, link))))
    assert names <= {
        "csrfmiddlewaretoken",
        "adult",
        "version",
        "name",
        "drawing",
        "password",
        "credential",
        "email",
        "next",
        "group",
        "agreed",
    }
    assert not {field.name for field in User._meta.get_fields()} & {"age", "adult", "birthday", "born"}


def test_back_keeps_what_was_typed_right_or_wrong(link, client):
    name = reach(client, link, "name/")
    for typed in ("Robin", "Admin"):
        answer = client.post(name, {"name": typed, "drawing": "boat", "back": "1"})
        assert answer["Location"] == link
        page = text(client.get(name))
        assert f'value="{typed}"' in page and re.search(r'value="boat"[^>]* checked', page)
    assert re.search(r'name="adult"[^>]* checked', text(client.get(link)))
    password = reach(client, link, "password/", drawing="boat")
    assert client.post(password, {"password": "", "back": "1"})["Location"] == name
    assert re.search(r'value="boat"[^>]* checked', text(client.get(name)))
    assert client.get(password).status_code == 200, "a name that was right stays chosen"


def test_a_step_that_was_not_answered_is_asked_first(link, client):
    """Consent that could be walked around by typing an address."""
    for step in ("name/", "password/"):
        assert client.get(link + step)["Location"] == link
    name = reach(client, link, "name/")
    assert client.get(link + "password/")["Location"] == name
    client.post(link + "password/", {"password": ANSWERS["password"]})
    assert not User.objects.filter(email="robin@example.org").exists()


def test_a_name_that_was_typed_outlives_a_lost_session(link, client):
    """A browser that was closed in between asks for consent again, not for the name."""
    client.post(link + "name/", {"name": "Robin", "drawing": "key"})
    assert 'value="Robin"' in text(client.get(reach(client, link, "name/")))


def test_the_address_at_the_third_step_is_no_field_to_type_into(link, client):
    """A box with an address in it that takes no key press; a password manager must find the address all the same."""
    page = text(client.get(reach(client, link, "password/")))
    assert "sign in as <strong>robin@example.org</strong>" in page
    fields = re.findall(r"<input[^>]*readonly[^>]*>", page)
    assert len(fields) == 1 and 'class="visually-hidden"' in fields[0] and 'tabindex="-1"' in fields[0]


@pytest.mark.postgresql
def test_nothing_is_made_before_the_third_step(link, client):
    """Half an account is somebody who can neither sign in nor be invited again."""
    reach(client, link, "password/")
    assert not User.objects.filter(email="robin@example.org").exists() and not Consent.objects.filter(member__name="Robin").exists()
    assert Invitation.objects.open().count() == 1


@pytest.mark.postgresql
@pytest.mark.parametrize("how", ["expired", "revoked", "resent"])
@pytest.mark.parametrize("step", ["name/", "password/"])
def test_an_invitation_that_runs_out_midway_is_refused_politely(link, client, ada, how, step, settings, time_machine):
    """The middle of the way must hold the link to the same rules as its beginning."""
    path = reach(client, link, step)
    invitation = Invitation.objects.get()
    if how == "expired":
        time_machine.move_to(timezone.now() + limits.INVITATION_LIFETIME + timedelta(seconds=1))
    elif how == "revoked":
        revoke(actor=ada, invitation=invitation)
    else:
        resend(actor=ada, invitation=invitation)
    answer = client.post(path, ANSWERS)
    assert answer.status_code == 404 and "This link no longer works" in text(answer)
    assert not User.objects.filter(email="robin@example.org").exists()


def test_who_gets_a_new_link_midway_goes_on_where_they_were(link, client, ada):
    reach(client, link, "password/")
    resend(actor=ada, invitation=Invitation.objects.get())
    assert client.post(link_in(mail.outbox[-1]) + "password/", {"password": ANSWERS["password"]})["Location"] == "/welcome/groups/"


def test_a_new_text_midway_is_read_before_anything_is_made(link, client):
    """Consent to words that nobody showed."""
    password = reach(client, link, "password/")
    ConsentText.objects.create(version=2, body="**New.** Other words.")
    page = client.post(password, {"password": ANSWERS["password"]}, follow=True)
    assert page.redirect_chain[-1][0] == link and "Please read it again" in text(page) and "Other words." in text(page)
    assert not User.objects.filter(email="robin@example.org").exists()
    client.post(link, {"adult": "on", "version": "2"})
    assert 'value="Robin"' in text(client.get(link + "name/"))


def test_answers_to_one_invitation_do_not_show_up_in_another(link, client, ada):
    """A device that two people use."""
    reach(client, link, "password/")
    invite(actor=ada, email="sparrow@example.org")
    other = link_in(mail.outbox[-1])
    assert client.get(other + "password/")["Location"] == other
    assert "Robin" not in text(client.get(reach(client, other, "name/")))


def test_who_invites_is_told_on_the_first_page_alone(link, client):
    first, *others = five_pages(client, link)
    assert "Ada invited you" in first and not any(re.search(r"\bAda\b", page) for page in others)


def test_the_age_is_stated_where_the_centre_wants_it(link, client):
    assert "I am 18 or older" in text(client.get(link)) and "Adults who finished" in text(client.get("/"))
    site = Centre.objects.first() or Centre()
    site.adults_only = False
    site.save()
    assert not re.search(r"\b18\b", text(client.get(link)).split("</section>")[-1]) and "Adults who finished" not in text(client.get("/"))
    assert join(client, link, adult="")["Location"] == "/welcome/groups/"


def test_staff_skip_the_groups(ada, client):
    """A moderator who is asked which group they would like to join; "Step 3 of 4", then three pages without a number, then "4 of 4"."""
    _invitation, key = invite(actor=ada, email="robin@example.org", role=Role.MODERATOR)
    link = reverse("members:invitation", args=[key])
    pages = [text(client.get(reach(client, link, step))) for step, _fields in STEPS]
    assert join(client, link)["Location"] == "/welcome/leaving/"
    assert client.get("/welcome/leaving/")["Location"].startswith("/accounts/signing-in/?next="), "staff set up a second step first"
    pages.append(text(client.get("/accounts/signing-in/")))
    assert "Step 4 of 5" in text(client.get("/accounts/signing-in/app/")) and "Step 4 of 5" in text(client.get(PASSKEYS + "add/"))
    TOTP.activate(User.objects.get(name="Robin"), secret_of("robin"))
    RecoveryCodes.activate(User.objects.get(name="Robin"))
    prove(client, User.objects.get(name="Robin"))
    codes = text(client.get("/accounts/signing-in/codes/"))
    assert "Step 4 of 5" in codes and 'href="/welcome/leaving/">I\'ve saved them' in codes
    pages.append(text(client.get("/welcome/leaving/")))
    assert [re.findall(r"Step \d of \d", page) for page in pages] == [[f"Step {n} of 5"] for n in range(1, 6)]
    assert 'href="/welcome/"' in pages[-1] and "/welcome/groups/" not in pages[-1]
    assert 'href="/welcome/leaving/"' in text(client.get("/welcome/"))
    assert "Step" not in text(client.get("/accounts/signing-in/")), "who has come to the end is joining no more"


def test_back_in_the_browser_after_the_account_is_made_leads_on(link, client, client_of, alice):
    """The link is used up, but its owner must not read that they need a new one."""
    join(client, link)
    for step, _fields in STEPS:
        assert client.get(link + step)["Location"] == "/welcome/" == client.post(link + step, ANSWERS)["Location"]
    assert "You are here as <strong>Robin</strong>" in text(client.get("/welcome/"))
    assert client_of(alice).get(link).status_code == 404 == Client().get(link).status_code
    assert User.objects.filter(email="robin@example.org").count() == 1


# ------------------------------------------------------------------ groups


@pytest.fixture
def hidden(ada, faye, alice):
    return make_group(actor=ada, facilitator=faye, members=(alice,), name="Quiet corner", join_policy="hidden")


def accept(client, group, **fields):
    given = {"group": str(group.pk), "version": str(group.agreement_version), "agreed": "on"} | fields
    return client.post("/welcome/groups/", given, follow=True)


def belongs(group):
    return Membership.objects.current().filter(group=group, member__email="robin@example.org").exists()


@pytest.mark.postgresql
def test_suggested_groups_come_first_and_hidden_ones_only_if_suggested(cohort, cohort_link, client, ada, group, hidden, faye):
    late = make_group(actor=ada, facilitator=faye, members=(), name="Zebra walk")
    suggestions.suggest_groups(actor=ada, cohort=cohort, groups=[late])
    join(client, cohort_link)
    page = text(client.get("/welcome/groups/"))
    assert page.index("Zebra walk") < page.index("Tuesday evening") and page.count("Suggested to you") == 1
    assert "Quiet corner" not in page
    suggestions.suggest_groups(actor=ada, cohort=cohort, groups=[hidden])
    assert "Quiet corner" in text(client.get("/welcome/groups/")) and "Quiet corner" in text(client.get("/groups/"))
    assert client.get(f"/groups/{hidden.pk}/").status_code == 200


def test_a_group_is_joined_by_accepting_its_agreement_and_by_nothing_else(cohort, cohort_link, client, ada, hidden):
    """Nobody is put in silently, not even where staff chose the group."""
    suggestions.suggest_groups(actor=ada, cohort=cohort, groups=[hidden])
    join(client, cohort_link)
    assert not belongs(hidden)
    assert "Check the box if you agree" in text(accept(client, hidden, agreed="")) and not belongs(hidden)
    assert "The agreement changed while you were reading" in text(accept(client, hidden, version="7")) and not belongs(hidden)
    assert "You&#x27;re in Quiet corner now." in text(accept(client, hidden)) and belongs(hidden)


def test_what_is_wrong_names_the_group_and_closes_no_panel(link, client, ada, faye, alice, group):
    """ "Tick the box if you agree" above a list of groups: of which? And the agreements that were open had to be opened again."""
    other = make_group(actor=ada, facilitator=faye, members=(alice,), name="Sunday walk")
    join(client, link)
    for fields, said in (({"agreed": ""}, "Check the box if you agree"), ({"version": "7"}, "The agreement changed while you were")):
        page = text(accept(client, other, **fields))
        summary = re.search(r"data-error-summary.*?</ul>", page, re.S)[0]
        assert f"Sunday walk: {said}" in summary and "Tuesday evening" not in summary
        panels = re.findall(r'<details class="fold"( open)?>', page)
        assert panels == [" open"] * 2 and page.count(f"Sunday walk: {said}") == 2
    type(other).objects.filter(pk=other.pk).update(capacity=2)
    page = text(accept(client, other))
    assert "Sunday walk: " in page and "<summary>" in page.split("Sunday walk</h2>")[1].split("</section>")[0]


def test_a_hidden_group_that_is_not_offered_answers_like_none(link, client, hidden):
    """A newcomer who knows its id."""
    join(client, link)
    for group in (hidden.pk, "00000000-0000-0000-0000-000000000000", "nonsense", ""):
        assert client.post("/welcome/groups/", {"group": str(group), "version": "1", "agreed": "on"}).status_code == 404
    assert not belongs(hidden)


def test_no_group_has_to_be_joined(link, client, group):
    join(client, link)
    page = text(client.get("/welcome/groups/"))
    assert 'href="/welcome/leaving/">Continue without a group' in page and 'href="/welcome/">Back' in page
    assert 'href="/today/"' in text(client.get("/welcome/leaving/"))


# ------------------------------------------------------------------ somebody to say hello to


def test_the_newcomer_and_the_one_who_welcomes_hear_of_each_other(cohort_link, client, client_of, faye, alice):
    """Before there is an account the link must name no member; who would rather not be told on must know before they choose a name."""
    before = text(client.get(reach(client, cohort_link, "name/")))
    assert "asked to welcome you" in before and "Faye" not in before
    join(client, cohort_link)
    assert "<strong>Faye</strong> was asked to welcome you" in text(client.get("/welcome/groups/"))
    assert "<strong>Faye</strong> was asked to welcome you" in text(client.get("/me/"))
    assert "Robin has joined" in text(client_of(faye).get("/today/")) and "Robin" in text(client_of(faye).get("/me/"))
    assert "Robin" not in text(client_of(alice).get("/today/")) and "Robin" not in text(client_of(alice).get("/me/"))


def test_whoever_was_asked_to_welcome_a_newcomer_is_led_to_where_they_can(cohort_link, client, client_of, faye, alice, ada):
    """ "You were asked to say hello", which led to a name among one's own settings, and no further."""
    join(client, cohort_link)
    hers = client_of(faye)
    way = re.search(r'href="([^"]+)"[^>]*>Robin has joined', text(hers.get("/today/")))[1]
    assert "not in a group together yet" in text(hers.get(way)) and way in text(hers.get("/me/"))
    group = make_group(actor=ada, facilitator=faye, members=(User.objects.get(name="Robin"),), name="Morning walkers")
    talk = reverse("chat:conversation", args=[group.channels.get().pk])
    assert f'href="{talk}">Say hello in Morning walkers</a>' in text(hers.get(way)) and hers.get(talk).status_code == 200
    assert "Robin" not in text(client_of(alice).get(way)) and "Morning walkers" not in text(client_of(alice).get(way))


def test_who_would_rather_not_is_neither_named_nor_told(cohort_link, client, client_of, faye):
    client_of(faye).post("/me/welcoming/", {"may_welcome": "no"})
    join(client, cohort_link)
    assert "Faye" not in text(client.get("/me/")) and "Robin" not in text(client_of(faye).get("/today/"))
    client_of(faye).post("/me/welcoming/", {"may_welcome": "yes"})
    assert "Faye" in text(client.get("/me/")) and "Robin has joined" in text(client_of(faye).get("/today/"))


def test_somebody_whose_account_is_paused_is_not_named(cohort_link, client, ada, faye):
    join(client, cohort_link)
    suspend(actor=ada, member=faye)
    assert "Faye" not in text(client.get("/welcome/groups/"))


def test_today_speaks_of_a_newcomer_for_a_week(cohort_link, client, client_of, faye, time_machine):
    join(client, cohort_link)
    time_machine.move_to(timezone.now() + timedelta(days=7, minutes=1))
    assert "Robin" not in text(client_of(faye).get("/today/"))


def come_again(member):
    """The browser was closed; they sign in anew."""
    client = Client()
    client.force_login(member)
    return client


def test_who_breaks_off_after_the_account_is_made_goes_on_there(link, client, group):
    """Somebody who never learns how to leave quickly, because the page of step 4 was closed once."""
    join(client, link)
    robin = User.objects.get(name="Robin")
    for _time in range(2):
        again = come_again(robin)
        assert again.get("/today/")["Location"] == "/welcome/groups/"
        assert "Step 4 of 5" in text(again.get("/welcome/groups/"))
        assert again.get("/today/")["Location"] == "/welcome/leaving/", "whoever leaves the step by themselves is not led back to it"
    assert "Step 5 of 5" in text(again.get("/welcome/leaving/"))
    for browser in (again, come_again(robin)):
        page = text(browser.get("/today/"))
        assert page.index("Choose a group") < page.index("no hurry") and 'href="/groups/"' in page


def test_who_breaks_off_at_the_fourth_step_sees_the_last_in_the_same_browser(link, client, group):
    """Today opened in place of step 5, and somebody on a shared device never read how to leave quickly."""
    join(client, link)
    client.get("/welcome/groups/")
    for _time in range(2):
        assert client.get("/today/")["Location"] == "/welcome/leaving/"
    assert 'href="/today/"' in text(client.get("/welcome/leaving/"))
    assert client.get("/today/").status_code == 200


def test_staff_who_break_off_go_on_with_theirs(ada, client):
    """Staff who are led to a step that is none of theirs, or to none."""
    _invitation, key = invite(actor=ada, email="robin@example.org", role=Role.MODERATOR)
    join(client, reverse("members:invitation", args=[key]))
    robin = User.objects.get(name="Robin")
    TOTP.activate(robin, secret_of("robin"))
    again = come_again(robin)
    prove(again, robin)
    assert again.get("/today/")["Location"] == "/welcome/leaving/"
    again.get("/welcome/leaving/")
    assert again.get("/today/").status_code == 200


def test_who_went_through_or_came_before_is_not_asked(link, client, client_of, alice):
    """A page of joining in the way of somebody who has been here for years."""
    five_pages(client, link)
    assert client.get("/today/").status_code == client_of(alice).get("/today/").status_code == 200
    assert come_again(User.objects.get(name="Robin")).get("/today/").status_code == 200


def test_staff_go_on_with_joining_after_their_codes(client, db):
    """An admin on their first day, led by "I have kept them" to a page of settings, and never to the last step."""
    _invitation, key = invite(actor=None, email="robin@example.org", role=Role.ADMIN)
    last = reverse("members:leaving")
    assert join(client, reverse("members:invitation", args=[key]))["Location"] == last
    assert client.get(last)["Location"].startswith(reverse("mfa_index"))
    app = reverse("mfa_activate_totp")
    answer = client.post(app, {"code": code_for(key_on(client.get(app)))})
    page = text(client.get(answer["Location"]))
    assert f'<a class="button" href="{last}">' in page and "Step 5 of 5" in text(client.get(last))
