"""A review is of any page, and no other table asks for articles by name: a second kind of entry may come."""

import django.db.models.deletion
import modelcluster.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0006_images_by_name_compatible"),
        ("peers", "0007_order_of_groups"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="articlepage",
            name="documents",
            field=models.ManyToManyField(editable=False, related_name="+", to="cms.librarydocument"),
        ),
        migrations.AlterField(
            model_name="articlepage",
            name="groups",
            field=modelcluster.fields.ParentalManyToManyField(
                blank=True, related_name="+", to="peers.peergroup", verbose_name="which groups"
            ),
        ),
        migrations.AlterField(
            model_name="articlepage",
            name="pictures",
            field=models.ManyToManyField(editable=False, related_name="+", to="cms.picture"),
        ),
        migrations.AlterField(
            model_name="review",
            name="article",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="reviews", to="wagtailcore.page"),
        ),
    ]
