"""The centre's stylesheet and logo: its own, small, kept for good under an address of their content; nothing where nothing is chosen."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from community.centre.models import Centre, centre, forget
from tests.cms.articles import photograph
from tests.community.pages.test_help import no_database

pytestmark = pytest.mark.django_db


def drawing(kind="PNG", size=(600, 200)) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, "navy").save(kept, kind)
    return kept.getvalue()


def logo_of(client, path="/") -> str:
    found = re.search(r'<img src="([^"]+)" alt="([^"]*)">', client.get(path).content.decode())
    return found[1] if found else ""


def test_without_colors_no_page_loads_a_stylesheet_more(client):
    for path in ("/", "/help/"):
        assert "/look/" not in client.get(path).content.decode()
    assert client.get("/look/0123456789abcdef.css").status_code == 404


@pytest.mark.parametrize("path", ["/", "/help/", "/accounts/login/", "/nowhere/"])
def test_the_colors_reach_every_page_by_a_link_of_ours(client, path):
    """Among them pages that ask nobody who they are. Nothing is inline, which the policy would refuse."""
    Centre(primary_light="#0b57d0", accent_dark="#ffcf99").save()
    page = client.get(path, follow=True).content.decode()
    address = re.search(r'href="(/look/[0-9a-f]{16}\.css)"', page)[1]
    assert page.index("tokens.css") < page.index(address), "it would be overruled by what it changes"
    answer = client.get(address)
    sheet = answer.content.decode()
    assert answer["Content-Type"] == "text/css; charset=utf-8" and "immutable" in answer["Cache-Control"]
    assert "--primary: light-dark(#0b57d0, #7ccfc6);" in sheet, "what is not chosen stays ours"
    assert "--accent: light-dark(#a34a18, #ffcf99);" in sheet and "--paper" not in sheet
    assert not answer.cookies and "Cookie" not in answer.headers.get("Vary", "")


def test_another_color_has_another_address_and_the_old_one_is_not_kept(client):
    """A browser that keeps the old colors for a year under the address that pages name."""
    site = Centre(primary_light="#0b57d0")
    site.save()
    old = centre().look_key
    site.primary_light = "#8a1c5b"
    site.save()
    assert centre().look_key != old
    answer = client.get(f"/look/{old}.css")
    assert "#8a1c5b" in answer.content.decode() and answer["Cache-Control"] == "no-cache"


def test_the_colors_come_while_the_database_is_away(client):
    Centre(primary_light="#0b57d0").save()
    address = f"/look/{centre().look_key}.css"
    with no_database():
        assert client.get(address).status_code == 200


def saved(client, ada_client, **fields):
    """Post the editor's form of the centre with `fields`."""
    row = Centre.objects.first() or Centre.load()
    path = f"/cms/settings/centre/centre/{row.pk}/"
    page = ada_client.get(path).content.decode()
    values = {name: getattr(row, name) for name in ("name", "time_zone", "country", *(f for f in vars(row) if f.startswith("keep_")))}
    lines = {"lines-TOTAL_FORMS": 0, "lines-INITIAL_FORMS": 0, "lines-MIN_NUM_FORMS": 0, "lines-MAX_NUM_FORMS": 6}
    assert "lines-TOTAL_FORMS" in page
    return ada_client.post(path, values | lines | fields)


def test_a_logo_is_drawn_anew_and_shown_in_every_header(client, client_of, ada):
    """The file as it was uploaded tells where it was taken and with what; its name may tell more."""
    upload = SimpleUploadedFile("sober-house-in-spring.jpg", photograph(), content_type="image/jpeg")
    assert saved(client, client_of(ada), logo=upload, logo_alt="A table").status_code == 302
    forget()
    for path in ("/", "/help/", "/accounts/login/"):
        assert logo_of(client, path).startswith("/look/") and 'alt="A table"' in client.get(path).content.decode()
    answer = client.get(logo_of(client))
    assert answer["Content-Type"] == "image/webp" and "immutable" in answer["Cache-Control"] and "sober" not in logo_of(client)
    shown = Image.open(io.BytesIO(answer.content))
    assert shown.format == "WEBP" and shown.height <= 96 and not shown.getexif() and b"Sam" not in answer.content


