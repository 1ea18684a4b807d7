"""`make chaos MINUTES=1 SEED=7` and `make chaos-selftest`."""

import asyncio
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from tests.chaos import commands  # noqa: E402  (needs the apps)

if sys.argv[1:] == ["selftest"]:
    sys.exit(asyncio.run(commands.selftest()))
sys.exit(asyncio.run(commands.chaos(minutes=float(sys.argv[1]), seed=int(sys.argv[2]))))
