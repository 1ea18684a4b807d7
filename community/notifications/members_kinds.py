"""What people are notified of about their own account. The room `members` stands below this one, which hears it by signals."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.downloads.models import Download
from community.downloads.seams import gone as download_gone
from community.downloads.seams import ready as download_ready
from community.downloads.seams import seen as downloads_seen
from community.members.models import Consent, ConsentText, Device, SignInHelp, User, WayBack
from community.members.seams import devices_seen, new_browser, policy_published, way_back_used, ways_back_seen

from . import kinds
from .actions import forget_about, mark_read, notify
from .kinds import NotificationKind, Pair, Shown, Transport
from .models import Notification

# ------------------------------------------------- how staff changed their sign-in


def _helped(about: str, actor: UUID | None) -> Iterable[UUID]:
    return SignInHelp.objects.filter(pk=about, read_at=None).values_list("member", flat=True)


def _shown_helps(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
    helps = SignInHelp.objects.filter(pk__in={about for _member, about in pairs})
    members = {str(change): member for change, member in helps.values_list("pk", "member")}
    shown = help_shown()
    return {(member, about): shown for member, about in pairs if members.get(about) == member}


def help_shown() -> Shown:
    """What a member reads of it, in their inbox and on Today."""
    return Shown(_("How you sign in was changed"), _("Staff did it. See what, when and why"), reverse("mfa_index"), "lock")


@receiver(post_save, sender=SignInHelp)
def _note_help(instance: SignInHelp, created: bool, **kwargs: Any) -> None:
    """One that is stored anew is told of; one that is stored again was read by its member."""
    if created:
        notify(HELP.key, instance.pk, actor=instance.actor)
    elif instance.read_at:
        mark_read(instance.member, HELP.key, about=instance.pk)


@receiver(post_delete, sender=SignInHelp)
def _forget_help(instance: SignInHelp, **kwargs: Any) -> None:
    forget_about(instance.pk)


# ------------------------------------------------------------- a new browser


def _signed_in(about: str, actor: UUID | None) -> Iterable[UUID]:
    return Device.objects.filter(pk=about).values_list("member", flat=True)


def _shown_devices(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
    """It is told also when that session has ended, whose device is gone then: perhaps it wasn't the member's."""
    rows = {"about__in": {about for _member, about in pairs}, "member__in": {member for member, _about in pairs}}
    mine = set(Notification.objects.filter(kind=DEVICE.key, **rows).values_list("member", "about"))
    words = {str(device): words for device, words in Device.objects.filter(pk__in=rows["about__in"]).values_list("pk", "words")}
    sentence, ended = _("%(device)s. If that wasn't you, change your password."), _("A device that isn't signed in anymore")
    title, page = _("A new sign-in"), reverse("members:devices")
    return {pair: Shown(title, sentence % {"device": words.get(pair[1], ended)}, page, "lock") for pair in pairs if pair in mine}


OPENING = dt.timedelta(hours=1)  # how long joining may take


@receiver(new_browser)
def _note_browser(device: Device, **kwargs: Any) -> None:
    """Every one but the browser in which the account has just been opened."""
    is_opened = device.member.joined_at < timezone.now() - OPENING
    if is_opened or Device.objects.filter(member=device.member).exclude(pk=device.pk).exists():
        notify(DEVICE.key, device.pk)


@receiver(devices_seen)
def _note_devices_seen(member: User, **kwargs: Any) -> None:
    mark_read(member, DEVICE.key)


# ---------------------------------------------------------- a way back was used


def _came_back(about: str, actor: UUID | None) -> Iterable[UUID]:
    return WayBack.objects.filter(pk=about).exclude(used_at=None).values_list("member", flat=True)


def _shown_ways_back(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
    """It is told also when new ones were made since: perhaps it wasn't the member who did."""
    rows = {"about__in": {about for _member, about in pairs}, "member__in": {member for member, _about in pairs}}
    mine = set(Notification.objects.filter(kind=WAY_BACK.key, **rows).values_list("member", "about"))
    words = _("It lets somebody choose a new password. If that wasn't you, choose another one, and make new ways back.")
    shown = Shown(_("A way back was used"), words, reverse("members:ways_back"), "lock")
    return {pair: shown for pair in pairs if pair in mine}


