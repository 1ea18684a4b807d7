#!/usr/bin/env python
"""Mainstay's command line: `manage.py help` lists what it can do."""

import os
import sys

from community import PACKAGES, VERSION


def main() -> None:
    """Run the command; what hinders any of them is said in a sentence."""
    if sys.argv[1:] == ["version"] or "--version" in sys.argv[1:]:
        sys.stdout.write(VERSION + "\n")
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")
    try:
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        if package in (*PACKAGES, "deploy", "tests"):
            raise
        first = "Run python3 deploy/environment.py once, then .venv/bin/python manage.py and the command."
        sys.exit("This Python (" + sys.executable + ") has no " + package + ". " + first)
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
    except Exception as error:
        if type(error).__name__ != "OperationalError" or "--traceback" in sys.argv:
            raise
        sys.exit("The database says: " + str(error).strip().split("\n")[0] + ". With --traceback you see where.")


if __name__ == "__main__":
    main()
