import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('peers', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='peergroup',
            name='one_open_group_a_name',
        ),
        migrations.AddField(
            model_name='peergroup',
            name='capacity',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='places'),
        ),
        migrations.AddField(
            model_name='peergroup',
            name='past_from',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='peergroup',
            name='door',
            field=models.CharField(choices=[('open', 'Open: every member sees it and may join'), ('ask', 'Ask: every member sees it and may ask a facilitator'), ('invited', 'By invitation: every member sees it, and a facilitator invites'), ('hidden', 'Hidden: only its people and those who are invited know that it exists')], default='open', max_length=10, verbose_name='who may join'),
        ),
        migrations.AlterField(
            model_name='peergroup',
            name='past',
            field=models.CharField(choices=[('all', 'everything that was written before they came'), ('joining', "only what's written after they join")], default='all', max_length=10, verbose_name='newcomers see'),
        ),
        migrations.AddConstraint(
            model_name='peergroup',
            constraint=models.UniqueConstraint(condition=models.Q(('door', 'hidden'), _negated=True), fields=('name',), name='one_listed_group_a_name'),
        ),
        migrations.CreateModel(
            name='Arrival',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(choices=[('asked', 'Asked'), ('waited', 'Waited'), ('invited', 'Invited'), ('suggested', 'Suggested')], max_length=10)),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('waiting', 'Waiting'), ('offered', 'Offered'), ('came', 'Came'), ('taken back', 'Taken Back'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('lapsed', 'Lapsed')], max_length=10)),
                ('line', models.CharField(blank=True, max_length=200)),
                ('answer', models.CharField(blank=True, max_length=200)),
                ('made_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('seen_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='arrivals', to='peers.peergroup')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='arrivals', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['member', 'state'], name='peers_arriv_member__3a10e9_idx')],
                'constraints': [models.UniqueConstraint(fields=('group', 'member'), name='one_arrival_a_group')],
            },
        ),
    ]
