"""That a member asked for their things, and the encrypted file that was made of them."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from community.kit import limits
from community.kit.ids import new_id


class DownloadQuerySet(models.QuerySet["Download"]):
    def due(self) -> "DownloadQuerySet":
        """Those that a worker has to make now, among them those that a killed worker had in hand."""
        return self.filter(state__in=Download.UNDER_WAY, due__lte=timezone.now())

    def ready(self) -> "DownloadQuerySet":
        """Those that can be fetched."""
        return self.filter(state=Download.State.READY, until__gt=timezone.now())

    def run_out(self) -> "DownloadQuerySet":
        """Those that nobody may fetch anymore, whose file is still there."""
        return self.filter(state=Download.State.READY, until__lte=timezone.now())

    def over(self) -> "DownloadQuerySet":
        """Those of which nothing but the row is there, after as long again: nobody waits for them anymore."""
        before = timezone.now() - limits.DOWNLOAD_LIFETIME
        gone, failed = Download.State.GONE, Download.State.FAILED
        return self.filter(models.Q(state=gone, until__lte=before) | models.Q(state=failed, due__lte=before))


class Download(models.Model):
    """A member's things in one file: asked for, being made, ready for a week, gone. A member has one row, used again."""

    class State(models.TextChoices):
        ASKED = "asked"
        MAKING = "making"  # a worker has claimed it
        READY = "ready"
        GONE = "gone"
        FAILED = "failed"  # it was tried as often as makes sense

    UNDER_WAY = (State.ASKED, State.MAKING)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="download")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(default=timezone.now)
    due = models.DateTimeField(default=timezone.now)  # of one that is claimed: when its worker counts as gone
    claim = models.UUIDField(null=True)  # the attempt that has it; the file that it stores has this name
    tries = models.PositiveSmallIntegerField(default=0)
    file = models.CharField(max_length=60, blank=True)  # its name in the storage; "": there is none
    size = models.PositiveBigIntegerField(default=0)  # bytes of the ZIP
    until = models.DateTimeField(null=True)  # when it is gone
    fetched_at = models.DateTimeField(null=True)  # the last time

    objects = DownloadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["due"], condition=models.Q(state__in=["asked", "making"]), name="downloads_due")]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"

    @property
    def is_under_way(self) -> bool:
        """Somebody waits for it."""
        return self.state in self.UNDER_WAY

    @property
    def is_ready(self) -> bool:
        """Can be fetched."""
        return self.state == self.State.READY and self.until is not None and self.until > timezone.now()
