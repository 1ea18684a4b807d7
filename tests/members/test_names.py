"""Names: one cannot pass for another, and nobody passes for staff."""

import pytest
from django.core.exceptions import ValidationError

from community.centre.models import Centre
from community.members.names import check_name

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def refused(name, **options):
    try:
        check_name(name, **options)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


@pytest.mark.parametrize(
    "name", ["Alice", "ALICE", "alice ", "A l i c e", "Аlice", "Al1ce", "Allce", "A-l-i-c-e", "Alíce", "Ａｌｉｃｅ", "Alice\u200b", "Αlicе"]
)
def test_a_name_that_looks_like_anothers_is_refused(alice, name):
    """Case, spaces, accents, digits and letters of other scripts must not make a second Alice."""
    assert "looks like it" in refused(name) or "cannot be seen" in refused(name)


@pytest.mark.parametrize("taken, name", [("Bob", "B0b"), ("Morna", "Moma"), ("Vivian", "Vivlan"), ("Ольга", "Oльга")])
def test_pairs_that_the_eye_mixes_up_are_one_name(alice, taken, name):
    alice.name = taken
    alice.save()
    assert "looks like it" in refused(name)


@pytest.mark.parametrize(
    "name",
    ["Staff", "staff maria", "Maria Staff", "Admin", "4dmin Joe Admin", "ADM1N", "Аdmin", "Moderator 2", "The Moderator", "Facilitator Ann",
     "Mainstay", "Mainstay Help", "S u p p o r t", "Support", "Official Sam", "Publisher",
     "Sam (admin) B", "mod", "Quiet House", "quiethouse.org"],
)  # fmt: skip
def test_a_name_that_passes_for_staff_is_refused(name):
    Centre.objects.update_or_create(pk=1, defaults={"name": "Quiet House"})
    assert "taken for staff" in refused(name)
    assert not refused(name, for_staff=True)


@pytest.mark.parametrize("name", ["Ada", "Ada B.", "Old Ada", "A d a"])
def test_a_name_that_carries_one_of_the_staffs_is_refused(ada, name):
    """ "Ada B." beside the admin Ada would be believed."""
    assert refused(name)


@pytest.mark.parametrize(
    "name", ["Adam", "Robin", "Staffan", "Stafford", "Modesty", "José", "Zoë K.", "李明", "Ольга", "O'Brien", "J.", "7"]
)
def test_ordinary_names_are_welcome(ada, name):
    """A rule against impostors must not turn people away."""
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "   ", "\u3164", "🙂", "---", "\u202eniboR", "Ro\x00bin", "R" * 31, "Z" + "\u0335" * 8, "\ufdfa" * 20, "a\u2066b"]
)
def test_a_name_that_cannot_be_read_is_refused(name):
    """Invisible, endless and turned-round names break every list that they stand in."""
    assert refused(name)


def test_spaces_are_tidied_and_ones_own_name_may_stay(alice):
    assert check_name("  Robin   B ") == "Robin B"
    assert check_name("ALICE", member=alice) == "ALICE"
