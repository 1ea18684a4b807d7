"""What this room gives to the rooms below it and hears from them, and what Today shows of members, who cannot register it themselves."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _

from community.centre import retention
from community.kit import mail
from community.kit.ops import condition as site_condition
from community.members import personal_data, seams
from community.members.models import Invitation, User
from community.members.people.recovery import unread_helps
from community.members.personal_data import Closing, Erasure, Export, Held
from community.members.roles import Right
from community.members.seams import LinkRow, closing, disconnected
from community.members.signing_in import ways_back

from . import actions, condition, download, leftovers, members_kinds, waiting  # noqa: F401  (these register what it notifies of, and gives)
from .announcements import reading as announcements
from .models import Preferences, PushSubscription, preferences_of
from .preferences import actions as preferences
from .push import condition as push_condition
from .push.reading import hash_of_session
from .texting import actions as texting
from .texting import condition as text_condition
from .waiting import Row, Urgency


@receiver(closing)
def forget(member: User, **kwargs: Any) -> None:
    actions.forget_member(member)


def _has_no_members() -> bool:
    """True where only staff have an account, and no invitation of anybody else is open."""
    return not User.objects.active().filter(groups=None).exists() and not Invitation.objects.open().filter(role="").exists()


def _about_accounts(member: User) -> Iterator[Row]:
    if member.may(Right.INVITE) and _has_no_members():
        yield Row("staff", _("Invite somebody"), _("Nobody but staff is here yet."), reverse("members:people"), Urgency.FIRST_STEP)
    if unread_helps(member):
        help = members_kinds.help_shown()
        yield Row(help.icon, help.title, help.about, help.url, Urgency.HAPPENED)
    if ways_back.are_offered_to(member):
        about = _("Codes to keep on paper. Without an e-mail address, no link can reach you")
        yield Row("lock", _("For the day you forget your password"), about, reverse("members:ways_back"), Urgency.CHOICE)
    chosen = preferences_of(member)
    if chosen.misses_emails:
        about = _("Have us try again, give another address, or turn them off")
        yield Row("mail", _("Our e-mails don't reach you"), about, reverse("notifications:preferences"), Urgency.HAPPENED)


waiting.register(_about_accounts)

retention.register("keep_notifications", leftovers.old)
retention.register("keep_notifications", leftovers.old_events)
retention.register("keep_notifications", announcements.forgotten)
site_condition.ASKED_OF_ROOMS += [condition.troubles, push_condition.troubles, text_condition.troubles]
mail.register("notification", fields=["link", "unsubscribe"], once=True)


@receiver(mail.given_up)
def count_refusal(email: Any, refused: bool, **kwargs: Any) -> None:
    """After a few refusals in a row nothing more is sent to that address."""
    if refused and email.template == "notification":
        Preferences.objects.filter(pk=email.about).update(email_refusals=F("email_refusals") + 1)


@receiver(mail.taken)
def forget_refusals(email: Any, **kwargs: Any) -> None:
    """An address that takes an e-mail again is none that refuses."""
    if email.template == "notification":
        Preferences.objects.filter(pk=email.about, email_refusals__gt=0).update(email_refusals=0)


@receiver(seams.moved)
def write_to_new_address(member: User, **kwargs: Any) -> None:
    """What the old address refused, the new one may take. Where there is none anymore, what waits for it leaves nowhere."""
    if not member.email:
        mail.withdraw("notification", about=member.pk)
    if Preferences.objects.filter(pk=member.pk, email_refusals__gt=0).exists():
        preferences.try_again(member=member)


@receiver(seams.joined)
def keep_number(member: User, number: str, **kwargs: Any) -> None:
    """A number at which somebody was invited is proven by their joining."""
    if number:
        texting.keep_proven(member=member, number=number)


@receiver(seams.stopped)
def forget_stopped(number: str, **kwargs: Any) -> None:
    texting.forget_stopped(number)


@receiver(seams.came)
def end_pause(member: User, **kwargs: Any) -> None:
    """Whatever page they open, they have come back."""
    preferences.come_back(member)


def _preferences_row() -> LinkRow:
    about = _("E-mail, quiet hours, breaks, and how much of each group.")
    return LinkRow(_("How you hear from us"), about, reverse("notifications:preferences"))


def _about_refusals(member: User) -> str:
    if not preferences_of(member).is_refused:
        return ""
    return _(
        "E-mails that tell this person of something new came back, so we stopped sending them. They can give another address, or have us "
        "try again, under “How you hear from us”."
    )


seams.NOTIFICATIONS.append(_preferences_row)
seams.PERSON.append(_about_refusals)


@receiver(disconnected)
def end_pushes(member: Any = None, session: str | None = None, keep: str | None = None, **kwargs: Any) -> None:
    """End the pushes to the browsers in which somebody was signed out."""
    if session:
        PushSubscription.objects.filter(session_hash=hash_of_session(session)).delete()
    else:
        PushSubscription.objects.filter(member=member).exclude(session_hash=hash_of_session(keep or "")).delete()


personal_data.register(
    "notifications.NotificationEvent",
    actor=Held("Who did what others are about to be notified of; gone within seconds.", Closing.KEPT, Erasure.UNNAMED, Export.PASSES),
    about=Held("Whom or what it concerns; gone within seconds.", Closing.DELETED, Erasure.DELETED, Export.PASSES),
)
personal_data.register(
    "notifications.Notification",
    member=Held("What they were notified of, and when they read it.", Closing.DELETED, Erasure.DELETED, Export.ABOUT),
    about=Held("Whom or what somebody was notified of.", Closing.DELETED, Erasure.DELETED, Export.OTHERS),
)
personal_data.register(
    "notifications.Preferences", member=Held("How they want to be reached.", Closing.DELETED, Erasure.DELETED, Export.ABOUT)
)
personal_data.register(
    "notifications.PushSubscription",
    member=Held(
        "The browsers that they are notified in, with an encrypted address for each.", Closing.DELETED, Erasure.DELETED, Export.ABOUT
    ),
)
personal_data.register(
    "notifications.TextNumber",
    member=Held(
        "Their phone number, encrypted, when they proved it, and the sentence that they agreed to.",
        Closing.DELETED, Erasure.DELETED, Export.ABOUT,
    ),
)  # fmt: skip
personal_data.register(
    "notifications.TextCode",
    member=Held("That they asked for a code for a phone number; gone within a day.", Closing.DELETED, Erasure.DELETED, Export.PASSES),
)
personal_data.register(
    "notifications.Announcement",
    made_by=Held("Who of the staff wrote it; gone with the last notification of it.", Closing.KEPT, Erasure.UNNAMED, Export.WORK),
)
