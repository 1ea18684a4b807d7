"""Flash messages after invitations were sent."""

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.centre.models import centre


def email_sent() -> str:
    """Return what became of one e-mail."""
    if settings.MAIL_SERVER:
        return _("The invitation is on its way.")
    if centre().has_outbox:
        return _("No mail server is set. The e-mail will be in the outbox in a moment.")
    return _("No mail server is set, so the e-mail can't go out. Set one, then send the invitation again.")


def text_sent() -> str:
    """Return what became of one text message."""
    return _("The text message is on its way.")


def texts_sent(count: int) -> str:
    """Return what became of `count` text messages."""
    words = ngettext("%(count)d text message is on its way.", "%(count)d text messages are on their way.", count)
    return words % {"count": count}


def emails_sent(count: int) -> str:
    """Return what became of `count` e-mails, with the link of `with_outbox`."""
    if settings.MAIL_SERVER:
        words = ngettext("%(count)d invitation is on its way.", "%(count)d invitations are on their way.", count)
    elif centre().has_outbox:
        words = ngettext(
            "No mail server is set. %(count)d e-mail will be in the outbox in a moment.",
            "No mail server is set. %(count)d e-mails will be in the outbox in a moment.",
            count,
        )
    else:
        words = ngettext(
            "No mail server is set, so %(count)d e-mail can't go out. Set one, then send the invitation again.",
            "No mail server is set, so %(count)d e-mails can't go out. Set one, then send the invitations again.",
            count,
        )
    return with_outbox(words % {"count": count})


def with_outbox(words: str) -> str:
    """Return the message as it is; in the demo followed by a link to its outbox, which has the focus."""
    if not centre().has_outbox:
        return words
    return format_html('{} <a href="{}" autofocus>{}</a>', words, reverse("outbox"), _("Open the demo's outbox"))
