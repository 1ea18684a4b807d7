"""How a moment is written by what is not ours: Wagtail's panels, messages and histories. It names the zone that it is told in."""

DATETIME_FORMAT = "F j, Y, g:i A T"
