from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0008_roles_and_editions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='user',
            name='drawing',
            field=models.CharField(blank=True, choices=[('cup', 'Cup'), ('kettle', 'Kettle'), ('loaf', 'Loaf'), ('chair', 'Chair'), ('lamp', 'Lamp'), ('window', 'Window'), ('key', 'Key'), ('coat', 'Coat'), ('shoe', 'Shoe'), ('book', 'Book'), ('leaf', 'Leaf'), ('bench', 'Bench'), ('boat', 'Boat'), ('path', 'Path'), ('door', 'Door'), ('stairs', 'Stairs'), ('table', 'Table'), ('bed', 'Bed'), ('clock', 'Clock'), ('calendar', 'Calendar'), ('phone', 'Phone'), ('letter', 'Letter'), ('pencil', 'Pencil'), ('umbrella', 'Umbrella'), ('bicycle', 'Bicycle'), ('house', 'House')], max_length=10),
        ),
    ]
