"""The kit's own periodic jobs: what a killed worker left is started again, mail is tried again, and what is done with is deleted."""

import datetime as dt
from importlib import import_module

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from . import mail, site_keys, task_queue
from .limits import DISCLOSURE_WINDOW
from .models import QueuedEmail, Serving, Told
from .schedule import periodic

KEEP_RESULTS = dt.timedelta(days=1)


@periodic(60)
def take_up_dropped() -> None:
    """Give tasks whose worker was killed back to the queue."""
    task_queue.requeue_dropped()


@periodic(30)
def send_again() -> None:
    """Queue the e-mails whose next try is due, among them those that a killed worker had in hand."""
    mail.take_up_dropped()
    now = timezone.now()
    # A first try is in the queue already; after an hour it is queued again, should the queue have lost it.
    lost = Q(tries=0, made_at__lt=now - dt.timedelta(hours=1))
    for email in QueuedEmail.objects.filter(Q(tries__gt=0) | lost, state=QueuedEmail.State.WAITING, due__lte=now):
        mail.queue(email)


@periodic(24 * 3600)
def seal_keys() -> None:
    """Seal the site's own keys under a new secret key."""
    site_keys.seal_afresh()


@periodic(3600)
def forget_done() -> None:
    """Delete the results of tasks, the sessions that have run out, who asked lately who is here, and what ended servers said last."""
    before = timezone.now() - KEEP_RESULTS
    task_queue.delete_finished(before)
    Serving.objects.filter(seen_at__lt=before).delete()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    Told.objects.filter(asked_at__lt=timezone.now() - DISCLOSURE_WINDOW).delete()
