"""The sizes of a picture: drawn by the queue, shown as soon as they are there, around what an editor says matters, at one address."""

import io
import re
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image as Canvas
from PIL import ImageDraw

from cms.media.sizes import draw_sizes
from cms.models import ArticlePage, LibraryDocument, Picture, Rendition
from community.kit.task_queue import run_waiting
from tests.cms.articles import paper, picture, plan, shown, with_document, with_picture, write
from tests.cms.media.test_uploads import sent
from tests.cms.revealing_files import told_by

ORIENTATION, TURNED = 0x0112, 6  # the camera was held upright: what comes first in the file is at the right


def canvas(width: int, height: int, mode: str = "RGB") -> Canvas.Image:
    """A picture whose upper half is red and whose lower half is blue."""
    red, blue = {"CMYK": ((0, 255, 255, 0), (255, 255, 0, 0)), "RGBA": ((255, 0, 0, 255), (0, 0, 0, 0))}.get(
        mode, ((255, 0, 0), (0, 0, 255))
    )
    made = Canvas.new(mode, (width, height), red)
    ImageDraw.Draw(made).rectangle((0, height // 2, width, height), fill=blue)
    return made


def file(made: Canvas.Image, format: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer, format, **options)
    return buffer.getvalue()


def stored(data: bytes, name: str = "chair.jpg", **fields: Any) -> Picture:
    return Picture.objects.create(title="A chair", file=ContentFile(data, name=name), **fields)


def page(client: Any, article: ArticlePage) -> str:
    return str(client.get(f"/library/{article.slug}/").content.decode())


def image_of(client: Any, article: ArticlePage) -> dict[str, str]:
    """The attributes of the one picture in an article."""
    found = re.findall(r"<img ([^>]*)>", re.split(r'class="reading">', page(client, article))[1])
    assert len(found) == 1
    return dict(re.findall(r'([\w-]+)="([^"]*)"', found[0]))


def offered(client: Any, article: ArticlePage) -> dict[int, Canvas.Image]:
    """Each size that the page offers, by the width that it promises."""
    image = image_of(client, article)
    named = [size.split(" ") for size in image.get("srcset", f"{image['src']} {image['width']}w").split(", ")]
    return {int(width[:-1]): opened(client, address) for address, width in named}


def opened(client: Any, address: str) -> Canvas.Image:
    answer = client.get(address)
    data = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "image/webp" and told_by(data) == []
    return Canvas.open(io.BytesIO(data))


def color(drawn: Canvas.Image, where: float) -> str:
    """The color at that part of its height."""
    red, green, blue, solid = drawn.convert("RGBA").getpixel((drawn.width // 2, int(drawn.height * where)))
    if solid < 128:
        return "none"
    return "red" if red > 180 > max(green, blue) else "blue" if blue > 120 > max(red, green) else f"{red} {green} {blue}"


KINDS = {
    "upright": ("a.jpg", file(canvas(1800, 2400)), [480, 960, 1600], (1800, 2400), ["red", "blue"]),
    "turned by its EXIF": (
        "a.jpg",
        file(
            canvas(1800, 2400).rotate(90, expand=True), exif=(lambda exif: (exif.__setitem__(ORIENTATION, TURNED), exif)[1])(Canvas.Exif())
        ),
        [480, 960, 1600],
        (1800, 2400),
        ["red", "blue"],
    ),
    "ink": ("a.jpg", file(canvas(1000, 800, "CMYK")), [480, 960, 1000], (1000, 800), ["red", "blue"]),
    "39 megapixels": ("a.jpg", file(canvas(7211, 5408)), [480, 960, 1600], (2400, 1800), ["red", "blue"]),
    "see-through": ("a.png", file(canvas(1000, 800, "RGBA"), "PNG"), [480, 960, 1000], (1000, 800), ["red", "none"]),
    "a phone's HEIC": ("a.heic", file(canvas(1000, 800), "HEIF"), [480, 960, 1000], (1000, 800), ["red", "blue"]),
    "smaller than any": ("a.png", file(canvas(320, 240), "PNG"), [320], (320, 240), ["red", "blue"]),
}


@pytest.mark.parametrize(("name", "data", "widths", "shape", "colors"), KINDS.values(), ids=KINDS)
def test_every_kind_is_offered_in_sizes_that_it_has(
    clients: dict[str, Any], name: str, data: bytes, widths: list[int], shape: tuple[int, int], colors: list[str]
) -> None:
    """A photograph on its side, ink in place of colors, black in place of nothing, or a small picture blown up."""
    answer = clients["pat"].post("/cms/images/add/", {"title": "A chair", "file": sent(name, data)})
    assert answer.status_code == 302, answer.context["form"].errors
    article = write("Evenings", "public", body=with_picture(Picture.objects.get()))
    sizes = offered(clients["guest"], article)
    assert list(sizes) == widths
    for width, drawn in sizes.items():
        assert drawn.format == "WEBP" and drawn.width == width and abs(drawn.height - width * shape[1] / shape[0]) <= 1
        assert [color(drawn, 0.25), color(drawn, 0.75)] == colors
    image = image_of(clients["guest"], article)
    assert (image["width"], image["height"]) == tuple(map(str, shape)) and ("srcset" in image) == (len(widths) > 1)


def test_a_page_shows_the_smallest_until_the_queue_has_drawn_the_others(clients: dict[str, Any], settings: Any) -> None:
    """Catches a page that waits for what only fine screens need, draws the whole picture, or jumps when the others are there."""
    settings.TASKS = settings.QUEUED
    article = write("Evenings", "public", body=with_picture(stored(file(canvas(1800, 2400)))))
    assert not Rendition.objects.exists()
    before = image_of(clients["guest"], article)
    assert list(Rendition.objects.values_list("filter_spec", flat=True)) == ["width-480"]
    assert "srcset" not in before and opened(clients["guest"], before["src"]).size == (480, 640)
    run_waiting()
    after = image_of(clients["guest"], article)
    assert list(offered(clients["guest"], article)) == [480, 960, 1600]
    same = {"src", "width", "height", "alt"}
    assert {name: before[name] for name in same} == {name: after[name] for name in same}


def test_what_a_page_misses_is_asked_for_once(clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures of an earlier release, which nobody uploads again; and a task for every reader of a page."""
    article = write("Evenings", "public", body=with_picture(stored(file(canvas(1800, 2400)))))
    Rendition.objects.all().delete()
    asked: list[Any] = []
    with monkeypatch.context() as patched:
        patched.setattr(type(draw_sizes), "enqueue", lambda self, *args: asked.append(args))
        for _reader in range(3):
            image_of(clients["guest"], article)
    assert asked == [(Picture.objects.get().pk,)]
    draw_sizes.func(*asked[0])
    assert list(offered(clients["guest"], article)) == [480, 960, 1600]


@pytest.mark.postgresql
def test_many_pictures_ask_the_database_as_often_as_two(clients: dict[str, Any]) -> None:
    image = stored(file(canvas(1000, 800)))
    many = [write(f"With {number}", "public", body=with_picture(image) + with_picture(picture()) * number) for number in (1, 20)]
    page(clients["guest"], many[0])
    counts = []
    for article in many:
        with CaptureQueriesContext(connection) as queries:
            assert page(clients["guest"], article).count("<img ") > 1
        counts.append(len(queries))
    assert counts[0] == counts[1]


def focus(client: Any, image: Picture, x: int, y: int) -> None:
    """Choose what matters in a picture, in the editor."""
    sent = {"title": "A chair", "focal_point_x": x, "focal_point_y": y, "focal_point_width": 100, "focal_point_height": 100}
    assert client.post(f"/cms/images/{image.pk}/", sent).status_code == 302


def test_a_tower_or_a_strip_is_cropped_around_what_matters_in_it(clients: dict[str, Any], pat: Any) -> None:
    """A focal point that can be chosen and changes nothing."""
    tower = stored(file(canvas(960, 2400)), uploaded_by_user=pat)
    article = write("Evenings", "public", body=with_picture(tower))
    whole = offered(clients["guest"], article)
    assert whole[480].size == (480, 1200) and color(whole[480], 0.1) == "red" and color(whole[480], 0.9) == "blue"
    focus(clients["pat"], tower, 500, 2300)
    image = image_of(clients["guest"], article)
    assert (image["width"], image["height"]) == ("960", "1200")
    around = offered(clients["guest"], article)
    assert {width: drawn.size for width, drawn in around.items()} == {480: (480, 600), 960: (960, 1200)}
    assert color(around[480], 0.1) == color(around[480], 0.9) == "blue"
    assert set(tower.renditions.values_list("filter_spec", flat=True)) == {"fill-480x600", "fill-960x1200"}
    focus(clients["pat"], tower, 500, 400)
    assert color(offered(clients["guest"], article)[480], 0.1) == "red"


def test_a_picture_of_common_shape_is_shown_whole(clients: dict[str, Any], pat: Any) -> None:
    image = stored(file(canvas(1000, 800)), uploaded_by_user=pat)
    article = write("Evenings", "public", body=with_picture(image))
    focus(clients["pat"], image, 500, 100)
    assert offered(clients["guest"], article)[480].size == (480, 384)


def test_another_picture_stands_at_the_same_address_in_every_article(
    clients: dict[str, Any], pat: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """Catches a page that is open and has holes, or that shows what somebody had reason to take away."""
    image = stored(file(canvas(960, 2400)), uploaded_by_user=pat)
    focus(clients["pat"], image, 500, 2000)
    article = write("Evenings", "public", body=with_picture(image))
    before, gone = image_of(clients["guest"], article), [Picture.objects.get().file.name, *image.renditions.values_list("file", flat=True)]
    with django_capture_on_commit_callbacks(execute=True):
        newer = {"title": "A cup", "file": sent("cup.png", file(canvas(1000, 800).rotate(180), "PNG"))}
        focal = {f"focal_point_{part}": "500" for part in ("x", "y", "width", "height")}
        assert clients["pat"].post(f"/cms/images/{image.pk}/", newer | focal).status_code == 302
    after = image_of(clients["guest"], article)
    assert after["src"] != before["src"], "what a browser has kept is of the old one"
    assert after["src"].split("?")[0] == before["src"].split("?")[0] and after["alt"] == before["alt"] == "A chair by a window"
    for address in (before["src"], *(size.split(" ")[0] for size in before["srcset"].split(", "))):
        assert color(opened(clients["guest"], address), 0.25) == "blue"
    assert (after["width"], after["height"]) == ("1000", "800")
    assert not Picture.objects.get().has_focal_point(), "what mattered was a place in the old one"
    assert not [name for name in gone if default_storage.exists(name)]


def test_a_size_that_is_not_drawn_yet_is_not_a_hole(clients: dict[str, Any]) -> None:
    """A page that was open while its picture got another file, or that a cache has kept."""
    image = stored(file(canvas(1000, 800)))
    write("Evenings", "public", body=with_picture(image))
    assert opened(clients["guest"], f"/pictures/{image.key}/1600/").width == 1000
    image.renditions.exclude(filter_spec="width-480").delete()
    assert opened(clients["guest"], f"/pictures/{image.key}/1600/").width == 480
    never = clients["charlie"].get("/nowhere/")
    for name in ("original", "max-9x9", "x", "²"):
        assert clients["charlie"].get(f"/pictures/{image.key}/{name}/").status_code == never.status_code == 404, name


def test_what_stands_in_for_a_size_is_not_kept_for_it(clients: dict[str, Any]) -> None:
    """A browser that got the smallest would show it blurred for an hour."""
    image = stored(file(canvas(1000, 800)))
    write("Evenings", "public", body=with_picture(image))
    large = f"/pictures/{image.key}/1600/"
    image.renditions.exclude(filter_spec="width-480").delete()
    instead = clients["guest"].get(large)
    assert instead["Cache-Control"] == "private, no-store"
    draw_sizes.func(image.pk)
    drawn = clients["guest"].get(large, headers={"if-none-match": instead["ETag"]})
    assert drawn.status_code == 200 and drawn["Cache-Control"] == "private, max-age=3600"


def test_a_page_says_what_a_picture_shows_whose_file_is_lost(clients: dict[str, Any]) -> None:
    """Catches a page that fails for a file, or that asks for itself in the place of the picture."""
    image = stored(file(canvas(1000, 800)))
    article = write("Evenings", "public", body=with_picture(image))
    default_storage.delete(image.file.name)
    Rendition.objects.all().delete()
    told = image_of(clients["guest"], article)
    assert told["alt"] == "A chair by a window" and told["src"].startswith(f"/pictures/{image.key}/480/")
    assert clients["charlie"].get(told["src"]).status_code == 404


def test_what_is_drawn_of_a_picture_that_was_replaced_meanwhile_is_not_kept(
    clients: dict[str, Any], pat: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker has read the old file; the new one is stored before the size is: it would show the old picture for good."""
    image = stored(file(canvas(1000, 800)), uploaded_by_user=pat)
    Rendition.objects.all().delete()
    draw, replaced = Picture.generate_rendition_file, []

    def slowly(self: Picture, *args: Any, **kwargs: Any) -> Any:
        drawn = draw(self, *args, **kwargs)
        if not replaced:
            replaced.append(True)
            newer = {"title": "A cup", "file": sent("cup.png", file(canvas(1000, 800).rotate(180), "PNG"))}
            assert clients["pat"].post(f"/cms/images/{image.pk}/", newer).status_code == 302
            Rendition.objects.all().delete()
        return drawn

    monkeypatch.setattr(Picture, "generate_rendition_file", slowly)
    draw_sizes.func(image.pk)
    article = write("Evenings", "public", body=with_picture(Picture.objects.get()))
    assert {color(drawn, 0.25) for drawn in offered(clients["guest"], article).values()} == {"blue"}


def test_another_document_stands_at_the_same_address(clients: dict[str, Any], pat: Any) -> None:
    leaflet = paper(pat)
    write("Evenings", "public", body=with_document(leaflet))
    newer = {"title": "A newer plan", "file": sent("newer.txt", b"A newer plan")}
    assert clients["pat"].post(f"/cms/documents/edit/{leaflet.pk}/", newer).status_code == 302
    assert b"".join(clients["guest"].get(leaflet.url).streaming_content) == b"A newer plan" != plan()
    assert LibraryDocument.objects.get().url == leaflet.url


def test_no_size_is_drawn_in_a_request_of_somebody_who_may_not_see_it(clients: dict[str, Any]) -> None:
    image = stored(file(canvas(1000, 800)))
    write("Evenings", body=[("picture", {"image": shown(image, "A chair"), "caption": ""})])
    Rendition.objects.all().delete()
    assert clients["guest"].get(f"/pictures/{image.key}/480/").status_code == 302
    assert not Rendition.objects.exists()
    assert clients["charlie"].get(f"/pictures/{image.key}/480/").status_code == 200
