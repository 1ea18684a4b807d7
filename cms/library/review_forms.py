"""The form with which a clinician answers about an article: that it is reviewed, or what should change."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.kit import limits
from community.kit.text.names import clean_name

NOTE = "note-"


class ReviewForm(forms.Form):
    """A clinician's answer about the words that they have read, with a note beside each of `parts` where they like."""

    fingerprint = forms.CharField(widget=forms.HiddenInput)  # of the words that were shown
    name = forms.CharField(
        label=_("Your name, as it appears under the article"), max_length=80, help_text=_("Everybody who reads the article sees it.")
    )
    credential = forms.CharField(
        label=_("Your credential"), max_length=80, help_text=_("For example: LCSW. It appears there just as you type it.")
    )
    read = forms.BooleanField(
        label=_("I've read all of it, and as far as I know it's right"),
        error_messages={"required": _("Check the box when you've read it all.")},
    )
    comment = forms.CharField(
        label=_("To whoever wrote it"),
        required=False,
        max_length=limits.MAX_REVIEW_NOTE_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Goes with your answer, and so do your notes beside the parts above. Readers of the article never see them."),
    )

    def __init__(self, *args: Any, parts: Any, sends_back: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sends_back = sends_back
        for name in ("name", "credential", "read"):
            self.fields[name].required = not sends_back
        for part in parts:
            self.fields[NOTE + part.id] = forms.CharField(
                label=_("Your note on this part"),
                required=False,
                max_length=limits.MAX_REVIEW_NOTE_LENGTH,
                widget=forms.Textarea({"rows": 3, "form": "answer"}),
            )

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        return name if self.sends_back else clean_name(name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned.pop("read", None)
        notes = {name.removeprefix(NOTE): cleaned.pop(name) for name in list(cleaned) if name.startswith(NOTE)}
        cleaned["notes"] = {part: text for part, text in notes.items() if text}
        if self.sends_back:
            del cleaned["name"], cleaned["credential"]
            if not (cleaned["notes"] or cleaned.get("comment") or self.errors):
                self.add_error("comment", _("Write what should change, here or beside a part of the article."))
        return cleaned

    def show_again(self, fingerprint: str, sentence: str) -> None:
        """Say why nothing was saved. What was typed stays, for the words with `fingerprint` that are shown now."""
        typed = {name: str(text) for name, text in self.data.items() if name != "read"}
        gone = [text for name, text in typed.items() if name.startswith(NOTE) and name not in self.fields]  # parts that were taken out
        comment = "\n\n".join(filter(None, [typed.get("comment", ""), *gone]))
        self.data = typed | {"fingerprint": fingerprint, "comment": comment}
        self.add_error(None, sentence)
