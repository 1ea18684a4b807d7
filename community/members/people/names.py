"""Which names people here may have: readable, unlike every other, and never one that passes for staff."""

from collections.abc import Iterator
from contextlib import contextmanager
from unicodedata import normalize
from uuid import UUID

import regex
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.centre.models import centre
from community.kit import limits
from community.kit.errors import Refusal, Refused
from community.kit.text import names
from community.kit.text.names import skeleton

from ..models import User
from ..roles import Role
from ..signing_in.logins import NAME_KEY_LENGTH, clean_sign_in_name
from .closing_models import EarlierName, ReservedName

NAME_TAKEN = gettext_lazy("Somebody here has that name, or one that looks like it. Choose another.")
# Words that stand for the site. A name may not be one of them, nor begin or end with one.
HOUSE_WORDS = (
    "staff", "admin", "administrator", "moderator", "facilitator", "publisher", "editor", "mainstay", "support", "official",
    "system", "webmaster", "helpdesk", "counsellor", "counselor", "therapist", "team", *Role.values,
)  # fmt: skip
ALONE = ("mod", "host", "owner", "root", "help", "everyone", "all", "here", "former member", "nobody")
# People are called so.
REAL_NAMES = ("staffan", "stafford")


def former_name() -> str:
    """Return what everybody is called whose account is closed."""
    return _("Former member")


def names_of(people: QuerySet[User]) -> Iterator[tuple[UUID, str, bool]]:
    """Yield the names by which others may have named each of `people`: who, the name, and whether they have it now."""
    for id, name in people.values_list("pk", "name"):
        yield id, name, True
    for id, name in EarlierName.objects.filter(member__in=people).values_list("member", "name"):
        yield id, name, False


def clean_name(name: str) -> str:
    """Return a person's `name` with its spaces tidied; raise ValidationError in plain words where nobody could use it."""
    if len(" ".join(normalize("NFC", name).split())) > limits.MAX_NAME_LENGTH:
        raise ValidationError(_("That name is too long. Use %(most)d characters at most.") % {"most": limits.MAX_NAME_LENGTH})
    tidy = names.clean_name(name)
    if len(skeleton(tidy)) > NAME_KEY_LENGTH:
        raise ValidationError(_("That name is hard to read. Choose a simpler one."))
    return tidy


def check_name(name: str, *, member: User | None = None, for_staff: bool = False) -> str:
    """Return the tidied name if it is free for `member` (None: somebody new); raise ValidationError in plain words if not.

    Its code is "taken" where it tells of somebody who is here.
    """
    tidy = clean_name(name)
    if member and member.sign_in_key == skeleton(tidy):
        raise ValidationError(_("You sign in by that name, so keep it to yourself. Choose another for people here to see."))
    if not for_staff and passes_for_staff(tidy):
        raise ValidationError(_("That name could be taken for staff. Choose another."))
    alike = User.objects.looking_like(tidy)
    if member:
        alike = alike.exclude(pk=member.pk) if tidy != member.name else alike.none()
    is_reserved = member is None or tidy != member.name
    if alike.exists() or (is_reserved and ReservedName.objects.holds(ReservedName.Use.SHOWN, skeleton(tidy))):
        raise ValidationError(NAME_TAKEN, code="taken")
    if not for_staff and _carries_staff_name(tidy):
        raise ValidationError(_("That name could be taken for staff. Choose another."), code="taken")
    return tidy


def free_name(name: str, *, member: User | None = None, for_staff: bool = False) -> str:
    """Return the tidied name if it is free. Raises Refused: name_taken, which tells that somebody is here, or bad_name."""
    try:
        return check_name(name, member=member, for_staff=for_staff)
    except ValidationError as error:
        raise Refused(Refusal.NAME_TAKEN if error.code == "taken" else Refusal.BAD_NAME, " ".join(error.messages)) from None


def free_sign_in_name(name: str, *, shown: str) -> str:
    """Return the tidied sign-in name if it is free for somebody whom people here see as `shown`.

    Raises Refused: sign_in_name_taken, which tells that somebody is here, or bad_sign_in_name.
    """
    try:
        tidy = clean_sign_in_name(name)
        if skeleton(tidy) == skeleton(shown):
            raise ValidationError(_("People here will see that name, so anyone could try it. Choose another to sign in by."))
    except ValidationError as error:
        raise Refused(Refusal.BAD_SIGN_IN_NAME, " ".join(error.messages)) from None
    key = skeleton(tidy)
    if User.objects.filter(sign_in_key=key).exists() or ReservedName.objects.holds(ReservedName.Use.SIGNING_IN, key):
        raise _sign_in_name_taken()
    return tidy


@contextmanager
def unique_name() -> Iterator[None]:
    """Raise Refused: name_taken or sign_in_name_taken where the database says so, because two people took one name at once."""
    try:
        yield
    except IntegrityError as error:
        if "sign_in_key" in str(error):
            raise _sign_in_name_taken() from None
        raise Refused(Refusal.NAME_TAKEN, str(NAME_TAKEN)) from None


def _sign_in_name_taken() -> Refused:
    return Refused(Refusal.SIGN_IN_NAME_TAKEN, _("That sign-in name, or one that looks like it, isn't available. Choose another."))


def passes_for_staff(name: str) -> bool:
    """True where `name` could be taken for the site itself or for a role."""
    if name.casefold() in REAL_NAMES:
        return False
    key, words = skeleton(name), [skeleton(word) for word in name.split()]
    house = [skeleton(word) for word in (*HOUSE_WORDS, centre().name)]
    if key in [*house, *(skeleton(word) for word in ALONE)]:
        return True
    return any(key.startswith(word) or key.endswith(word) or word in words for word in house if len(word) > 2)


def is_the_house(name: str) -> bool:
    """True where `name` is nothing but the site or a role: "Admins", "The Mainstay staff"; not "Family support"."""
    house = "|".join(regex.escape(skeleton(word)) for word in (*HOUSE_WORDS, "mod", centre().name))
    return regex.fullmatch(rf"(?:the|our|of|and)*(?:(?:{house})s?(?:the|our|of|and)*)+", skeleton(name)) is not None


def _carries_staff_name(name: str) -> bool:
    """True where `name` begins or ends with the whole name of one of the staff: "Maria B" beside Maria."""
    words = [skeleton(word) for word in name.split()]
    for staff in User.objects.filter(groups__name__in=Role.values).values_list("name", flat=True).distinct():
        theirs = [skeleton(word) for word in staff.split()]
        if theirs in (words[: len(theirs)], words[-len(theirs) :]):
            return True
    return False
