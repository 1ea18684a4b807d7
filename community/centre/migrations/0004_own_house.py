import community.centre.branding.colors
import community.centre.branding.logo
import community.centre.models
import community.centre.zones
import django.core.validators
import django.db.models.deletion
import modelcluster.fields
from django.db import migrations, models


def lines_to_rows(apps, schema_editor):
    """A line that a centre gave becomes the first of its list; nobody knows when it was checked."""
    for centre in apps.get_model("centre", "Centre").objects.exclude(line_number=""):
        apps.get_model("centre", "OwnLine").objects.create(
            centre=centre, name=centre.line_name, number=centre.line_number, hours=centre.line_hours, sort_order=0
        )


def rows_to_lines(apps, schema_editor):
    """Back: the first line that can be rung; there was no place for others."""
    for centre in apps.get_model("centre", "Centre").objects.all():
        line = apps.get_model("centre", "OwnLine").objects.filter(centre=centre).exclude(number="").order_by("sort_order").first()
        if line:
            centre.line_name, centre.line_number, centre.line_hours = line.name, line.number, line.hours
            centre.save()


class Migration(migrations.Migration):

    dependencies = [
        ('centre', '0003_adults_only'),
    ]

    operations = [
        migrations.AddField(
            model_name='centre',
            name='accent_dark',
            field=models.CharField(blank=True, max_length=7, validators=[community.centre.branding.colors.accent_on_dark], verbose_name='second color, dark'),
        ),
        migrations.AddField(
            model_name='centre',
            name='accent_light',
            field=models.CharField(blank=True, max_length=7, validators=[community.centre.branding.colors.accent_on_light], verbose_name='second color, light'),
        ),
        migrations.AddField(
            model_name='centre',
            name='keep_audit',
            field=models.PositiveIntegerField(default=365, help_text="How many days after it was done. It's also used to count what may be done only so often.", validators=[django.core.validators.MinValueValidator(30), django.core.validators.MaxValueValidator(3650)], verbose_name='the list of who did what and when, without the words'),
        ),
        migrations.AddField(
            model_name='centre',
            name='keep_drafts',
            field=models.PositiveIntegerField(default=30, help_text='How many days after they last changed it. ', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)], verbose_name="what somebody began to write and didn't send"),
        ),
        migrations.AddField(
            model_name='centre',
            name='keep_invitations',
            field=models.PositiveIntegerField(default=42, help_text='How many days after they ran out or were taken back. They also count how many e-mails an address got.', validators=[django.core.validators.MinValueValidator(30), django.core.validators.MaxValueValidator(3650)], verbose_name='invitations that nobody answered, with their address'),
        ),
        migrations.AddField(
            model_name='centre',
            name='keep_letters',
            field=models.PositiveIntegerField(default=30, help_text='How many days after it was written. ', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)], verbose_name='that an e-mail was sent; where no mail server is set, the e-mail itself'),
        ),
        migrations.AddField(
            model_name='centre',
            name='keep_memberships',
            field=models.PositiveIntegerField(default=365, help_text='How many days after they left. People whom a facilitator removed stay noted for as long as the group exists, so that its door stays closed to them.', validators=[django.core.validators.MinValueValidator(30), django.core.validators.MaxValueValidator(3650)], verbose_name='that somebody was in a group that they left'),
        ),
        migrations.AddField(
            model_name='centre',
            name='keep_reports',
            field=models.PositiveIntegerField(default=180, help_text='How many days after they were decided. ', validators=[django.core.validators.MinValueValidator(30), django.core.validators.MaxValueValidator(3650)], verbose_name="reports, with their copy of the messages and the moderator's note to the author"),
        ),
        migrations.AddField(
            model_name='centre',
            name='logo',
            field=community.centre.branding.logo.LogoField(blank=True, help_text="PNG, JPEG or WebP, at most 1 MB. It's redrawn, at most 96 pixels high, and shown to everybody beside the name: it must say no more than the name does.", upload_to='centre', verbose_name='logo'),
        ),
        migrations.AddField(
            model_name='centre',
            name='logo_alt',
            field=models.CharField(blank=True, help_text="For people who can't see it. Leave it empty if the logo only repeats the name, which is beside it.", max_length=100, verbose_name='what the logo shows'),
        ),
        migrations.AddField(
            model_name='centre',
            name='logo_dark',
            field=community.centre.branding.logo.LogoField(blank=True, help_text='Without one, the logo is on a light background there.', upload_to='centre', verbose_name='logo on dark screens'),
        ),
        migrations.AddField(
            model_name='centre',
            name='primary_dark',
            field=models.CharField(blank=True, max_length=7, validators=[community.centre.branding.colors.primary_on_dark], verbose_name='main color, dark'),
        ),
        migrations.AddField(
            model_name='centre',
            name='primary_light',
            field=models.CharField(blank=True, max_length=7, validators=[community.centre.branding.colors.primary_on_light], verbose_name='main color, light'),
        ),
        migrations.AlterField(
            model_name='centre',
            name='name',
            field=models.CharField(default='Mainstay', help_text='Shown in tabs, e-mails and on phones. It must say nothing about recovery or treatment.', max_length=60, validators=[community.centre.models.neutral], verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='centre',
            name='time_zone',
            field=models.CharField(choices=community.centre.zones.zone_choices, default='UTC', help_text='For guests and newcomers. Each member can choose another.', max_length=60, verbose_name='time zone'),
        ),
        migrations.CreateModel(
            name='OwnLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('name', models.CharField(blank=True, help_text="Without one it goes by the center's name.", max_length=80, verbose_name='name')),
                ('number', models.CharField(blank=True, max_length=30, validators=[django.core.validators.RegexValidator('^\\+?[0-9][0-9 ()\\-]{1,24}$', 'Write a phone number: digits, spaces, parentheses and hyphens.')], verbose_name='number to call')),
                ('text', models.CharField(blank=True, max_length=30, validators=[django.core.validators.RegexValidator('^\\+?[0-9][0-9 ()\\-]{1,24}$', 'Write a phone number: digits, spaces, parentheses and hyphens.')], verbose_name='number for text messages')),
                ('hours', models.CharField(blank=True, help_text='For example: day and night.', max_length=80, verbose_name='when somebody answers')),
                ('checked', models.DateField(blank=True, help_text='The day when somebody last called or texted it and got an answer.', null=True, verbose_name='last checked')),
                ('centre', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='centre.centre')),
            ],
            options={
                'verbose_name': 'line of your own',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.RunPython(lines_to_rows, rows_to_lines),
        migrations.RemoveField(
            model_name='centre',
            name='line_hours',
        ),
        migrations.RemoveField(
            model_name='centre',
            name='line_name',
        ),
        migrations.RemoveField(
            model_name='centre',
            name='line_number',
        ),
    ]
