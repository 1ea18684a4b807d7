"""Forms that store what was uploaded while they can still say at its field that it could not be."""

import logging
from typing import Any

from django.db.models import FileField
from django.forms.models import BaseModelForm
from django.utils.translation import gettext as _

log = logging.getLogger("mainstay.uploading")


class Storing(BaseModelForm):
    """A model's form whose files are stored once all else in it is right: saving it asks the disk or the bucket for nothing more."""

    def is_valid(self) -> bool:
        """Whether it can be saved, and its files are stored already."""
        return super().is_valid() and all(self._stores(field) for field in self.instance._meta.fields if isinstance(field, FileField))

    def _stores(self, field: Any) -> bool:
        if field.name not in self.changed_data or not self.cleaned_data.get(field.name):
            return True
        # Set past Django's descriptors, which read a picture once more whenever it is set.
        held = self.instance.__dict__
        try:
            held[field.attname] = field.pre_save(self.instance, add=False)
        except OSError as error:  # among them Away
            log.warning("A file could not be stored: %s.", type(error).__name__)
            held[field.attname] = self.initial.get(field.name)
            self.add_error(field.name, _("This file couldn't be stored just now. Wait a few minutes, then choose it again."))
            return False
        return True
