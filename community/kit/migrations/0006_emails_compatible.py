from django.db import migrations, models


class Migration(migrations.Migration):
    """Letters are called e-mails. Tables and columns keep their names, so that nothing changes in the database."""

    dependencies = [
        ('kit', '0005_serving'),
        ('members', '0012_canonical_addresses'),  # which reads both models under their former names
    ]

    operations = [
        migrations.AlterModelTable(name='letter', table='kit_letter'),
        migrations.AlterModelTable(name='keptletter', table='kit_keptletter'),
        migrations.RenameModel(old_name='Letter', new_name='QueuedEmail'),
        migrations.RenameModel(old_name='KeptLetter', new_name='OutboxEmail'),
        migrations.AlterField(
            model_name='queuedemail', name='letter', field=models.CharField(db_column='letter', max_length=40),
        ),
        migrations.RenameField(model_name='queuedemail', old_name='letter', new_name='template'),
    ]
