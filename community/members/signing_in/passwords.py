"""Passwords: the same from every keyboard, and none that is guessed quickly."""

from threading import Lock
from unicodedata import normalize

import regex
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

from community.centre.models import centre
from community.kit import limits

MAX_SCORED = 40  # characters that zxcvbn is given: it takes a fifth of a second for these, and much longer for more
_one_at_a_time = Lock()  # it keeps the words that it was told for one password where it finds them for another


def spellings(password: str) -> list[str]:
    """Return how keyboards may spell `password`: first the spelling that is hashed, then those of older hashes.

    The first is NFKC, as NIST SP 800-63B asks: an ü of one key or of two, letters of full width, and the space that some keyboards
    make without being asked. RFC 8265 would tell full-width letters apart; people who type them mean the others.
    """
    return list(dict.fromkeys([normalize("NFKC", password), password, normalize("NFC", password), normalize("NFD", password)]))


class FromAnyKeyboard(AbstractBaseUser):
    """A user whose password is the same from every keyboard."""

    class Meta:
        abstract = True

    def set_password(self, raw_password: str | None) -> None:
        """Hash a password in the spelling that `check_password` tries first.

        Its other spellings are hashed too, and dropped: allauth sets a password where nobody has the address, and that must take as
        long as finding one wrong.
        """
        found = spellings(raw_password) if raw_password is not None else []
        super().set_password(found[0] if found else None)
        for other in found[1:]:
            make_password(other)

    def check_password(self, raw_password: str) -> bool:
        """True if this is the password, in any spelling, since older hashes may be of another one.

        They stay as they are: a new hash would sign the member out everywhere else.
        """
        return any(super(FromAnyKeyboard, self).check_password(spelling) for spelling in spellings(raw_password))


class HardToGuess:
    """Asks zxcvbn, which knows common passwords, keyboards and years, and is told the words of this place and of this person.

    These words alone make no password good, however many: it has to be hard to guess without them too. A password that was chosen
    before is never asked about, and one below `min_length` is told so alone.
    """

    def __init__(self, min_length: int) -> None:
        self.min_length = min_length

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raise ValidationError in one plain sentence where somebody who tries could guess `password`."""
        if len(password) < self.min_length:
            return
        plain, words = spellings(password)[0], _words_about(user)
        any_word = "|".join(map(regex.escape, sorted(words, key=len, reverse=True)))
        rest = regex.sub(rf"\W*(?:{any_word})\W*", "", plain, flags=regex.IGNORECASE)
        if min(_score(plain, words), _score(rest, words)) < limits.MIN_PASSWORD_SCORE:
            raise ValidationError(_("That password is easy to guess. Three or four words that do not belong together are better."))

    def get_help_text(self) -> str:
        return _("Three or four words in a row are easy to keep.")


def _score(password: str, words: set[str]) -> int:
    if not password:  # on which it breaks
        return 0
    with _one_at_a_time:
        return int(zxcvbn(password[:MAX_SCORED], sorted(words))["score"])


def _words_about(user: AbstractBaseUser | None) -> set[str]:
    """What a person who knows this place and `user` would try first: names, sign-in names and addresses, whole and in their parts."""
    about = [centre().name, settings.SITE_HOST, "Mainstay", *(getattr(user, each, "") for each in ("name", "email", "sign_in_name"))]
    words: set[str] = set()
    for text in filter(None, about):
        parts = regex.findall(r"[\p{L}\p{M}\p{N}]+", normalize("NFKC", text))
        words |= {text, *parts, "".join(parts)}
    return {word.lower() for word in words if len(word) > 2}