@pytest.mark.parametrize(
    "content, says",
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "valid image"),
        (b"", "empty"),
        (drawing()[:200], "valid image"),
        (drawing(size=(3000, 2000)), "too many pixels"),
        (drawing("BMP", (700, 700)), "too large"),
        (drawing("TIFF", (50, 50)), "an image that can be shown"),
    ],
)
def test_what_cannot_be_a_logo_is_refused_at_its_field(client, client_of, ada, content, says):
    """Bytes that are served to everybody, among them to guests."""
    answer = saved(client, client_of(ada), logo=SimpleUploadedFile("logo.png", content))
    assert answer.status_code == 200 and says in answer.content.decode(), answer.content.decode()[-500:]
    assert not Centre.objects.get().logo


def test_a_phone_shows_the_centers_icon(client, client_of, ada):
    """The sign of a software on every member's phone, where somebody asks what that is; or an icon that a round mask cuts."""
    ours = client.get("/manifest.webmanifest").json()["icons"]
    assert all(icon["src"].startswith("/static/") for icon in ours)
    saved(client, client_of(ada), icon=SimpleUploadedFile("sober-house.jpg", photograph(), content_type="image/jpeg"))
    forget()
    icons = client.get("/manifest.webmanifest").json()["icons"]
    assert [(icon["sizes"], icon["purpose"]) for icon in icons] == [("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")]
    for icon in icons:
        answer = client.get(icon["src"])
        assert answer["Content-Type"] == "image/png" and "immutable" in answer["Cache-Control"] and "sober" not in icon["src"]
        shown = Image.open(io.BytesIO(answer.content))
        assert f"{shown.width}x{shown.height}" == icon["sizes"] and b"Sam" not in answer.content
        assert (shown.getpixel((0, 0))[3] == 255) == (icon["purpose"] == "maskable"), "a mask cuts into a ground, not into nothing"
    touch = re.search(r'rel="apple-touch-icon" href="([^"]+)"', client.get("/").content.decode())[1]
    assert Image.open(io.BytesIO(client.get(touch).content)).size == (180, 180)
    assert client.get(touch.replace("180", "4000")).status_code == 404


def test_a_logo_for_dark_screens_takes_its_place_there(client, client_of, ada):
    white = SimpleUploadedFile("w.png", drawing(size=(60, 60)))
    assert "Add a logo for light screens first" in saved(client, client_of(ada), logo_dark=white).content.decode()
    first, second = (SimpleUploadedFile("l.png", drawing(size=size)) for size in ((60, 60), (90, 60)))
    saved(client, client_of(ada), logo=first, logo_dark=second)
    page = client.get("/").content.decode()
    dark = re.search(r'<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)"', page)[1]
    assert dark != logo_of(client) and client.get(dark).status_code == 200 and "site-logo-plate" not in page


def test_a_logo_that_was_replaced_or_taken_away_is_deleted(client, client_of, ada, django_capture_on_commit_callbacks):
    """A picture that a centre no longer wants to show, kept on its server and in each backup for good."""
    with django_capture_on_commit_callbacks(execute=True):
        saved(client, client_of(ada), logo=SimpleUploadedFile("l.png", drawing(size=(60, 60))))
        first = Centre.objects.get().logo
        saved(client, client_of(ada), logo=SimpleUploadedFile("m.png", drawing(size=(61, 60))))
        second = Centre.objects.get().logo
    assert second.storage.exists(second.name) and not first.storage.exists(first.name)
    with django_capture_on_commit_callbacks(execute=True):
        saved(client, client_of(ada), **{"logo-clear": "on"})
    assert not Centre.objects.get().logo and not second.storage.exists(second.name) and logo_of(client) == ""
