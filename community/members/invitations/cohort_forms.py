"""The forms with which staff make a cohort and invite it."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from community.kit import limits
from community.kit.text.order import offer

from ..models import User
from ..people.fields import Focused, may_text_field, without_reminders_field
from ..texting.numbers import is_number
from . import address_lists
from .address_lists import ListRow

ROW_FIELD = re.compile(r"line-([0-9]{1,6})")
GOOD_ROW = re.compile(r"([0-9]{1,6}) (\S+)")


class CohortForm(forms.Form):
    """What staff call a cohort, and who is asked to welcome its people."""

    bound_field_class = Focused
    name = forms.CharField(label=_("Name of the cohort"), max_length=60, help_text=_("For staff alone, for example: Finished in May."))
    buddy = forms.ModelChoiceField(
        label=_("Somebody to say hello to"), queryset=User.objects.none(), required=False, empty_label=_("Nobody"),
        help_text=_("A member. Newcomers see the name that this member chose here, and the member is told who has joined. Ask them first."),
    )  # fmt: skip

    without_reminders = without_reminders_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["buddy"], User.objects.active().filter(may_welcome=True))


class ListForm(forms.Form):
    """A list of addresses, pasted or as a file. The file is read here and not stored."""

    pasted = forms.CharField(
        label=_("Paste a list"), required=False, max_length=limits.MAX_LIST_BYTES,
        help_text=_("One person a line. Only the address is taken: names and whatever else stands there are left unread."),
        widget=forms.Textarea({"rows": 6, "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    file = forms.FileField(
        label=_("Or choose a file"), required=False, allow_empty_file=True,
        help_text=_("A CSV or text file. It is read once for its addresses and not kept."),
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt"}),
    )  # fmt: skip

    def clean_file(self) -> list[ListRow]:
        file = self.cleaned_data["file"]
        if file is None:
            return []
        if file.size > limits.MAX_LIST_BYTES:
            raise ValidationError(_g("This file is too large. Keep only the addresses, or send it in parts."))
        return _rows(address_lists.decode, file.read())

    def clean_pasted(self) -> list[ListRow]:
        return _rows(str, self.cleaned_data["pasted"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        pasted, file = cleaned.get("pasted"), cleaned.get("file")
        if self.errors:
            return cleaned
        if pasted and file:
            self.add_error("file", _g("Choose a file or paste a list, not both at once."))
        elif not pasted and not file:
            self.add_error("pasted", _g("There is nothing in this list."))
        cleaned["lines"] = pasted or file or []
        return cleaned


def _rows(decode: Any, raw: Any) -> list[ListRow]:
    try:
        return address_lists.read(decode(raw))
    except address_lists.UnreadableList as reason:
        raise ValidationError(str(reason)) from None


class CheckedForm(forms.Form):
    """The second step: the good lines, and a field for each bad one, under its number in the list. Of a line only the address is left."""

    good = forms.CharField(widget=forms.HiddenInput, required=False, max_length=limits.MAX_LIST_BYTES)  # "number address", one a line
    may_text = may_text_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.data:
            if (found := ROW_FIELD.fullmatch(name)) and len(self.fields) <= limits.MAX_LIST_LINES + 1:
                self.fields[name] = row_field(int(found[1]))

    def to_correct(self) -> list[BoundField]:
        """The fields of the bad lines."""
        return [self[name] for name in self.fields if ROW_FIELD.fullmatch(name)]

    def lines(self) -> list[ListRow]:
        """What stands in the form now, in the order of the list; a line that was emptied is left out."""
        return address_lists.read_numbered(sorted(self._good() + self._others())[: limits.MAX_LIST_LINES])

    def parted(self) -> tuple[list[ListRow], list[ListRow]]:
        """The same as it stood on the page: (the good lines, those with a field of their own)."""
        return [line for line in address_lists.read_numbered(self._good()) if line.address], address_lists.read_numbered(self._others())

    def _good(self) -> list[tuple[int, str]]:
        found = [GOOD_ROW.fullmatch(line) for line in self.cleaned_data["good"].splitlines()[: limits.MAX_LIST_LINES]]
        return [(int(line[1]), line[2]) for line in found if line]

    def _others(self) -> list[tuple[int, str]]:
        return [(int(name.removeprefix("line-")), self.cleaned_data[name]) for name in self.fields if ROW_FIELD.fullmatch(name)]


def row_field(number: int, text: str = "") -> forms.CharField:
    """Return the field in which a line of the list can be corrected; `text` is how it stood there."""
    widget = forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})
    label = _g("Line %(number)s") % {"number": number}
    return forms.CharField(label=label, required=False, max_length=limits.MAX_LIST_LINE_LENGTH, widget=widget, help_text=text)


def checked_form(good: list[ListRow], bad: list[ListRow], *, may_text: bool, no_consent: str = "") -> CheckedForm:
    """Return the form that shows a checked list: each bad line in its field, with its reason as the field's error.

    `no_consent` is why it was not sent, where there are numbers in it and nobody said that their owners agreed.
    """
    carried = "\n".join(f"{line.number} {line.address}" for line in good)
    agreed = {"may_text": "on"} if may_text else {}
    form = CheckedForm({"good": carried, **agreed, **{f"line-{line.number}": line.attempt for line in bad}})
    form.is_valid()
    if not any(is_number(line.address) for line in good):
        del form.fields["may_text"]
    elif no_consent:
        form.add_error("may_text", no_consent)
    for line in bad:
        form.fields[f"line-{line.number}"] = row_field(line.number, line.text if line.text != line.attempt else "")
        form.add_error(f"line-{line.number}", line.reason)
    return form
