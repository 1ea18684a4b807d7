"""Passwords: the same from every keyboard, and none that is guessed quickly."""

from unicodedata import normalize

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password


def spellings(password: str) -> list[str]:
    """Return the ways in which keyboards write `password`: first the one that is kept, then those that older hashes were made of.

    The first is NFKC, as NIST SP 800-63B asks: an ü of one key or of two, letters of full width, and the space that some keyboards
    make without being asked. RFC 8265 would keep wide letters apart; whoever types them means the others.
    """
    return list(dict.fromkeys([normalize("NFKC", password), password, normalize("NFC", password), normalize("NFD", password)]))


class FromAnyKeyboard(AbstractBaseUser):
    """Somebody whose password is the same from every keyboard."""

    class Meta:
        abstract = True

    def set_password(self, raw_password: str | None) -> None:
        """Keep a password as `check_password` tries it first.

        The other ways to write it are hashed too, and dropped: allauth sets a password where nobody has the address, and that must
        take as long as finding one wrong.
        """
        first, *others = spellings(raw_password) if raw_password is not None else [None]
        super().set_password(first)
        for other in others:
            make_password(other)

    def check_password(self, raw_password: str) -> bool:
        """True where this is the password, from whatever keyboard: hashes of before may be of another way to write it.

        They stay as they are, since a new hash would sign out everywhere else.
        """
        return any(super(FromAnyKeyboard, self).check_password(spelling) for spelling in spellings(raw_password))
