"""What every room leans on: when a job is due, what was done by whom, and the letters kept where no mail server is."""

from django.conf import settings
from django.db import models

from .ids import new_id


class Schedule(models.Model):
    """When a job of the clock runs next. Whoever moves `due` forward first runs it, however many processes try."""

    name = models.CharField(max_length=60, primary_key=True)
    due = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class AuditEntry(models.Model):
    """Who did what to what, and when. Ids and verbs only, never content, so that it can be kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    verb = models.CharField(max_length=60)  # "room.verb": "members.invite"
    target = models.CharField(max_length=60, blank=True)  # an id

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.verb} {self.target}"


class KeptLetter(models.Model):
    """A letter that a site without a mail server keeps instead of sending."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.subject
