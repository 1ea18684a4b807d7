"""Note on each open invitation that its last letter was given up, which only the letter knew so far."""

from django.db import migrations


def note(apps, schema_editor):
    given_up = apps.get_model("kit", "Letter").objects.filter(letter="invitation", state="failed")
    invitations = apps.get_model("members", "Invitation").objects
    for key, due in given_up.values_list("key", "due"):
        invitations.filter(key_hash=key.removeprefix("invitation "), answered_at=None).update(bounced_at=due)


def forget(apps, schema_editor):
    apps.get_model("members", "Invitation").objects.update(bounced_at=None)


class Migration(migrations.Migration):
    dependencies = [("members", "0005_cohorts_and_drawings"), ("kit", "0001_initial")]
    operations = [migrations.RunPython(note, forget)]
