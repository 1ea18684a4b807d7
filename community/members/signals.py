"""What the rooms above hear of, inside the transaction that changes it."""

from django.dispatch import Signal

joined = Signal()  # member: has just answered an invitation
closing = Signal()  # member: their account is being closed; all else about them can still be read
renamed = Signal()  # member: goes by another name, or with another picture, now