@receiver(way_back_used)
def _note_way_back(way: WayBack, **kwargs: Any) -> None:
    notify(WAY_BACK.key, way.pk)


@receiver(ways_back_seen)
def _note_ways_back_seen(member: User, **kwargs: Any) -> None:
    mark_read(member, WAY_BACK.key)


# ------------------------------------------------------ a text to agree to anew


def _asked_to_agree(about: str, actor: UUID | None) -> Iterable[UUID]:
    """Who has not agreed to this version, while it is the newest."""
    newest = ConsentText.objects.order_by("-version").defer("body").first()
    if newest is None or str(newest.pk) != about:
        return []
    return User.objects.active().exclude(consents__text=newest).values_list("pk", flat=True)


def _shown_texts(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
    newest = ConsentText.objects.order_by("-version").defer("body").first()
    asked = {(member, about) for member, about in pairs if newest and about == str(newest.pk)}
    agreed = set(Consent.objects.filter(text=newest, member__in={member for member, _about in asked}).values_list("member", flat=True))
    title, words = _("What you agreed to has a new version"), _("Please read it when you can.")
    return {(member, about): Shown(title, words, reverse("members:consent"), "check") for member, about in asked if member not in agreed}


@receiver(policy_published, sender=ConsentText)
def _note_text(version: ConsentText, actor: User, **kwargs: Any) -> None:
    notify(CONSENT.key, version.pk, actor=actor)


@receiver(post_save, sender=Consent)
def _note_consent(instance: Consent, **kwargs: Any) -> None:
    mark_read(instance.member, CONSENT.key, about=instance.text_id)


# ------------------------------------------------------- their things are ready


def _waiting_for_things(about: str, actor: UUID | None) -> Iterable[UUID]:
    return Download.objects.ready().filter(pk=about).values_list("member", flat=True)


def _shown_things(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
    downloads = Download.objects.ready().filter(pk__in={about for _member, about in pairs}).values_list("member", "pk")
    ready = {(member, str(pk)) for member, pk in downloads}
    shown = Shown(_("Your things are ready to download"), _("It is here for seven days."), reverse("downloads:things"), "me")
    return {pair: shown for pair in pairs if pair in ready}


@receiver(download_ready)
def _note_download(download: Download, **kwargs: Any) -> None:
    notify(DOWNLOAD.key, download.pk)


@receiver(downloads_seen)
def _note_download_seen(member: User, **kwargs: Any) -> None:
    mark_read(member, DOWNLOAD.key)


@receiver(download_gone)
def _forget_download(download: Download, **kwargs: Any) -> None:
    forget_about(download.pk)


HELP = NotificationKind("sign_in_help", gettext_lazy("staff change how you sign in"), _shown_helps, _helped)
DEVICE = NotificationKind(
    "sign_in", gettext_lazy("somebody signs in to your account in a new browser"), _shown_devices, _signed_in, is_alarm=True
)
WAY_BACK = NotificationKind("way_back", gettext_lazy("one of your ways back is used"), _shown_ways_back, _came_back, is_alarm=True)
CONSENT = NotificationKind(
    "consent",
    gettext_lazy("what you agreed to has a new version"),
    _shown_texts,
    _asked_to_agree,
    leaves_by=frozenset({Transport.EMAIL}),
)
DOWNLOAD = NotificationKind(
    "download", gettext_lazy("the copy of your things that you asked for is ready"), _shown_things, _waiting_for_things
)
for kind in (HELP, DEVICE, WAY_BACK, CONSENT, DOWNLOAD):
    kinds.register(kind)
