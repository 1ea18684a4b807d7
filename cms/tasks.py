"""What the clock does for the library."""

from django.core.management import call_command

from community.kit.clock import every


@every(seconds=10)
def keep_dates() -> None:
    """Publish what is due and take down what has expired. Running it again changes nothing."""
    call_command("publish_scheduled")
