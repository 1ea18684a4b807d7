"""The chapters of a download about the account: what `members` and the ground keep, which stand below this room, and this room itself."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q
from django.utils.translation import gettext_lazy

from community.kit.models import AuditEntry, QueuedEmail
from community.members.invitations.do_not_write import asked_not_to_write
from community.members.models import Cohort, Invitation, User
from community.members.people.avatars import Drawing
from community.members.people.closing_models import AccountClosing
from community.members.roles import Role
from community.members.signing_in import log

from .chapters import Field, Row, Shape, register
from .models import Download

WHEN = Field(gettext_lazy("When"), Shape.MOMENT)


def _profile(member: User) -> Iterator[Row]:
    yield {
        "name": member.name,
        "sign_in_name": member.sign_in_name,
        "email": member.email,
        "confirmed": EmailAddress.objects.filter(user=member, verified=True).exists() if member.email else None,
        "shares_mailbox": member.mailbox_owner_id is not None or None,
        "left_alone": bool(asked_not_to_write([member.email])) or None if member.email else None,
        "joined": member.joined_at,
        "roles": ", ".join(member.role_labels),
        "drawing": Drawing(member.drawing).label if member.drawing else "",
        "time_zone": member.time_zone,
        "welcomes": member.may_welcome,
        "cover": member.get_cover_after_display(),
        "leaves_by_keys": member.leave_by_keys,
        "read_aloud": member.get_aloud_display(),
        "enter_key": member.get_enter_key_display(),
        "shows_writing": member.shows_writing,
    }


def _agreed(member: User) -> Iterator[Row]:
    for consent in member.consents.select_related("text").order_by("agreed_at"):
        yield {"when": consent.agreed_at, "version": consent.text.version, "text": consent.text.body}


def _devices(member: User) -> Iterator[Row]:
    for device in member.devices.all():
        yield {"device": device.words, "used": device.seen_at}


def _addresses(member: User) -> Iterator[Row]:
    for change in member.address_changes.order_by("made_at"):
        yield {
            "when": change.made_at,
            "email": change.email,
            "confirmed": change.confirmed_at,
            "stopped": change.stopped_at,
            "counts": change.done_at,
        }


def _earlier_names(member: User) -> Iterator[Row]:
    for earlier in member.earlier_names.order_by("until"):
        yield {"name": earlier.name, "until": earlier.until}


def _invitations(member: User) -> Iterator[Row]:
    mine = Q(member=member) | (Q(email=member.email, member=None) if member.email else Q())
    for invitation in Invitation.objects.filter(mine).select_related("cohort").order_by("sent_at"):
        yield {
            "when": invitation.sent_at,
            "email": invitation.email,
            "role": Role(invitation.role).label if invitation.role else "",
            "cohort": invitation.cohort.name if invitation.cohort else "",
            "answered": invitation.answered_at,
        }


def _welcoming(member: User) -> Iterator[Row]:
    for cohort in Cohort.objects.filter(buddy=member).order_by("made_at"):
        yield {"cohort": cohort.name, "since": cohort.made_at}


def _helped(member: User) -> Iterator[Row]:
    for change in member.sign_in_helps.order_by("at"):
        yield {"when": change.at, "what": change.get_kind_display(), "why": change.reason, "read": change.read_at}


def _noted(member: User) -> Iterator[Row]:
    """What they did, and what was done to their account. To whom they did it, and who did it to them, is not theirs."""
    about_them = AuditEntry.objects.filter(target=str(member.pk)).exclude(verb__startswith="safety.")  # those would tell of others
    found = AuditEntry.objects.filter(actor=member) | about_them
    known: dict[str, Any] = {str(verb): words for verb, words in log.WORDS.items()}
    for entry in found.order_by("id").iterator():
        words = entry.verb.partition(".")[2].replace("_", " ").capitalize()
        yield {"when": entry.at, "what": known.get(entry.verb, words), "by_you": entry.actor_id == member.pk or None}


def _emails(member: User) -> Iterator[Row]:
    invited = Invitation.objects.filter(member=member).values_list("pk", flat=True)
    about = [str(pk) for pk in chain([member.pk], invited)]
    for email in QueuedEmail.objects.filter(about__in=about).order_by("made_at"):
        yield {"when": email.made_at, "what": email.template.replace("_", " ").capitalize(), "sent": email.state == QueuedEmail.State.SENT}


def _closing(member: User) -> Iterator[Row]:
    for closing in AccountClosing.objects.filter(member=member):
        yield {"asked": closing.asked_at, "closes": closing.closes_at, "empties": closing.empties_messages}


def _downloads(member: User) -> Iterator[Row]:
    for download in Download.objects.filter(member=member):
        yield {"when": download.asked_at, "fetched": download.fetched_at}


register(
    "profile",
    gettext_lazy("Profile and settings"),
    gettext_lazy("Who you are here, and how you set up this site."),
    "members.User.id", "members.User.email", "members.User.sign_in_name", "members.User.sign_in_key", "members.User.mailbox_owner",
    "members.User_groups.user",
    "members.DoNotWrite.address_hash", "account.EmailAddress.user", "account.EmailAddress.email",
    fields={
        "name": Field(gettext_lazy("Name")),
        "sign_in_name": Field(gettext_lazy("Sign-in name")),
        "email": Field(gettext_lazy("E-mail address")),
        "confirmed": Field(gettext_lazy("Address confirmed"), Shape.YES),
        "shares_mailbox": Field(gettext_lazy("Shares its mailbox with another account"), Shape.YES),
        "left_alone": Field(gettext_lazy("Asked for no more invitations"), Shape.YES),
        "joined": Field(gettext_lazy("Joined"), Shape.MOMENT),
        "roles": Field(gettext_lazy("Roles")),
        "drawing": Field(gettext_lazy("Picture")),
        "time_zone": Field(gettext_lazy("Time zone")),
        "welcomes": Field(gettext_lazy("May be named to newcomers"), Shape.YES),
        "cover": Field(gettext_lazy("Cover the page")),
        "leaves_by_keys": Field(gettext_lazy("Leave quickly with the Shift key"), Shape.YES),
        "read_aloud": Field(gettext_lazy("New messages read aloud")),
        "enter_key": Field(gettext_lazy("The Enter key")),
        "shows_writing": Field(gettext_lazy("Others see when you are writing"), Shape.YES),
    },
    rows=_profile,
    rank=0,
)  # fmt: skip
register(
    "agreed",
    gettext_lazy("What you agreed to"),
    gettext_lazy("Each version of the site's text, and when you agreed to it."),
    "members.Consent.member",
    fields={
        "when": WHEN,
        "version": Field(gettext_lazy("Version"), Shape.NUMBER),
        "text": Field(gettext_lazy("Text"), Shape.WORDS),
    },
    rows=_agreed,
    rank=5,
)
register(
    "devices",
    gettext_lazy("Devices"),
    gettext_lazy("Where you are signed in."),
    "members.Device.member",
    fields={"device": Field(gettext_lazy("Device")), "used": Field(gettext_lazy("Last used"), Shape.MOMENT)},
    rows=_devices,
)
register(
    "earlier_names",
    gettext_lazy("Names you had"),
    gettext_lazy("Other names that you had here. Some messages from then still say them."),
    "members.EarlierName.member",
    fields={"name": Field(gettext_lazy("Name")), "until": Field(gettext_lazy("Until"), Shape.MOMENT)},
    rows=_earlier_names,
)
register(
    "addresses",
    gettext_lazy("Changes of your address"),
    gettext_lazy("Other e-mail addresses that were asked for."),
    "members.AddressChange.member", "members.AddressChange.email",
    fields={
        "when": WHEN,
        "email": Field(gettext_lazy("E-mail address")),
        "confirmed": Field(gettext_lazy("Confirmed"), Shape.MOMENT),
        "stopped": Field(gettext_lazy("Stopped"), Shape.MOMENT),
        "counts": Field(gettext_lazy("Counts since"), Shape.MOMENT),
    },
    rows=_addresses,
)  # fmt: skip
register(
    "invitations",
    gettext_lazy("Invitations"),
    gettext_lazy("How you were invited to this site."),
    "members.Invitation.email", "members.Invitation.member",
    fields={
        "when": WHEN,
        "email": Field(gettext_lazy("E-mail address")),
        "role": Field(gettext_lazy("Role")),
        "cohort": Field(gettext_lazy("Invited together with")),
        "answered": Field(gettext_lazy("Answered"), Shape.MOMENT),
    },
    rows=_invitations,
)  # fmt: skip
register(
    "welcoming",
    gettext_lazy("Saying hello"),
    gettext_lazy("Newcomers whom you were asked to welcome, by the name under which they were invited together."),
    "members.Cohort.buddy",
    fields={"cohort": Field(gettext_lazy("Invited together")), "since": Field(gettext_lazy("Since"), Shape.MOMENT)},
    rows=_welcoming,
)
register(
    "sign_in_help",
    gettext_lazy("Help with signing in"),
    gettext_lazy("What staff changed about how you sign in."),
    "members.SignInHelp.member",
    fields={
        "when": WHEN,
        "what": Field(gettext_lazy("What")),
        "why": Field(gettext_lazy("Why"), Shape.WORDS),
        "read": Field(gettext_lazy("Read"), Shape.MOMENT),
    },
    rows=_helped,
)
register(
    "record",
    gettext_lazy("What was noted"),
    gettext_lazy("That something was done, by you or with your account, and when."),
    "kit.AuditEntry.actor", "kit.AuditEntry.target",
    fields={"when": WHEN, "what": Field(gettext_lazy("What")), "by_you": Field(gettext_lazy("By you"), Shape.YES)},
    rows=_noted,
    days="when",
)  # fmt: skip
register(
    "emails",
    gettext_lazy("E-mails"),
    gettext_lazy("What was sent to you. Its words are not kept."),
    "kit.QueuedEmail.about",
    fields={"when": WHEN, "what": Field(gettext_lazy("What")), "sent": Field(gettext_lazy("Sent"), Shape.YES)},
    rows=_emails,
)
register(
    "downloads",
    gettext_lazy("Copies of your things"),
    gettext_lazy("When you asked for a copy like this one."),
    "downloads.Download.member",
    fields={"when": WHEN, "fetched": Field(gettext_lazy("Downloaded"), Shape.MOMENT)},
    rows=_downloads,
)
register(
    "closing",
    gettext_lazy("Closing your account"),
    gettext_lazy("When your account closes, and what becomes of your messages."),
    "members.AccountClosing.member",
    fields={
        "asked": Field(gettext_lazy("Asked for"), Shape.MOMENT),
        "closes": Field(gettext_lazy("Closes"), Shape.MOMENT),
        "empties": Field(gettext_lazy("Your messages are emptied"), Shape.YES),
    },
    rows=_closing,
)
