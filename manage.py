#!/usr/bin/env python
"""Mainstay's command line: `manage.py help` lists what it can do."""

import os
import sys

from community import VERSION

if __name__ == "__main__":
    if sys.argv[1:] == ["version"] or "--version" in sys.argv[1:]:
        sys.stdout.write(VERSION + "\n")
        sys.exit()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
