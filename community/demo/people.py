"""The people of the demo, each marked as made up."""

import datetime as dt

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils import timezone

from community.centre.models import Centre
from community.members.models import Consent, ConsentText, User

from . import data


def make_people(centre: Centre) -> dict[str, User]:
    """Make everybody, with consent given and their address confirmed; only who is printed can sign in. Return them by key."""
    consent = ConsentText.objects.order_by("-version").first()
    known = make_password(data.password())  # made once: a good hash takes its time
    people = {}
    for key, entry in data.people().items():
        person = User.objects.create_user(
            email=entry.get("email"),
            sign_in=entry.get("sign_in_name", ""),
            name=entry["name"],
            time_zone=centre.time_zone,
            drawing=entry.get("picture", ""),
            is_demo=True,
            joined_at=timezone.now() - dt.timedelta(days=entry["ago"]),
        )
        if "sign_in" in entry:
            User.objects.filter(pk=person.pk).update(password=known)
        if person.email:
            EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        if consent:
            Consent.objects.create(member=person, text=consent)
        if role := entry.get("role"):
            person.groups.add(Group.objects.get(name=role))
        people[key] = person
    return people
