"""`make screenshots`: write `screenshots/`, with `index.html` to look at them, and say what was wrong on any.

`ARGS=conversation` takes only scenes whose area or name holds that word; the index then shows those alone. Numbers are widths in place
of the phone and the desktop, and `large` has the browser's text twice as large: `ARGS="library 320 768 large"`. `make pictures` writes
those of README.md instead.
"""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from tests.screens import camera, pictures  # noqa: E402  (needs the apps)

sys.exit(pictures.write() if sys.argv[1:] == ["pictures"] else camera.main(sys.argv[1:]))
