"""What the rooms above hear of, inside the transaction that changes it."""

from django.dispatch import Signal

group_made = Signal()  # group
group_changed = Signal()  # group, actor: its name or its purpose is another
joined = Signal()  # group, member, returning: True where they take back their own leaving
left = Signal()  # group, member, removed: False where they left by themselves
agreement_changed = Signal()  # group, actor
door_changed = Signal()  # group, actor
past_changed = Signal()  # group, actor: from now on, newcomers see more or less of what was written before
lead_changed = Signal()  # group, member, leads: True where they facilitate from now on
