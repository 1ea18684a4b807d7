from django.db import migrations
from django.utils import timezone


def close_again(apps, schema_editor):
    """Accounts that an earlier release closed still have their names: the worker closes them once more, which takes them out everywhere."""
    now, closings = timezone.now(), apps.get_model("members", "AccountClosing").objects
    closed = apps.get_model("members", "User").objects.filter(is_active=False, closing=None).values_list("pk", flat=True)
    closings.bulk_create([closings.model(member_id=pk, asked_at=now, closes_at=now) for pk in closed])


class Migration(migrations.Migration):
    dependencies = [("members", "0022_ways_back")]

    operations = [migrations.RunPython(close_again, migrations.RunPython.noop)]
