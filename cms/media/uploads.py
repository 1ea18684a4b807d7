"""The forms with which an editor uploads pictures and documents. They refuse what is broken or too large, and strip metadata."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from community.kit.web.uploading import Storing

from ..admin.wagtail_internals import WagtailDocumentField, WagtailImageField
from .documents import CleanedDocument, cleaned
from .pictures import RedrawnPicture, redrawn

ANIMATED_FORMATS = ("AVIF", "GIF", "PNG", "WEBP")  # those that can be animated; in others frames are sizes, or pages
FOCAL_POINT = {"focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height"}
ANIMATED = _("This image moves, and images here stand still. Save one frame of it as an image, and upload that.")


def is_animated(file: Any) -> bool:
    """True for an animation. Leaves `file` at its beginning."""
    try:
        picture = Image.open(file, formats=ANIMATED_FORMATS)
        return getattr(picture, "is_animated", False) or picture.get_format_mimetype() == "image/apng"
    except Exception:  # not a picture of these formats, or a broken one, which the field refuses itself
        return False
    finally:
        file.seek(0)


class PictureField(WagtailImageField):
    """Wagtail's field, which decodes a file before it checks its size, and fails on one that cannot be decoded."""

    def check_image_pixel_size(self, f: Any) -> None:
        """Raises ValidationError for a picture of more pixels than the settings allow, and for a broken one."""
        try:
            width, height = Image.open(f).size  # reads no more than the header
            if width * height > self.max_image_pixels:
                raise Image.DecompressionBombError
        except Image.DecompressionBombError:
            sentence = _("This image is too large. Make it smaller, to at most %(most)s million pixels, and upload it again.")
            raise ValidationError(sentence, code="file_too_many_pixels", params={"most": self.max_image_pixels // 1_000_000}) from None
        except Exception as broken:  # each format fails with its own exceptions
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from broken
        f.seek(0)

    def to_python(self, data: Any) -> RedrawnPicture | None:
        """Return the picture, redrawn. Raises ValidationError for one that cannot be redrawn, and for an animation."""
        if data and is_animated(data):  # asked first: Wagtail takes an animated PNG for a broken one
            raise ValidationError(ANIMATED, code="animated")
        f = super().to_python(data)
        try:
            return f and redrawn(f)
        except Exception as broken:  # each format fails with its own exceptions
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from broken


class PictureForm(Storing, BaseImageForm):
    """Wagtail's form of a picture with our field for the file, wherever it has one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            field = self.fields["file"]
            self.fields["file"] = PictureField(label=field.label, widget=field.widget)
        if "description" in self.fields:
            description = self.fields["description"]
            description.label = _("Description for people who can't see it")
            description.help_text = _("What it shows, in one sentence. An article takes it over, and may say it differently.")

    def clean(self) -> dict[str, Any]:
        super().clean()
        if "file" in self.changed_data:  # what mattered was a place in the picture that this one replaces
            self.cleaned_data |= dict.fromkeys(FOCAL_POINT & self.cleaned_data.keys())
        return self.cleaned_data

    def save(self, commit: bool = True) -> Any:
        self.original_file = None  # the picture itself deletes it; Wagtail would delete new sizes too
        return super().save(commit=commit)


class DocumentField(WagtailDocumentField):
    """Wagtail's field, which checks the size of a file, and never its content."""

    def to_python(self, data: Any) -> CleanedDocument | None:
        """Return the document without metadata. Raises ValidationError for one that is not what its name says, or cannot be cleaned."""
        f = super().to_python(data)
        return f and cleaned(f)


class DocumentForm(Storing, BaseDocumentForm):
    """Wagtail's form of a document with our field for the file, wherever it has one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            field = self.fields["file"]
            self.fields["file"] = DocumentField(label=field.label, widget=field.widget)
