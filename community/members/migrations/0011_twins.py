"""Accounts whose mailbox is another's too."""

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import SET_NULL


class Migration(migrations.Migration):
    dependencies = [("members", "0010_conversation_settings")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="twin_of",
            field=models.ForeignKey(editable=False, null=True, on_delete=SET_NULL, related_name="twins", to=settings.AUTH_USER_MODEL),
        ),
    ]
