"""An article appears and goes on time, by the clock alone, and for its audience alone."""

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry

from cms.admin.tree import ensure_tree
from cms.models import ArticlePage
from cms.tasks import keep_dates
from community.kit.schedule import JOBS, Schedule, tick
from tests.cms.articles import due_now, schedule, write
from tests.cms.editor_forms import ADD, form


def readers(article: ArticlePage, clients: dict[str, Any]) -> set[str]:
    url = reverse("cms:article", args=[article.slug])
    return {name for name, client in clients.items() if client.get(url).status_code == 200}


@pytest.mark.postgresql
def test_a_scheduled_article_appears_by_the_clock_and_for_its_group_alone(clients: dict[str, Any], group: Any) -> None:
    article = schedule("Coming", "groups", groups=(group,))
    tick()
    assert readers(article, clients) == set()
    due_now(article)
    Schedule.objects.all().delete()
    tick()
    assert readers(article, clients) == {"alice", "faye"}
    assert "Coming" in clients["alice"].get("/library/").content.decode()
    assert "Coming" not in clients["charlie"].get("/library/").content.decode()


def test_the_clock_knows_the_job() -> None:
    assert JOBS["cms.tasks.keep_dates"].seconds == 10


@pytest.mark.postgresql
def test_running_the_job_twice_publishes_once(clients: dict[str, Any]) -> None:
    article = schedule("Coming", "members")
    due_now(article)
    keep_dates()
    first = ArticlePage.objects.get(pk=article.pk).first_published_at
    keep_dates()
    again = ArticlePage.objects.get(pk=article.pk)
    assert (again.live, again.first_published_at) == (True, first)
    assert PageLogEntry.objects.filter(page=article.pk, action="wagtail.publish.scheduled").count() == 1


def test_an_article_is_gone_at_its_hour_even_before_the_clock_comes_round(clients: dict[str, Any]) -> None:
    article = write("Going", "public", expire_at=timezone.now() + dt.timedelta(hours=1))
    assert "guest" in readers(article, clients)
    ArticlePage.objects.filter(pk=article.pk).update(expire_at=timezone.now() - dt.timedelta(seconds=1))
    assert readers(article, clients) == set()
    assert article.slug not in clients["guest"].get("/library/feed/").content.decode()
    keep_dates()
    assert not ArticlePage.objects.get(pk=article.pk).live


def test_a_change_that_is_scheduled_shows_nothing_before_its_time(clients: dict[str, Any]) -> None:
    article = write("Shown", "members")
    draft = ArticlePage.objects.get(pk=article.pk)
    draft.audience, draft.title, draft.go_live_at = "public", "Changed", timezone.now() + dt.timedelta(hours=1)
    draft.save_revision().publish()
    assert "guest" not in readers(article, clients)
    assert "Changed" not in clients["alice"].get("/library/").content.decode()


@pytest.mark.parametrize("audience", ["public", "members"])
def test_publishing_sends_no_mail(mailoutbox: list[Any], audience: str, pat: Any) -> None:
    article = write("Quiet", audience, owner=pat)
    article.unpublish(user=pat)
    assert mailoutbox == []


@pytest.mark.parametrize("fields", [{"action-publish": "1"}, {}])
def test_an_hour_that_has_passed_is_refused_in_a_sentence(clients: dict[str, Any], fields: dict[str, str]) -> None:
    """Catches a slip of the finger in the year or the month, after which an article that was for later is out at once."""
    add = ADD.format(ensure_tree().pk)
    answer = clients["pat"].post(add, form(go_live_at="2020-01-15 10:00", **fields))
    assert answer.status_code == 200 and "This time has passed." in answer.content.decode()
    assert not ArticlePage.objects.filter(live=True).exists()
    article = write("Mornings", live=False)
    answer = clients["pat"].post(f"/cms/pages/{article.pk}/edit/", form(go_live_at="2020-01-15 10:00", **fields))
    assert answer.status_code == 200 and "This time has passed." in answer.content.decode()


@pytest.mark.parametrize("name", ["go_live_at", "expire_at"])
@pytest.mark.parametrize("hour", ["9999-12-31 23:59", "2027-03-14 02:30", "2027-11-07 01:30"])
def test_an_hour_that_is_none_is_refused_beside_its_field(clients: dict[str, Any], pat: Any, name: str, hour: str) -> None:
    """The last evening of the calendar is in no year of UTC, and was an error; in spring an hour is left out, in fall one comes twice."""
    pat.time_zone = "America/New_York"
    pat.save()
    edit = f"/cms/pages/{write('Mornings', live=False).pk}/edit/"
    for door in (edit, ADD.format(ensure_tree().pk)):
        answer = clients["pat"].post(door, form(**{name: hour}))
        assert answer.status_code == 200 and 'class="error-message"' in answer.content.decode()


