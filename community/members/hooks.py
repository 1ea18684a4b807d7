"""What this room gives to the rooms below it, and what it hears from allauth."""

import time
from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.centre import policies, retention
from community.kit import mail
from community.kit.text.markdown import to_html

from . import personal_data
from .invitations import cards, cohorts, reminders
from .invitations.actions import note_bounce
from .models import ConsentDraft, ConsentText, User
from .people.closing import close
from .people.closing_models import AccountClosing, ReservedName
from .personal_data import Closing, Erasure, Export, Held
from .signing_in import addresses, devices, log, ways_back
from .verbs import MembersVerb

mail.register("invitation", fields=["link", "days", "unsubscribe"])
mail.register("reminder", fields=["link", "until", "unsubscribe"], once=True)
mail.register("password_reset", fields=["link"])
mail.register("sign_in_changed", fields=["link"])
mail.register("way_in", fields=["link"])
mail.register("address_asked", fields=["link"])
mail.register("address_confirm", fields=["link", "days"])
mail.register("address_changed")

__all__ = ["addresses", "devices", "reminders", "ways_back"]

retention.register("keep_invitations", cohorts.unanswered)
retention.register("keep_invitations", cohorts.empty)
retention.register("keep_invitations", cards.empty)
retention.register_deadline(
    "closings", _("accounts to be closed, a week after their owner asked for it"), AccountClosing.objects.due, close
)
retention.register_deadline("reserved_names", _("names of closed accounts, as hashes, a year after that"), ReservedName.objects.over)

policies.set_page("members:policy")
policies.register(
    policies.Policy(
        key="consent",
        label=_("What newcomers agree to"),
        about=_("Newcomers agree to the newest version. Everybody else is asked to when they open their next page."),
        versions=ConsentText,
        draft=ConsentDraft,
        html=to_html,
    )
)


