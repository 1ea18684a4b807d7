"""Flash messages such as "You left the group", in a cookie until the next page shows them; encrypted, since they name groups and people."""

from typing import Any

from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.core.signing import BadSignature
from django.http import HttpRequest

from ..encryption import seal, unseal


class FlashSigner:
    """Encrypts, where the signer of Django's storage would leave the cookie readable for anybody."""

    def sign_object(self, obj: Any, serializer: Any, compress: bool = False) -> str:
        return seal(serializer().dumps(obj).decode("latin-1"))

    def unsign_object(self, sealed: str, serializer: Any) -> Any:
        try:
            return serializer().loads(unseal(sealed).encode("latin-1"))
        except ValueError:
            raise BadSignature from None


class EncryptedCookie(CookieStorage):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signer = FlashSigner()


class EncryptedFlashes(FallbackStorage):
    """Where no more fits into the cookie, the session takes the rest."""

    storage_classes = (EncryptedCookie, SessionStorage)


def with_undo(request: HttpRequest, sentence: str, undo: str) -> None:
    """Say what was done, with a button that posts to the path `undo`; it travels as the tags of the flash message.

    components/flashes.html draws it; the tags of any other message are no paths.
    """
    messages.success(request, sentence, extra_tags=undo)
