from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0002_reviews'),
    ]

    operations = [
        migrations.AddField(
            model_name='articlepage',
            name='drawing',
            field=models.CharField(blank=True, choices=[('cup', 'Cup'), ('kettle', 'Kettle'), ('loaf', 'Loaf'), ('chair', 'Chair'), ('lamp', 'Lamp'), ('window', 'Window'), ('key', 'Key'), ('coat', 'Coat'), ('shoe', 'Shoe'), ('book', 'Book'), ('leaf', 'Leaf'), ('bench', 'Bench'), ('boat', 'Boat'), ('path', 'Path'), ('door', 'Door'), ('stairs', 'Stairs'), ('table', 'Table'), ('bed', 'Bed'), ('clock', 'Clock'), ('calendar', 'Calendar'), ('phone', 'Phone'), ('letter', 'Letter'), ('pencil', 'Pencil'), ('umbrella', 'Umbrella'), ('bicycle', 'Bicycle'), ('house', 'House')], help_text='Shown above the article and next to it in the list. It is decoration: put what matters into words.', max_length=10, verbose_name='drawing'),
        ),
    ]
