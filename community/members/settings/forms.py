"""The forms of a member's settings, and of policies."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.centre.models import centre
from community.centre.zones import zones_for

from ..models import User
from ..people.fields import drawing_field, name_field
from ..people.names import clean_name
from .choices import Announce, Cover, EnterKey


class ProfileForm(forms.Form):
    """What a member sets about themselves."""

    name = name_field()
    drawing = drawing_field()
    time_zone = forms.ChoiceField(label=_("Your time zone"), help_text=_("Times on every page are shown in it."))

    def __init__(self, *args: Any, member: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(name=member.name, drawing=member.drawing, time_zone=member.time_zone)
        self.fields["name"].help_text = _("It doesn't have to be your legal name.")
        zones = self.fields["time_zone"]
        assert isinstance(zones, forms.ChoiceField)
        zones.choices = zones_for(centre().country, member.time_zone)

    def clean_name(self) -> str:
        """Tidy it. Whether it is free is asked by the action, which counts how often."""
        return clean_name(self.cleaned_data["name"])


class DiscretionForm(forms.Form):
    """How a member's pages hide themselves."""

    cover_after = forms.TypedChoiceField(
        label=_("Cover the page when it is out of sight"), choices=Cover.choices, coerce=int,
        help_text=_("When you come back, one key or tap shows it again. A cover is no lock."),
    )  # fmt: skip
    leave_by_keys = forms.BooleanField(
        label=_("Leave quickly with the Shift key, pressed three times"), required=False,
        help_text=_("Switch this off if you use Sticky Keys. The button stays."),
    )  # fmt: skip

    def __init__(self, *args: Any, member: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(cover_after=member.cover_after, leave_by_keys=member.leave_by_keys)


class ConversationForm(forms.Form):
    """How a member reads and writes in conversations."""

    aloud = forms.ChoiceField(
        label=_("New messages that a screen reader reads aloud"), choices=Announce.choices,
        help_text=_("What you write yourself is never read to you, and neither is what was there before."),
    )  # fmt: skip
    enter_key = forms.ChoiceField(
        label=_("The Enter key"), choices=EnterKey.choices,
        help_text=_("Where it sends, Shift and Enter make a new line. Where it makes a new line, Ctrl and Enter send."),
    )  # fmt: skip
    shows_writing = forms.BooleanField(
        label=_("Others see when I am writing"), required=False,
        help_text=_("They see that you write, not what. Switched off, they see nothing until you send."),
    )  # fmt: skip

    def __init__(self, *args: Any, member: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(aloud=member.aloud, enter_key=member.enter_key, shows_writing=member.shows_writing)


class ClosingForm(forms.Form):
    """What becomes of somebody's messages when their account is closed."""

    KEEP, EMPTY = "keep", "empty"
    words = forms.ChoiceField(
        label=_("What you wrote in your groups"), widget=forms.RadioSelect,
        choices=[
            (KEEP, _("Leave it there, as “Former member”. What others answered still makes sense.")),
            (EMPTY, _("Take my words out. Others see that a message was there, and not what it said.")),
        ],
        error_messages={"required": _("Choose what becomes of your messages.")},
    )  # fmt: skip


class AgreeForm(forms.Form):
    """Agreeing to a new version of the text, the one that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class PublishForm(forms.Form):
    """Publishing a draft as it was when its page was shown."""

    fingerprint = forms.CharField(widget=forms.HiddenInput)
