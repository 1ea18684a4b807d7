from django.db import migrations

from community.members.foundation import lay_roles


def make(apps, schema_editor):
    lay_roles(apps.get_model("auth", "Group"))


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
