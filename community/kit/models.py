"""What every room leans on: when a job is due, what was done by whom, what serves, and the e-mails of a site without a mail server."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from .ids import new_id


class Schedule(models.Model):
    """When a periodic job runs next. The process that first moves `due` forward runs it."""

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
        indexes = [models.Index(fields=["target", "verb"], name="audit_by_target")]

    def __str__(self) -> str:
        return f"{self.verb} {self.target}"


class PolicyReport(models.Model):
    """How often browsers refused something on a kind of page, in a day. Of no address more is kept than the name of the view."""

    day = models.DateField()
    directive = models.CharField(max_length=40)
    blocked = models.CharField(max_length=40)  # what it was in a word, such as "inline"
    view = models.CharField(max_length=100)
    times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "directive", "blocked", "view"], name="one_policy_report_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.directive} {self.blocked} {self.view}"


class Told(models.Model):
    """When somebody was told, in the last hour, who is here (kit.web.disclosures)."""

    asker = models.CharField(max_length=64, primary_key=True)  # a hash: no address of a network is kept
    times = models.JSONField(default=list)  # in seconds, the oldest first
    asked_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.asker


class QueuedEmail(models.Model):
    """An e-mail on its way. Its address and words are encrypted while it waits, and deleted once it has left."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        LEAVING = "leaving", "leaving"  # a worker has it in hand
        SENT = "sent", "sent"
        FAILED = "failed", "failed"
        UNKNOWN = "unknown", "unknown"  # its worker was killed before the mail server had answered, and it leaves once

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=100, unique=True)  # the same key a second time sends no second e-mail
    template = models.CharField(max_length=40, db_column="letter")  # its name in the register of community.kit.mail
    about = models.CharField(max_length=60, blank=True)  # an id
    sealed = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)
    due = models.DateTimeField(default=timezone.now)  # the next try; for one in hand, when it counts as dropped

    class Meta:
        db_table = "kit_letter"
        indexes = [models.Index(fields=["state", "due"])]

    def __str__(self) -> str:
        return f"{self.template} {self.id}"


class SiteKey(models.Model):
    """A random key that outlives a change of the site's secret key, under which it is sealed (kit/site_keys.py)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    purpose = models.CharField(max_length=40)
    sealed = models.TextField()

    def __str__(self) -> str:
        return self.purpose


class OutboxEmail(models.Model):
    """An e-mail that a site without a mail server shows on its outbox page instead of sending it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)  # of the QueuedEmail that it is
    at = models.DateTimeField(auto_now_add=True)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()

    class Meta:
        db_table = "kit_keptletter"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.subject


class Serving(models.Model):
    """A server process, as it last said how many members have a conversation open there. One that has ended says no more."""

    id = models.UUIDField(primary_key=True)
    seen_at = models.DateTimeField()
    members = models.PositiveIntegerField()

    def __str__(self) -> str:
        return str(self.id)
