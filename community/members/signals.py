"""What the rooms above hear of, inside the transaction that changes it."""

from django.dispatch import Signal

closing = Signal()  # member: their account is being closed; all else about them can still be read
renamed = Signal()  # member: goes by another name now
