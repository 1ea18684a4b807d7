"""How people join a group: join requests, the waiting list, offers, and the join rules."""
