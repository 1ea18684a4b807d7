import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import community.members.people.closing_models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0018_card_numbers'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountClosing',
            fields=[
                ('member', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='closing', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('asked_at', models.DateTimeField()),
                ('closes_at', models.DateTimeField(db_index=True)),
                ('empties_messages', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='ClosedAccount',
            fields=[
                ('id_hash', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('closed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('emptied_messages', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='ReservedName',
            fields=[
                ('key_hash', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('until', models.DateTimeField(db_index=True, default=community.members.people.closing_models.reserved_until)),
            ],
        ),
        migrations.AlterField(
            model_name='user',
            name='name',
            field=models.CharField(max_length=30, verbose_name='name'),
        ),
    ]
