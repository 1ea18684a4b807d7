"""What this room gives to the rooms below it."""
