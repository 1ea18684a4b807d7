"""Every column that holds a person's id or address is named in members/personal_data.py, and what is said of it is true."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.db import models
from django.test.utils import isolate_apps

from community.backups import tables
from community.members.models import User
from community.members.personal_data import COLUMNS, Closing, Erasure, Export, Held
from groups.chat.models import Participant
from groups.peers.models import JoinRequest, Membership
from tests.house.robin import ADDRESS, SIGN_IN, SIGN_IN_KEY, WANTED, Traces, make_robin, traces_of
from tests.house.tree import ROOT
from tests.worlds import from_the_world, lasting

pytestmark = pytest.mark.postgresql

MARKS = (ADDRESS, WANTED, SIGN_IN, SIGN_IN_KEY)
ERASES = {models.CASCADE: Erasure.DELETED, models.SET_NULL: Erasure.UNNAMED, models.DO_NOTHING: Erasure.LEFT}
# By which rows one sees that they are over.
OVER = {
    "chat.Participant.member": Participant.objects.exclude(left_version=None).filter(draft="", drafted_at=None),
    "peers.Membership.member": Membership.objects.exclude(ended_at=None),
    "peers.JoinRequest.member": JoinRequest.objects.exclude(state__in=JoinRequest.OPEN),
}


def pointing_at_people(registry: Apps) -> Iterator[tuple[str, Any]]:
    """The keys to a person in all tables, those of third parties and those between two tables included."""
    for model in registry.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if field.remote_field and issubclass(field.remote_field.model, User):
                yield f"{model._meta.label}.{field.name}", field


def faults(registry: Apps, columns: dict[str, Held]) -> list[str]:
    """What the list leaves out, what it names and is not there, and where it says otherwise than the key does."""
    keys = dict(pointing_at_people(registry))
    there = {f"{model._meta.label}.{field.name}" for model in tables.of(registry) for field in model._meta.local_concrete_fields}
    missing = [f"{column} is not listed" for column in keys if column not in columns]
    gone = [f"{column} is no column" for column in columns if column not in there]
    other = [
        f"{column}: {columns[column].erasure}" for column, key in keys.items() if column in columns and not erases(key, columns[column])
    ]
    return sorted(missing + gone + other)


def erases(key: Any, held: Held) -> bool:
    return ERASES.get(key.remote_field.on_delete) is held.erasure


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with lasting(django_db_blocker, make_robin):
        yield


robin, ada = map(from_the_world, ("robin", "ada"))


def test_every_key_to_a_person_is_listed_and_does_what_the_list_says() -> None:
    """A new table that keeps something of people, and nobody had to say what becomes of it when they go."""
    assert faults(apps, COLUMNS) == []


@isolate_apps("tests")
def test_a_new_one_is_found_and_one_that_is_gone_too() -> None:
    """A walk that sees no more than the keys it was written for."""

    class Wish(models.Model):  # noqa: DJ008  (no row of it is ever shown)
        whose = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="+")
        of = models.ManyToManyField(User, related_name="+")
        heard_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

        class Meta:
            app_label = "tests"

    own = Wish._meta.apps
    assert faults(own, {}) == ["tests.Wish.heard_by is not listed", "tests.Wish.whose is not listed", "tests.Wish_of.user is not listed"]
    held = Held("A wish.", Closing.KEPT, Erasure.DELETED, Export.DID)
    columns = dict.fromkeys(("tests.Wish.whose", "tests.Wish.heard_by", "tests.Wish_of.user", "tests.Wish.granted_by"), held)
    assert faults(own, columns) == ["tests.Wish.granted_by is no column", "tests.Wish.heard_by: Erasure.DELETED"]


def test_in_a_full_world_nothing_of_somebody_is_elsewhere(robin: User) -> None:
    """An id or an address without a key: in JSON, in a text, within what is sealed. And a column that the list has for nothing."""
    filled = {column for column, held in COLUMNS.items() if held.closing is not Closing.UNUSED}
    assert set(traces_of(robin, *MARKS)) == filled


def test_closing_does_what_the_list_says(robin: User, ada: User, client_of: Any) -> None:
    """A row that stays behind where deletion is promised, and one that is gone where it should stay."""
    before = traces_of(robin, *MARKS)
    close(robin, client_of(ada))
    assert untrue(before, traces_of(robin, *MARKS), "closing") == []


def test_erasing_what_is_closed_does_what_the_list_says(robin: User, ada: User, client_of: Any) -> None:
    """Words that go with their author's account though others have answered them. The address is an heir's by then."""
    close(robin, client_of(ada))
    before = traces_of(robin)
    User.objects.get(pk=robin.pk).delete()
    assert untrue(before, traces_of(robin), "erasure") == []


def close(person: User, client: Any) -> None:
    assert client.post(f"/staff/people/{person.pk}/close/").status_code == 302


def untrue(before: Traces, after: Traces, answer: str) -> list[str]:
    """The columns of which the list gives another `answer` than what became of the rows where something was found `before`."""
    wrong = []
    for column, rows in before.items():
        said, stands, there = getattr(COLUMNS[column], answer), rows & after.get(column, set()), rows & keys_of(column)
        true = {
            Closing.KEPT: stands == rows,
            Closing.ENDED: stands == rows and is_over(column, rows),
            Closing.EMPTIED: there == rows and not stands,
            Closing.DELETED: not there,
            Erasure.DELETED: not there,
            Erasure.UNNAMED: there and not stands,
            Erasure.LEFT: stands == rows,
        }
        wrong += [] if true.get(said) else [f"{column}: not {said.value!r}"]
    return wrong


def is_over(column: str, rows: set[Any]) -> bool:
    return column in OVER and OVER[column].filter(pk__in=rows).count() == len(rows)


def keys_of(column: str) -> set[Any]:
    """The keys of all rows of a column's table, as `traces_of` gives them."""
    model = apps.get_model(column.rpartition(".")[0])
    return {str(key) if isinstance(model._meta.pk, models.UUIDField) else key for key in model._base_manager.values_list("pk", flat=True)}


def table() -> list[str]:
    """The list, as docs/personal-data.md has it."""
    lines = ["| column | what it holds | closing | erasing | export |", "| --- | --- | --- | --- | --- |"]
    for column, held in sorted(COLUMNS.items()):
        lines.append(f"| `{column}` | {held.what} | {held.closing.value} | {held.erasure.value} | {held.export.value} |")
    return lines


def test_the_docs_hold_the_same_list() -> None:
    """A list on paper that nobody keeps in step."""
    listed = re.findall(r"^\|.*\|$", (ROOT / "docs/personal-data.md").read_text(), re.M)
    assert listed == table()