def test_the_hour_that_an_article_has_had_stays_in_its_form(clients: dict[str, Any]) -> None:
    """Catches an article that nobody can correct any more once its hour has come."""
    article = schedule("Coming", "members")
    due_now(article)
    keep_dates()
    hour = ArticlePage.objects.get(pk=article.pk).go_live_at
    sent = form(title="Came", go_live_at=hour.strftime("%Y-%m-%d %H:%M"), **{"action-publish": "1"})
    assert clients["pat"].post(f"/cms/pages/{article.pk}/edit/", sent).status_code == 302
    assert ArticlePage.objects.get(pk=article.pk).title == "Came"


def test_every_hour_in_the_editor_names_its_time_zone(clients: dict[str, Any], pat: Any) -> None:
    """Catches an hour that one editor means in New York and another reads in Denver."""
    pat.time_zone = "America/New_York"
    pat.save()
    for page in (ADD.format(ensure_tree().pk), f"/cms/pages/{write('Evenings').pk}/edit/"):
        text = clients["pat"].get(page).content.decode()
        for field in ("go_live_at", "expire_at"):
            help_text = re.search(rf'id="panel[^"]*{field}[^"]*helptext"[^>]*>(.*?)</div>', text, re.S)
            assert help_text and "In your time zone: America/New York." in help_text[1], (page, field)


def test_a_schedule_beside_the_form_names_its_zone(clients: dict[str, Any], pat: Any) -> None:
    """The hours of a schedule, in the panel about its status, were anybody's."""
    pat.time_zone = "America/New_York"
    pat.save()
    leaving = write("Leaving", expire_at=timezone.now() + dt.timedelta(days=9))
    for article, times in ((schedule("Coming"), 1), (leaving, 1), (write("Here"), 0)):
        panel = clients["pat"].get(f"/cms/pages/{article.pk}/edit/").content.decode().partition('data-side-panel="status"')[2]
        assert panel.partition("</form>")[0].count('<p class="w-help-text">In your time zone: America/New York.') == times, article.title


def hours(page: str) -> list[str]:
    """The hours in the form of an article."""
    return re.findall(r'name="go_live_at" value="([^"]+)"', page)


def test_who_calls_a_schedule_off_publishes_at_once_the_next_time(clients: dict[str, Any]) -> None:
    """The hour stayed in the form: who published again had scheduled it again, and readers waited."""
    article = schedule("Coming", "members", expire_at=timezone.now() + dt.timedelta(days=9))
    edit = f"/cms/pages/{article.pk}/edit/"
    assert hours(clients["pat"].get(edit).content.decode())
    clients["pat"].post(f"/cms/pages/{article.pk}/revisions/{article.latest_revision_id}/unschedule/")
    page = clients["pat"].get(edit).content.decode()
    assert hours(page) == [] and re.search(r'name="expire_at" value="[^"]', page), "when it is over is another question"
    clients["pat"].post(edit, form(title="Coming", **{"action-publish": "1"}))
    article.refresh_from_db()
    assert article.live and article.scheduled_revision is None


def test_an_hour_is_told_with_its_zone_wherever_the_editor_tells_it(clients: dict[str, Any], pat: Any) -> None:
    """ "10 a.m." of a place that nobody named: the dialog alone said it, and it was closed."""
    pat.time_zone = "America/New_York"
    pat.save()
    hour = {"go_live_at": "2030-01-15 10:00", "expire_at": "2030-07-15 10:00"}
    clients["pat"].post(ADD.format(ensure_tree().pk), form(**hour))
    article = ArticlePage.objects.get(title="Evenings")
    edit = f"/cms/pages/{article.pk}/edit/"
    waits = clients["pat"].get(edit).content.decode()
    clients["pat"].post(edit, form(**hour, **{"action-publish": "1"}))
    scheduled, history = (clients["pat"].get(page).content.decode() for page in (edit, f"/cms/pages/{article.pk}/history/"))
    for page in (waits, scheduled, history):
        told = re.findall(r"January 15, 2030, 10:00 AM(?: E\wT)?|Jan\. 15, 2030, 10 a\.m\.", page)
        assert told and set(told) == {"January 15, 2030, 10:00 AM EST"}
    assert "July 15, 2030, 10:00 AM EDT" in scheduled
