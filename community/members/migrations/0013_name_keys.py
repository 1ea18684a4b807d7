from django.db import migrations

from community.kit.text.names import skeleton


def recompute(apps, schema_editor):
    """Give every name the key of today's rule. Who then looks like somebody who was here before keeps their name, with a number in the key."""
    people = apps.get_model("members", "User").objects
    rows = list(people.order_by("joined_at", "pk").values_list("pk", "name", "name_key"))
    keys, taken = {}, set()
    for pk, name, _old in rows:
        look = skeleton(name)[:110]
        keys[pk] = next(key for n in range(1, len(rows) + 1) if (key := look if n == 1 else f"{look} {n}") not in taken)
        taken.add(keys[pk])
    changed = [pk for pk, _name, old in rows if old != keys[pk]]
    for pk in changed:  # out of the way first: one's new key may be another's old one
        people.filter(pk=pk).update(name_key=f" {pk}")
    for pk in changed:
        people.filter(pk=pk).update(name_key=keys[pk])


class Migration(migrations.Migration):
    """Names are compared by the look-alike table of all scripts, and with the marks that are letters of theirs."""

    dependencies = [("members", "0012_canonical_addresses")]

    operations = [migrations.RunPython(recompute, migrations.RunPython.noop, elidable=True)]
