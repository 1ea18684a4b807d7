from django.db import migrations

from community.members.foundation import lay_consent_text


def publish(apps, schema_editor):
    lay_consent_text(apps.get_model("members", "ConsentText"), 1)


class Migration(migrations.Migration):
    dependencies = [("members", "0002_role_groups")]
    operations = [migrations.RunPython(publish, migrations.RunPython.noop)]
