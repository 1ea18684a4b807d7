import community.members.models
import wagtail.models.preview
from django.db import migrations, models

from community.members.foundation import lay_roles


def make(apps, schema_editor):
    """The reviewer's group, on a site that has the others already."""
    lay_roles(apps.get_model("auth", "Group"))


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0007_signing_in'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='ConsentDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.TextField(default=community.members.models._present_text, verbose_name='text')),
            ],
            options={
                'verbose_name': 'what newcomers agree to',
            },
            bases=(wagtail.models.preview.PreviewableMixin, models.Model),
        ),
        migrations.AlterField(
            model_name='invitation',
            name='role',
            field=models.CharField(blank=True, choices=[('publisher', 'Publisher'), ('reviewer', 'Reviewer'), ('moderator', 'Moderator'), ('admin', 'Admin')], max_length=20),
        ),
        migrations.RunPython(make, migrations.RunPython.noop),
    ]
