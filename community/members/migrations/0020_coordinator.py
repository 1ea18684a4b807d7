from django.db import migrations, models

from community.members.foundation import lay_roles


def make(apps, schema_editor):
    """The coordinators' group, on a site that has the others already."""
    lay_roles(apps.get_model("auth", "Group"))


class Migration(migrations.Migration):
    dependencies = [("members", "0019_closing"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.AlterField(
            model_name="invitation",
            name="role",
            field=models.CharField(
                blank=True,
                choices=[
                    ("publisher", "Publisher"),
                    ("reviewer", "Reviewer"),
                    ("moderator", "Moderator"),
                    ("coordinator", "Coordinator"),
                    ("admin", "Admin"),
                ],
                max_length=20,
            ),
        ),
        migrations.RunPython(make, migrations.RunPython.noop),
    ]
