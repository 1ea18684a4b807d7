"""What the rooms above hear of, inside the transaction that changes it."""

from django.dispatch import Signal

renamed = Signal()  # member: goes by another name, or with another picture, now
