"""One spelling of every address. Who shares a mailbox with somebody becomes a twin (members.twins) and goes on signing in."""

import logging
from collections import defaultdict

from django.db import migrations
from django.db.models import F
from django.utils import timezone

from community.kit.text.addresses import canonical
from community.kit.errors import Refused


def spell(address):
    """The canonical address; one that is none was never reached, and stays as it is."""
    try:
        return canonical(address)
    except Refused:
        return address


def spell_accounts(apps):
    User, EmailAddress = apps.get_model("members", "User"), apps.get_model("account", "EmailAddress")

    def put(member, address):
        EmailAddress.objects.filter(user_id=member.pk, email=member.email).update(email=address)
        User.objects.filter(pk=member.pk).update(email=address)
        member.email = address

    sharing, twins = defaultdict(list), 0
    for member in User.objects.only("email").order_by("-is_active", F("last_login").desc(nulls_last=True), "-joined_at"):
        sharing[spell(member.email)].append(member)
    for address, (last, *others) in sharing.items():
        if last.email != address:
            former, holder = last.email, next((other for other in others if other.email == address), None)
            if holder:
                put(holder, f"{holder.pk}@twin.invalid")
            put(last, address)
            if holder:
                put(holder, former)
        twins += User.objects.filter(pk__in=[other.pk for other in others]).update(twin_of=last.pk)
    if twins:
        logging.getLogger("mainstay").warning("Accounts that share a mailbox with another: %s. They are named under /staff/people/twins/.", twins)


def spell_invitations(apps):
    """Of open ones to one mailbox the last that can still be answered stays open."""
    Invitation = apps.get_model("members", "Invitation")
    open_ones, now = defaultdict(list), timezone.now()
    for invitation in Invitation.objects.filter(answered_at=None, revoked_at=None).order_by("sent_at"):
        open_ones[spell(invitation.email)].append(invitation)
    for sharing in open_ones.values():
        stays = max(sharing, key=lambda each: (each.expires_at > now, each.bounced_at is None, each.sent_at))
        Invitation.objects.filter(pk__in=[each.pk for each in sharing if each != stays]).update(revoked_at=now)
    spell_column(Invitation, "email")


def spell_column(model, field):
    for key, address in model.objects.values_list("pk", field):
        if address != (spelled := spell(address)):
            model.objects.filter(pk=key).update(**{field: spelled})


def spell_all(apps, schema_editor):
    spell_accounts(apps)
    spell_invitations(apps)
    spell_column(apps.get_model("members", "AddressChange"), "email")
    spell_column(apps.get_model("kit", "KeptLetter"), "to")


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0011_twins"),
        ("kit", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]
    operations = [migrations.RunPython(spell_all, migrations.RunPython.noop)]
