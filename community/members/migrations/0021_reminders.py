import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import community.kit.ids


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0020_coordinator'),
    ]

    operations = [
        migrations.CreateModel(
            name='DoNotWrite',
            fields=[
                ('id', models.UUIDField(default=community.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('address_hash', models.CharField(max_length=32, unique=True)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddField(
            model_name='cohort',
            name='without_reminders',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='invitation',
            name='without_reminders',
            field=models.BooleanField(null=True),
        ),
        migrations.AlterField(
            model_name='invitation',
            name='without_reminders',
            field=models.BooleanField(default=False, null=True),
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.UUIDField(default=community.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('days', models.PositiveSmallIntegerField()),
                ('key_hash', models.CharField(max_length=64, unique=True)),
                ('sent_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('invitation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='members.invitation')),
            ],
            options={
                'ordering': ['sent_at'],
                'constraints': [models.UniqueConstraint(fields=('invitation', 'days'), name='each_reminder_once')],
            },
        ),
    ]
