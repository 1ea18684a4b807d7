"""What an editor may upload as a picture: a whole one, of a size that the site can carry."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm


class PictureField(WagtailImageField):
    """Wagtail's field, which unpacks a file before it asks for its size and fails on one that cannot be unpacked."""

    def check_image_pixel_size(self, f: Any) -> None:
        """Raise ValidationError for a picture of more pixels than the settings allow, and for one that is broken."""
        try:
            width, height = Image.open(f).size  # the head of the file alone
            if width * height > self.max_image_pixels:
                raise Image.DecompressionBombError
            f.image.get_size()  # all of it, as every page that shows it will need it
        except Image.DecompressionBombError:
            sentence = _("This picture is too large. Make it smaller, to at most %(most)s million pixels, and upload it again.")
            raise ValidationError(sentence, code="file_too_many_pixels", params={"most": self.max_image_pixels // 1_000_000}) from None
        except Exception as broken:  # each format fails in a way of its own
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from broken
        f.seek(0)


class PictureForm(BaseImageForm):
    """Wagtail's form of a picture with our field for the file, in those of its uses that ask for one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            theirs = self.fields["file"]
            self.fields["file"] = PictureField(label=theirs.label, widget=theirs.widget)
