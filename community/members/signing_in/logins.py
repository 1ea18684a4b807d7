"""What people sign in by: their e-mail address, a sign-in name that nobody else sees, or either of them."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.kit import limits
from community.kit.text.addresses import plain, readable
from community.kit.text.names import clean_name, skeleton

NAME_KEY_LENGTH = limits.MAX_NAME_LENGTH * 4


class SignsIn(models.Model):
    """Somebody who signs in, with what they do it by. Everybody has one of the two at least."""

    email = models.EmailField(gettext_lazy("email"), unique=True, null=True)  # noqa: DJ001  (none: they have no mailbox)
    sign_in_name = models.CharField(max_length=limits.MAX_NAME_LENGTH, blank=True, default="", db_default="", editable=False)
    sign_in_key = models.CharField(max_length=NAME_KEY_LENGTH, unique=True, null=True, editable=False)  # noqa: DJ001  (what that looks like)

    class Meta:
        abstract = True

    @property
    def login(self) -> str:
        """What attempts to sign in are counted by and looked up with: the address or, without one, the skeleton of the sign-in name."""
        return self.email or self.sign_in_key or ""

    @property
    def signs_in_as(self) -> str:
        """The same in words, for themselves alone."""
        return readable(self.email) if self.email else self.sign_in_name

    def sign_in_by(self, name: str) -> None:
        """Have them sign in by `name`, which is free for them, also. Any spelling that looks like it will do."""
        self.sign_in_name, self.sign_in_key = name, skeleton(name)


def display_name(user: models.Model) -> str:
    """What allauth's pages and mails call a person."""
    return str(user)


def login_of(typed: str) -> str:
    """Return what was typed, and is no address, as sign-in names are looked up. Whatever it is, its length is one that can be stored."""
    return skeleton(typed)[:NAME_KEY_LENGTH]


def is_address(typed: str) -> bool:
    """True where somebody means an e-mail address. No sign-in name has an @."""
    return "@" in plain(typed)


def clean_sign_in_name(name: str) -> str:
    """Return `name` with its spaces tidied; raise ValidationError in plain words where nobody could sign in by it."""
    tidy = clean_name(name)
    if len(tidy) > limits.MAX_NAME_LENGTH:
        raise ValidationError(_("That name is too long. Use %(most)d characters at most.") % {"most": limits.MAX_NAME_LENGTH})
    if is_address(tidy):
        raise ValidationError(_("A sign-in name has no @ in it. Choose a word or two."))
    if not 0 < len(skeleton(tidy)) <= NAME_KEY_LENGTH:
        raise ValidationError(_("That name is hard to read. Choose a simpler one."))
    return tidy
