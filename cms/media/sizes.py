"""The sizes in which pages show a picture, the part of it that they show, and the task that draws them."""

from typing import Any

from django.core.cache import cache
from django_tasks import task
from wagtail.images import get_image_model
from wagtail.images.models import Filter

from community.kit.task_queue import LATER

WIDTHS = (480, 960, 1600)  # pixels: for a phone, for the column of a text, and for that on a fine screen
NARROWEST, WIDEST = 4 / 5, 2.0  # width by height. Outside of these a picture is cropped, where an editor has said what matters in it
OF_PAGES = r"^(width|fill)-"  # what the filters of these begin with, and none of the editor's
ASK_AGAIN = 60  # seconds after which a size that still is not there is asked for again


def shape_of(picture: Any) -> tuple[int, int]:
    """Width and height of what pages show of `picture`: all of it, or what fits around its focal point where it is a tower or a strip."""
    width, height = picture.width, picture.height
    if not picture.has_focal_point():
        return width, height
    return min(width, round(height * WIDEST)), min(height, round(width / NARROWEST))


def filters_of(picture: Any) -> dict[str, Filter]:
    """What draws each size of `picture`, by its name in addresses, the smallest first. No size is larger than it needs."""
    width, height = shape_of(picture)
    is_whole = (width, height) == (picture.width, picture.height)
    sizes = [size for size, smaller in zip(WIDTHS, (0, *WIDTHS), strict=False) if smaller < width]
    return {str(size): Filter(f"width-{size}" if is_whole else f"fill-{size}x{round(size * height / width)}") for size in sizes}


def ask_for_sizes(picture: Any) -> None:
    """Have the queue draw the sizes that a page missed: once, however many ask."""
    if cache.add(f"sizes_of_{picture.pk}", True, ASK_AGAIN):
        draw_sizes.enqueue(picture.pk)


@task(queue_name=LATER)
def draw_sizes(picture: int) -> None:
    """Draw the sizes of a picture that are missing. Does nothing for one that was deleted meanwhile."""
    for found in get_image_model().objects.filter(pk=picture):
        found.draw_sizes()
