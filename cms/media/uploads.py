"""What an editor may upload: whole pictures and documents, of a size that the site can carry. What is kept of them tells nothing more."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from community.kit.web.uploading import Storing

from ..admin.wagtail_internals import WagtailDocumentField, WagtailImageField
from .documents import Cleaned, cleaned
from .pictures import Drawn, redrawn

MOVING = ("AVIF", "GIF", "PNG", "WEBP")  # the kinds that can move; the frames of others are sizes, or pages
MOVES = _("This image moves, and images here stand still. Save one frame of it as an image, and upload that.")


def moves(file: Any) -> bool:
    """True for an animation. `file` stays where it was."""
    try:
        picture = Image.open(file, formats=MOVING)
        return getattr(picture, "is_animated", False) or picture.get_format_mimetype() == "image/apng"
    except Exception:  # no picture of these kinds, or a broken one, of which the field says so itself
        return False
    finally:
        file.seek(0)


class PictureField(WagtailImageField):
    """Wagtail's field, which unpacks a file before it asks for its size and fails on one that cannot be unpacked."""

    def check_image_pixel_size(self, f: Any) -> None:
        """Raise ValidationError for a picture of more pixels than the settings allow, and for one that is broken."""
        try:
            width, height = Image.open(f).size  # the head of the file alone
            if width * height > self.max_image_pixels:
                raise Image.DecompressionBombError
        except Image.DecompressionBombError:
            sentence = _("This image is too large. Make it smaller, to at most %(most)s million pixels, and upload it again.")
            raise ValidationError(sentence, code="file_too_many_pixels", params={"most": self.max_image_pixels // 1_000_000}) from None
        except Exception as broken:  # each format fails in a way of its own
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from broken
        f.seek(0)

    def to_python(self, data: Any) -> Drawn | None:
        """Return the picture drawn anew; raise ValidationError for one that cannot be, and for one that moves."""
        if data and moves(data):  # asked first: Wagtail takes a PNG that moves for a broken one
            raise ValidationError(MOVES, code="moves")
        f = super().to_python(data)
        try:
            return f and redrawn(f)
        except Exception as broken:  # each format fails in a way of its own
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from broken


class PictureForm(Storing, BaseImageForm):
    """Wagtail's form of a picture with our field for the file, in those of its uses that ask for one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            theirs = self.fields["file"]
            self.fields["file"] = PictureField(label=theirs.label, widget=theirs.widget)


class DocumentField(WagtailDocumentField):
    """Wagtail's field, which looks at the size of a file, and never into it."""

    def to_python(self, data: Any) -> Cleaned | None:
        """Return the document without its metadata; raise ValidationError for one that is not what its name says or cannot be cleaned."""
        f = super().to_python(data)
        return f and cleaned(f)


class DocumentForm(Storing, BaseDocumentForm):
    """Wagtail's form of a document with our field for the file, in those of its uses that ask for one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            theirs = self.fields["file"]
            self.fields["file"] = DocumentField(label=theirs.label, widget=theirs.widget)
