"""What this room gives to the rooms below it."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from community.centre import retention, texts
from community.kit import mail
from community.kit.markdown import to_html

from .models import ConsentDraft, ConsentText, Invitation

mail.register("invitation", fields=["link", "days"])
mail.register("password_reset", fields=["link"])


def _unanswered(before: dt.datetime) -> QuerySet[Invitation]:
    over = Q(revoked_at=None, expires_at__lt=before) | Q(revoked_at__lt=before)
    return Invitation.objects.filter(over, answered_at=None).order_by()


retention.register("keep_invitations", _unanswered)

texts.register(
    texts.Kind(
        key="consent",
        label=_("What newcomers agree to"),
        about=_("Newcomers agree to the newest version. Everybody else is asked to when they open their next page."),
        editions=ConsentText,
        draft=ConsentDraft,
        html=to_html,
    )
)
