"""A server of the site under test: `manage.py serve` with a faulty layer and, in the self-test, without one of its safeguards."""

import os

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "community.settings"
    from django.conf import settings
    from django.core.management import execute_from_command_line

    settings.CHANNEL_LAYERS["default"]["BACKEND"] = os.environ["CHAOS_LAYER"]
    if os.environ.get("CHAOS_WITHOUT"):
        import django

        django.setup()
        from tests.chaos.sabotage import switch_off

        switch_off(os.environ["CHAOS_WITHOUT"])
    execute_from_command_line(["manage.py", "serve"])
