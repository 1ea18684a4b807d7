from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0009_more_drawings'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='aloud',
            field=models.CharField(choices=[('all', 'all of them'), ('mentions', 'only those that mention me'), ('none', 'none of them')], default='all', max_length=10, verbose_name='new messages read aloud'),
        ),
        migrations.AddField(
            model_name='user',
            name='enter_key',
            field=models.CharField(choices=[('device', 'sends, but not on a phone'), ('sends', 'always sends'), ('new_line', 'always makes a new line')], default='device', max_length=10, verbose_name='the Enter key'),
        ),
        migrations.AddField(
            model_name='user',
            name='shows_writing',
            field=models.BooleanField(default=True, verbose_name='others see when I am writing'),
        ),
    ]
