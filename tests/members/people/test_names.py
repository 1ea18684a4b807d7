"""Names: one cannot pass for another, and nobody passes for staff."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from community.centre.models import Centre
from community.members.models import User
from community.members.people.names import check_name

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


@pytest.mark.parametrize(
    "taken, name",
    [
        ("Bob", "B0b"), ("Morna", "Moma"), ("Vivian", "Vivlan"), ("Ольга", "Oльга"), ("Ольга", "ОЛЬГА"), ("Вова", "вова"), ("Bob", "Воb"),
        ("Steve", "S t 3 v 3"),
        ("Зина", "3ина"),
        ("Γιάννης", "ΓΙΆΝΝΗΣ"), ("Ivan", "Iνan"), ("Bjørn", "Bjo\u0338rn"), ("Łukasz", "Lukasz"), ("Nina", "ΝΙΝΑ"), ("محمد", "مُحَمَّد"),
        ("דנה", "דָּנָה"), ("ニコ", "二コ"), ("タカ", "ﾀｶ"), ("ガク", "ｶﾞｸ"), ("김민수", "김민수"),
        ("क़मर", "\u0958मर"), ("辻", "辻\U000e0100"),
        ("می‌نا", "مینا"), ("Sam", "Sam 👩‍💻"), ("ﻡﻱﻥﺍ", "مينا"),
    ],
)  # fmt: skip
def test_pairs_that_the_eye_mixes_up_are_one_name(alice, taken, name):
    alice.name = taken
    alice.save()
    assert "looks like it" in refused(name)


@pytest.mark.parametrize(
    "taken, name",
    [
        ("मीना", "मोना"), ("मीना", "मन"), ("मीना", "मिना"), ("राम", "रामा"), ("अंक", "अक"), ("दुःख", "दुख"),
        ("রীনা", "রানা"), ("மீனா", "மோனா"),
        ("మీనా", "మోనా"), ("ಮೀನಾ", "ಮೋನಾ"), ("മീന", "മോന"), ("ਮੀਨਾ", "ਮੋਨਾ"), ("મીના", "મોના"),
        ("මීනා", "මෝනා"), ("นิด", "นัด"), ("น้ำ", "นำ"),
        ("ນິດ", "ນັດ"), ("មីនា", "មុនា"), ("မီနာ", "မိုနာ"), ("はな", "ばな"), ("ばな", "ぱな"),
        ("각아", "가가"), ("악가", "아까"), ("민수", "민서"),
        ("ދީމާ", "ދޫމާ"), ("ሰላም", "ሰሎም"), ("བསོད", "བསུད"), ("محمد", "محمود"), ("דנה", "דינה"), ("Нина", "Инна"), 
        ("Вера", "Бера"), ("Азат", "Аеат"), ("李明", "李朋"),
    ],
)  # fmt: skip
def test_names_that_differ_by_a_letter_or_a_mark_are_two(alice, taken, name):
    """A rule made for accents that takes the vowels of a script for such."""
    alice.name = taken
    alice.save()
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["Staff", "staff maria", "Maria Staff", "Admin", "4dmin Joe Admin", "ADM1N", "Аdmin", "Moderator 2",
      "The Moderator", "Facilitator Ann", "Mainstay", "Mainstay Help", "S u p p o r t", "Support", "Official Sam", "Publisher",
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
    "name",
    ["Adam", "Robin", "Staffan", "Stafford", "Modesty", "José", "Zoë K.", "李明", "Ольга", "O'Brien", "J.", "7", "राम", "प्रिया", "สมชาย",
     "می\u200cنا", "कु\u0937\u094d\u200dण", "ශ්\u200dරී", "র\u200d্যাচেল", "ന്\u200d മ", "Mia 👩\u200d💻",
     "Sam 🏳️\u200d🌈", "Kim 👨🏽\u200d⚕️",
     "Jo 🧑🏿\u200d🤝\u200d🧑🏻", "Pat 🙂\u200d↔️",
     "Flo 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "Bo 🫩", "Em ❤️\u200d🔥",
     "Lu 1️⃣", "葛\U000e0100城", "שָּׁנָה", "김" * 25, "ت" * 30, "ᠰᠠᠷ\u180eᠠ"],
)  # fmt: skip
def test_ordinary_names_are_welcome(ada, name):
    """A rule against impostors must not turn people away."""
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "   ", "\u3164", "🙂", "---", "\u202eniboR", "Ro\x00bin", "R" * 31, "Z" + "\u0335" * 8,
     "\ufdfa" * 20, "a\u2066b", "👩\u200d💻", "\u0301",
     "\u093e", "Ro\u200dbin", "Ro\u200cbin", "\u200dRobin", "Robin\u200d", "राम\u200d", "می\u200c",
     "مر\u200cد", "Ada 👩\u200d", "Ada \u200d💻",
     "Ada\U000e0067", "Robin\ufe00", "ก" + "ิ" * 8, "\u115f", "a\u2800b", "\u00ad", "Ro\ufeffbin", "Ro\u2060bin"],
)  # fmt: skip
def test_a_name_that_cannot_be_read_is_refused(name):
    """Invisible, endless and turned-round names break every list that they stand in."""
    assert refused(name)


def test_spaces_are_tidied_and_ones_own_name_may_stay(alice):
    assert check_name("  Robin   B ") == "Robin B"
    assert check_name("ALICE", member=alice) == "ALICE"


def test_keys_are_made_anew_and_nobody_loses_a_name(alice, bob, faye):
    """An upgrade that stops where two names now look alike, or where one's new key is another's old one."""
    for member, name, key in ((alice, "Łukasz", "łukasz"), (bob, "Lukasz", "lukasz"), (faye, "मीना", "मन")):
        User.objects.filter(pk=member.pk).update(name=name, name_key=key)
    import_module("community.members.migrations.0013_name_keys").recompute(apps, None)
    assert dict(User.objects.values_list("name", "name_key")) == {"Łukasz": "lukasz", "Lukasz": "lukasz 2", "मीना": "मीना"}


def test_two_who_had_their_names_before_they_looked_alike_keep_them(alice, bob, client_of):
    """A newer rule that takes a name away, or that lets a third person have it when one of the two goes."""
    User.objects.filter(pk=alice.pk).update(name="Łukasz", name_key="lukasz")
    User.objects.filter(pk=bob.pk).update(name="Lukasz", name_key="lukasz 2")
    for member, name in ((alice, "Łukasz"), (bob, "Lukasz")):
        member.refresh_from_db()
        member.save()
        page = client_of(member).post("/me/", {"name": name, "drawing": "cup", "time_zone": "UTC"}, follow=True)
        assert "Saved." in page.content.decode()
        member.refresh_from_db()
        assert (member.name, member.drawing) == (name, "cup")
    alice.name = "Robin"
    alice.save()
    assert "looks like it" in refused("LUKASZ")
