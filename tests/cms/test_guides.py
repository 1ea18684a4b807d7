"""The guides for those who write and review, as pages of the site."""

import re
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from cms.guides import FOLDER, TITLES
from community.members.models import User
from community.members.roles import Role
from tests.cast import make_person


@pytest.mark.parametrize("name", TITLES)
def test_each_is_read_by_those_who_write_and_review(db: Any, client_of: Any, name: str, ada: User, alice: User) -> None:
    """A guide that stands in the repository alone, or names what only staff know to everybody."""
    path = f"/staff/guides/{name}/"
    for person in (ada, make_person("rena", Role.REVIEWER), make_person("paula", Role.PUBLISHER)):
        page = client_of(person).get(path).content.decode()
        headings = re.findall(r"^## (.+)$", (FOLDER / f"{name}.md").read_text(encoding="utf-8"), re.M)
        assert headings and all(f">{heading}</h2>" in page.replace("&quot;", '"') for heading in headings)
        for anchor in re.findall(r'href="#([\w-]+)"', page):
            assert page.count(f'id="{anchor}"') == 1, anchor
    for person in (alice, make_person("mo", Role.MODERATOR), make_person("coco", Role.COORDINATOR)):
        assert client_of(person).get(path).status_code == 404
    assert Client().get(path).status_code == 302


def test_another_is_none(client_of: Any, ada: User) -> None:
    assert client_of(ada).get("/staff/guides/moderators/").status_code == 404


def test_none_leads_to_another_host() -> None:
    for name in TITLES:
        assert not re.search(r"https?:|\]\(//", (FOLDER / f"{name}.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", TITLES)
def test_its_pictures_are_there_and_described(client_of: Any, ada: User, name: str) -> None:
    """A hole in the page, or one in the repository: both show the same files, by addresses of their own."""
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[([^]]+)\]\(([^)]+)\)", text)
    assert shown and all((FOLDER / path).is_file() for _words, path in shown)
    page = client_of(ada).get(f"/staff/guides/{name}/").content.decode()
    addresses = re.findall(r'<img src="([^"]+)" alt="[^"]+" loading="lazy"', page)
    assert len(addresses) == len(shown)
    assert all(finders.find(unquote(address.removeprefix("/static/"))) for address in addresses)


def test_the_editor_leads_to_it_and_it_leads_back(client_of: Any, ada: User) -> None:
    """Wagtail's own help leads to another host; here there is one word in the side bar. And who had read the guide stood outside."""
    page = client_of(ada).get("/cms/").content.decode()
    assert "/staff/guides/editors/" in page and "guide.wagtail.org" not in page
    guide = client_of(ada).get("/staff/guides/editors/").content.decode()
    assert 'href="/cms/">Back to the editor' in guide and "Back to the reviews" not in guide
    guide = client_of(make_person("rena", Role.REVIEWER)).get("/staff/guides/reviewers/").content.decode()
    assert 'href="/staff/reviews/">Back to the reviews' in guide and "Back to the editor" not in guide
