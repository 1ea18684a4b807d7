"""A plainer name for `twin_of`. The column stays as it is."""

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import SET_NULL


class Migration(migrations.Migration):
    dependencies = [("members", "0015_forgotten_browsers")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("user", "twin_of", "mailbox_owner"),
                migrations.AlterField(
                    "user",
                    "mailbox_owner",
                    models.ForeignKey(
                        editable=False, null=True, on_delete=SET_NULL, db_column="twin_of_id",
                        related_name="mailbox_sharers", to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ]
        ),
    ]
