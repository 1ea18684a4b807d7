"""The forms of accounts, of joining, of Me and of the staff's invitation desk."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from allauth.core import context
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.centre.models import centre
from community.centre.zones import zones_for
from community.kit import limits
from community.kit.encryption import seal
from community.kit.errors import Refused
from community.kit.text.addresses import canonical

from .models import Aloud, ConsentText, Cover, EnterKey, Invitation, User
from .people.avatars import Drawing
from .people.names import clean_name
from .roles import Role
from .signing_in import log as entries
from .signing_in import tries
from .tasks import send_reset
from .verbs import MembersVerb

ALUMNUS = "alumnus"
MAX_TYPED_LENGTH = 5 * limits.MAX_PASSWORD_LENGTH  # of a password that is only compared: a keyboard may make three signs of a letter
PASSWORD_HELP = _("At least 10 characters. Three or four words in a row are easy to remember.")


class Focused(BoundField):
    """A field of a form that its page is there for: the first has the focus, or the one that is wrong.

    Where more is wrong than one field can say, the list of it has the focus (js/page.js).
    """

    def build_widget_attrs(self, attrs: Any, widget: Any = None) -> dict[str, Any]:
        """Return Django's, and whether one begins here."""
        begun = list(self.form.errors) or [self.form.visible_fields()[0].name]
        return super().build_widget_attrs(attrs, widget) | ({"autofocus": True} if begun == [self.name] else {})


def _name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Name people here will see"),
        max_length=limits.MAX_NAME_LENGTH,
        help_text=_("It doesn't have to be your legal name. You can change it later."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "autocapitalize": "words", "spellcheck": "false"}),
    )


class AddressField(forms.CharField):
    """An e-mail address in whatever spelling; what is cleaned is its canonical one.

    A plain text field: browsers refuse or rewrite much of what they take for an address, each in its own way.
    """

    def __init__(self, label: Any, autocomplete: str) -> None:
        attrs = {"inputmode": "email", "autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"}
        super().__init__(label=label, max_length=320, widget=forms.TextInput(attrs))

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        try:
            return canonical(typed)
        except Refused as refusal:
            raise ValidationError(refusal.sentence) from None


class DrawingInput(forms.RadioSelect):
    """The drawings to choose from; components/field.html shows each beside its word."""


def _drawing_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Picture beside your name"), choices=[("", _("None")), *Drawing.choices], widget=DrawingInput, required=False, initial=""
    )


def _password_field(label: Any, autocomplete: str, help_text: Any = "", longest: int = limits.MAX_PASSWORD_LENGTH) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"})
    return forms.CharField(label=label, strip=False, max_length=longest, widget=widget, help_text=help_text)


class SignInForm(LoginForm):
    """Sign-in whose error never says which half was wrong."""

    bound_field_class = Focused

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = AddressField(_("E-mail address"), "username")
        self.fields["password"] = _password_field(_("Password"), "current-password", longest=MAX_TYPED_LENGTH)
        self.fields["remember"] = forms.BooleanField(
            label=_("Keep me signed in on this device"),
            required=False,
            help_text=_("Leave this off on a shared device. Staff are signed out after 12 hours."),
        )
        self.order_fields(["login", "password", "remember"])

    def user_credentials(self) -> dict[str, Any]:
        """What is looked up and counted, and, for the sake of twins, what was typed."""
        return super().user_credentials() | {"typed": str(self["login"].value()).strip().lower()}


class ResetForm(ResetPasswordForm):
    """Asks for a letter with a link. Whether anybody has the address is looked up later, in the background."""

    bound_field_class = Focused
    email = AddressField(_("E-mail address"), "username")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        send_reset.enqueue(seal(email))
        return email


class NewPasswordForm(ResetPasswordKeyForm):
    """Sets a new password after the link of an e-mail: once, since it can be shown while typing."""

    bound_field_class = Focused

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _make_new_password(self.fields["password1"])


class PasswordForm(ChangePasswordForm):
    """Changes the password of who is signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        self.fields["oldpassword"] = _password_field(_("Current password"), "current-password", longest=MAX_TYPED_LENGTH)
        _make_new_password(self.fields["password1"])

    def clean_oldpassword(self) -> str:
        tried = tries.of_password(context.request, self.user.email)
        try:
            right = str(super().clean_oldpassword())
        except ValidationError:
            entries.note(MembersVerb.WRONG_PASSWORD, self.user)
            raise
        tried.rollback()
        return right


def _make_new_password(field: forms.Field) -> None:
    """Give allauth's field, which asks whether a password is good enough, our words and our limit."""
    field.label, field.help_text = _("New password"), PASSWORD_HELP
    field.widget.attrs.pop("placeholder", None)
    field.validators.append(MaxLengthValidator(limits.MAX_PASSWORD_LENGTH))


class ConsentForm(forms.Form):
    """The first step of joining: agreeing to the version of the text that was read, and being an adult where only adults may join."""

    adult = forms.BooleanField(
        label=_("I am 18 or older"), error_messages={"required": _("This place is for adults. Check the box if you are one.")}
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, text: ConsentText, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = text.version
        self.text = text
        if not centre().adults_only:
            del self.fields["adult"]

    def clean_version(self) -> int:
        if self.cleaned_data["version"] != self.text.version:
            # Shown again, the page carries the new version.
            self.data = {**self.data.dict(), self.add_prefix("version"): self.text.version}  # type: ignore[attr-defined]
            raise ValidationError(_("What you agree to has changed while this page was open. Please read it again, then continue."))
        return self.text.version


class NameForm(forms.Form):
    """The second step: the name and the picture that people here will see."""

    bound_field_class = Focused
    name = _name_field()
    drawing = _drawing_field()

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if invitation.role:
            self.fields["name"].help_text = _("The name that members know you by, or any other. You can change it later.")

    def clean_name(self) -> str:
        """Tidy it. Whether it is free is asked by the action, which counts how often."""
        return clean_name(self.cleaned_data["name"])


class FirstPasswordForm(forms.Form):
    """The third step: the password of who will have this address and name."""

    bound_field_class = Focused
    password = _password_field(_("Password"), "new-password", PASSWORD_HELP)

    def __init__(self, *args: Any, email: str, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = User(email=email, name=name)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password


class ProfileForm(forms.Form):
    """What a member sets about themselves."""

    name = _name_field()
    drawing = _drawing_field()
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
        label=_("New messages that a screen reader reads aloud"), choices=Aloud.choices,
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


class AgreeForm(forms.Form):
    """Agreeing to a new version of the text, the one that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class PublishForm(forms.Form):
    """Publishing a draft, in the edition that was seen."""

    edition = forms.CharField(widget=forms.HiddenInput)


class InviteForm(forms.Form):
    """One person to invite."""

    email = AddressField(_("E-mail address"), "off")
    role = forms.TypedChoiceField(
        label=_("Invite as"), choices=[(ALUMNUS, _("Alumnus or alumna")), *Role.choices],
        coerce=lambda role: "" if role == ALUMNUS else role, empty_value="",
        help_text=_("The others are staff, who may do more than members. Most people need no such role."),
    )  # fmt: skip


class AddressForm(forms.Form):
    """A new address to sign in with."""

    email = AddressField(_("New e-mail address"), "email")


def _reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("How you made sure who they are"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("They can read this."),
    )  # fmt: skip


class FactorsOffForm(forms.Form):
    """Why somebody's second step is taken off."""

    reason = _reason_field()


class AddressForThemForm(AddressForm):
    """A new address for somebody who cannot ask for it themself, and why."""

    reason = _reason_field()
