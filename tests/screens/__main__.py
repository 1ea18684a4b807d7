"""`make screenshots`: write `screenshots/`, with `index.html` to look at them, and say what was wrong on any.

`ARGS=conversation` takes only scenes whose area or name holds that word; the index then shows those alone.
"""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from tests.screens.camera import main  # noqa: E402  (needs the apps)

sys.exit(main(sys.argv[1:]))
