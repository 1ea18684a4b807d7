"""What the rooms above hear of downloads. The signals are sent inside the transaction of the change."""

from django.dispatch import Signal

ready = Signal()  # download: its member can fetch it
seen = Signal()  # member: has looked at the page from which it is fetched
gone = Signal()  # download: nobody can fetch it anymore
