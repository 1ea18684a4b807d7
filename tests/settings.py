"""The site's own settings, for tests that run inside pytest: a throwaway database, quick passwords, work done at once.

Tests of real server processes (tests/sites.py) run under the site's settings, untouched.
"""

import os
import tempfile
from pathlib import Path

# What the machine sets for its own site must not reach the tests; it is put back for tests/services.py.
_OURS = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "PORT", "WEB_CONCURRENCY")
_given = {name: value for name, value in os.environ.items() if name in _OURS or name.startswith("MAINSTAY_")}
for _name in _given:
    del os.environ[_name]
SCRATCH = Path(tempfile.mkdtemp(prefix="mainstay-test-"))
os.environ["MAINSTAY_DATA"] = str(SCRATCH)
os.environ["MAINSTAY_SECRET_KEY"] = "a key for tests alone, as long as a real one would be"
if _url := _given.get("MAINSTAY_TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = _url

from community.settings import *  # noqa: E402, F403
from community.settings import DATABASES  # noqa: E402

for _name in ("MAINSTAY_DATA", "MAINSTAY_SECRET_KEY", "DATABASE_URL"):
    os.environ.pop(_name, None)
os.environ.update(_given)

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    _options = DATABASES["default"]["OPTIONS"]
    _options["init_command"] = _options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
