"""The cast itself: if these fail, every other test is about something else than it says."""

import pytest
from django.contrib.auth import authenticate
from django.db import connection
from wagtail.models import Page, Site

from tests.cast import PASSWORD


def test_the_cast_can_sign_in_with_its_password(alice, ada):
    assert authenticate(None, email="alice@example.org", password=PASSWORD) == alice
    assert ada.is_staff and not alice.is_staff


@pytest.mark.parametrize("time", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_starts_from_a_whole_site(time, alice):
    """A flush would leave the second run without Wagtail's root page."""
    assert Page.objects.filter(depth=1).exists() and Site.objects.exists()
    Page.objects.all().delete()
    assert not connection.in_atomic_block


def test_the_group_is_alices_and_bobs(group, channel, alice, bob, charlie):
    assert {member.pk for member in (alice, bob)} < set(channel.participants.current().values_list("member", flat=True))
    assert not channel.participants.filter(member=charlie).exists()


def test_a_hidden_group_is_not_charlies(hidden_group, alice, charlie):
    visible = type(hidden_group).objects.visible_to
    assert visible(alice).filter(pk=hidden_group.pk).exists() and not visible(charlie).filter(pk=hidden_group.pk).exists()
