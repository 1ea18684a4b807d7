from django.db import migrations, models

import community.centre.word_hints


class Migration(migrations.Migration):

    dependencies = [
        ('centre', '0010_review_months_compatible'),
    ]

    operations = [
        migrations.AddField(
            model_name='centre',
            name='listed_words',
            field=models.TextField(blank=True, db_default='', default='', help_text='Pointed out to those who write articles, who can save all the same. One line each: words with commas between them, a colon, and what to say in their place. Leave it empty for the list that comes with Mainstay.', validators=[community.centre.word_hints.one_to_a_line], verbose_name='words to say otherwise'),
        ),
    ]