@receiver(user_logged_in)
def limit_staff_session(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Staff are signed out sooner."""
    if user.is_staff:
        request.session.limit(time.time())  # type: ignore[attr-defined]


@receiver(user_logged_in)
def note_sign_in(user: User, **kwargs: Any) -> None:
    """However it was done: with a password, a code, a passkey, or by joining."""
    log.note(log.SIGNED_IN, user)


@receiver(mail.given_up)
def note_bounced_invitation(email: Any, **kwargs: Any) -> None:
    """Note with the invitation that its e-mail did not arrive."""
    if email.template in ("invitation", "reminder"):
        note_bounce(email_key=email.key)


@receiver([password_changed, password_set])
def end_other_sessions(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A changed password signs out everywhere else."""
    log.note(MembersVerb.PASSWORD_CHANGED, user)
    devices.sign_out_everywhere(user, keep=request.session.session_key)
    devices.keep_browser_known(request)


@receiver(password_reset)
def end_sessions(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """So does one that was chosen with the link of an e-mail, a way back or a code of the staff."""
    log.note(MembersVerb.PASSWORD_RESET, user)
    devices.sign_out_everywhere(user)
    request.came_back = user  # type: ignore[attr-defined]  # members.middleware.note_device reads it


personal_data.register(
    "members.User",
    id=Held(
        "The account, when it was made, and the name, drawing and settings, which closing empties.",
        Closing.KEPT,
        Erasure.DELETED,
        Export.ABOUT,
    ),
    email=Held("The address they sign in with. Beside it, the password goes too.", Closing.EMPTIED, Erasure.DELETED, Export.ABOUT),
    sign_in_name=Held("The name they sign in by.", Closing.EMPTIED, Erasure.DELETED, Export.ABOUT),
    sign_in_key=Held("What that name looks like, so that nobody takes one like it.", Closing.EMPTIED, Erasure.DELETED, Export.ABOUT),
    mailbox_owner=Held("Which account their mailbox belongs to, where several share one.", Closing.EMPTIED, Erasure.UNNAMED, Export.ABOUT),
)
personal_data.register("members.User_groups", user=Held("Their roles.", Closing.DELETED, Erasure.DELETED, Export.ABOUT))
personal_data.register("members.User_user_permissions", user=Held("Rights without a role.", Closing.UNUSED, Erasure.DELETED, Export.UNUSED))
personal_data.register("members.Consent", member=Held("What they agreed to, and when.", Closing.KEPT, Erasure.DELETED, Export.DID))
personal_data.register("members.Cohort", buddy=Held("Who welcomes the people of a cohort.", Closing.EMPTIED, Erasure.UNNAMED, Export.ABOUT))
personal_data.register(
    "members.CardSheet", made_by=Held("Who of the staff made a sheet of printed cards.", Closing.KEPT, Erasure.UNNAMED, Export.WORK)
)
personal_data.register(
    "members.Invitation",
    email=Held("The address that was invited.", Closing.DELETED, Erasure.DELETED, Export.ABOUT),
    number_sealed=Held(
        "The phone number at which somebody was invited, encrypted; gone when they join.", Closing.UNUSED, Erasure.DELETED, Export.UNUSED
    ),
    number_hash=Held("A keyed hash of that number; gone when they join.", Closing.UNUSED, Erasure.DELETED, Export.UNUSED),
    member=Held("Who answered it, with which role and cohort, and when.", Closing.DELETED, Erasure.UNNAMED, Export.ABOUT),
    invited_by=Held("Who invited somebody.", Closing.KEPT, Erasure.UNNAMED, Export.WORK),
)
personal_data.register(
    "members.DoNotWrite",
    address_hash=Held(
        "That no invitations, and no text messages, are to be sent to an address or a number, which is a hash here.",
        Closing.KEPT,
        Erasure.LEFT,
        Export.ABOUT,
    ),
)
personal_data.register(
    "members.Device", member=Held("What they are signed in on, in words, and since when.", Closing.DELETED, Erasure.DELETED, Export.ABOUT)
)
personal_data.register(
    "members.AccountClosing",
    member=Held("That their account closes, when, and what becomes of their messages.", Closing.DELETED, Erasure.DELETED, Export.ABOUT),
)
personal_data.register(
    "members.EarlierName",
    member=Held("The names that they had here before, and until when.", Closing.DELETED, Erasure.DELETED, Export.ABOUT),
)
personal_data.register(
    "members.AddressChange",
    member=Held("That another address was asked for, and when.", Closing.DELETED, Erasure.DELETED, Export.ABOUT),
    email=Held("That address.", Closing.DELETED, Erasure.DELETED, Export.ABOUT),
    started_by=Held("Who of the staff asked for it.", Closing.KEPT, Erasure.UNNAMED, Export.WORK),
)
personal_data.register(
    "members.SignInHelp",
    member=Held("How staff helped them to sign in again, and why.", Closing.DELETED, Erasure.DELETED, Export.ABOUT),
    actor=Held("Who of the staff helped.", Closing.KEPT, Erasure.UNNAMED, Export.WORK),
)
personal_data.register(
    "members.WayBack",
    member=Held(
        "Hashes of the codes by which they can choose a new password, and when each was used.",
        Closing.DELETED,
        Erasure.DELETED,
        Export.OPENS,
    ),
)

# What the ground keeps, the queue among it, and what comes with signing in.
personal_data.register(
    "kit.AuditEntry",
    actor=Held("Who did something, as a verb without words.", Closing.KEPT, Erasure.UNNAMED, Export.DID),
    target=Held("To whom it was done, or whose sign-in was tried.", Closing.KEPT, Erasure.LEFT, Export.ABOUT),
)
personal_data.register(
    "kit.QueuedEmail",
    about=Held("Whom an e-mail was about.", Closing.DELETED, Erasure.DELETED, Export.ABOUT),
    sealed=Held("Its address and words until it has left, encrypted.", Closing.DELETED, Erasure.DELETED, Export.OPENS),
)
personal_data.register(
    "kit.OutboxEmail", to=Held("The e-mails of a site without a mail server.", Closing.DELETED, Erasure.DELETED, Export.OPENS)
)
personal_data.register(
    "kit.Told", asker=Held("Who asked in the last hour whether somebody is here, as a hash.", Closing.KEPT, Erasure.LEFT, Export.PASSES)
)
personal_data.register(
    "django_tasks_database.DBTaskResult",
    args_kwargs=Held("What the queue does for them, encrypted; a day later it is gone.", Closing.KEPT, Erasure.LEFT, Export.PASSES),
)
personal_data.register(
    "account.EmailAddress",
    user=Held("That their address is confirmed.", Closing.DELETED, Erasure.DELETED, Export.ABOUT),
    email=Held("The address once more, as the library for signing in keeps it.", Closing.DELETED, Erasure.DELETED, Export.ABOUT),
)
personal_data.register(
    "mfa.Authenticator", user=Held("Their second steps, passkeys and recovery codes.", Closing.DELETED, Erasure.DELETED, Export.OPENS)
)
personal_data.register("sessions.Session", session_data=Held("Where they are signed in.", Closing.DELETED, Erasure.DELETED, Export.OPENS))
