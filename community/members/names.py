"""Which names people here may have: readable, unlike every other, and never one that passes for staff."""

from itertools import groupby
from unicodedata import category, combining, normalize

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from community.centre.models import centre
from community.kit.errors import Refused
from community.kit.names import skeleton

from .models import NAME_LENGTH, User
from .roles import Role

# Words that stand for the house. A name may not be one of them, nor begin or end with one.
HOUSE_WORDS = (
    "staff", "admin", "administrator", "moderator", "facilitator", "publisher", "editor", "mainstay", "support", "official",
    "system", "webmaster", "helpdesk", "counsellor", "counselor", "therapist", "team", *Role.values,
)  # fmt: skip
ALONE = ("mod", "host", "owner", "root", "help", "everyone", "all", "here", "former member", "nobody")
# People are called so.
REAL_NAMES = ("staffan", "stafford")
# Letters that are drawn as nothing.
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
MOST_MARKS = 2  # accents on one letter


def clean_name(name: str) -> str:
    """Return `name` with its spaces tidied; raise ValidationError in plain words where nobody could use it."""
    tidy = " ".join(normalize("NFC", name).split())
    if len(tidy) > NAME_LENGTH:
        raise ValidationError(_("That name is too long. Use %(most)d characters at most.") % {"most": NAME_LENGTH})
    if any(category(c)[0] == "C" or c in BLANKS for c in tidy):
        raise ValidationError(_("That name holds characters that cannot be seen. Type it again."))
    marks = (len(list(run)) for is_mark, run in groupby(tidy, key=lambda c: bool(combining(c))) if is_mark)
    look = skeleton(tidy)
    if not look:
        raise ValidationError(_("Write a name with at least one letter or number."))
    if max(marks, default=0) > MOST_MARKS or len(look) > NAME_LENGTH * 2:
        raise ValidationError(_("That name is hard to read. Choose a simpler one."))
    return tidy


def check_name(name: str, *, member: User | None = None, for_staff: bool = False) -> str:
    """Return the tidied name if it is free for `member` (None: somebody new); raise ValidationError in plain words if not.

    Its code is "taken" where it tells of somebody who is here.
    """
    tidy = clean_name(name)
    if not for_staff and passes_for_staff(tidy):
        raise ValidationError(_("That name could be taken for staff. Choose another."))
    others = User.objects.exclude(pk=member.pk) if member else User.objects.all()
    if others.filter(name_key=skeleton(tidy)).exists():
        raise ValidationError(_("Somebody here has that name, or one that looks like it. Choose another."), code="taken")
    if not for_staff and _carries_staff_name(tidy):
        raise ValidationError(_("That name could be taken for staff. Choose another."), code="taken")
    return tidy


def free_name(name: str, *, member: User | None = None, for_staff: bool = False) -> str:
    """Return the tidied name if it is free. Raises Refused: name_taken, which tells of somebody who is here, or bad_name."""
    try:
        return check_name(name, member=member, for_staff=for_staff)
    except ValidationError as error:
        raise Refused("name_taken" if error.code == "taken" else "bad_name", " ".join(error.messages)) from None


def passes_for_staff(name: str) -> bool:
    """True where a reader could take `name` for the house itself or for a role in it."""
    if name.casefold() in REAL_NAMES:
        return False
    look, words = skeleton(name), [skeleton(word) for word in name.split()]
    house = [skeleton(word) for word in (*HOUSE_WORDS, centre().name)]
    if look in [*house, *(skeleton(word) for word in ALONE)]:
        return True
    return any(look.startswith(word) or look.endswith(word) or word in words for word in house if len(word) > 2)


def _carries_staff_name(name: str) -> bool:
    """True where `name` begins or ends with the whole name of one of the staff: "Maria B" beside Maria."""
    words = [skeleton(word) for word in name.split()]
    for staff in User.objects.filter(groups__name__in=Role.values).values_list("name", flat=True).distinct():
        theirs = [skeleton(word) for word in staff.split()]
        if theirs in (words[: len(theirs)], words[-len(theirs) :]):
            return True
    return False
