"""The site's own settings, for tests that run inside pytest: a throwaway database, quick passwords, work done at once.

The database is SQLite; MAINSTAY_TEST_ON=postgresql runs the same tests on PostgreSQL.
Tests of real server processes (tests/sites.py) run under the site's settings, untouched.
"""

import os
import tempfile
from pathlib import Path

ON_POSTGRESQL = os.environ.get("MAINSTAY_TEST_ON") == "postgresql"
SCRATCH = Path(tempfile.mkdtemp(prefix="mainstay-test-"))
_OURS = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "PORT", "WEB_CONCURRENCY")
# What the machine sets for a site of its own must not reach these settings; it is put back for tests/services.py.
_given = {name: value for name, value in os.environ.items() if name in _OURS or name.startswith("MAINSTAY_")}
_ours = {"MAINSTAY_DATA": str(SCRATCH), "MAINSTAY_SECRET_KEY": "a key for tests alone, as long as a real one would be"}
if ON_POSTGRESQL:
    from tests.services import postgresql

    _ours["DATABASE_URL"] = postgresql().url("postgres")
for _name in _given:
    del os.environ[_name]
os.environ.update(_ours)

from community.settings import *  # noqa: E402, F403
from community.settings import DATABASES, MIDDLEWARE, STORAGES, TASKS  # noqa: E402

for _name in _ours:
    del os.environ[_name]
os.environ.update(_given)

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    _options = DATABASES["default"]["OPTIONS"]
    _options["init_command"] = _options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Files from where they are, at addresses that stay; tests/community/serving/test_releases.py has those that change.
MIDDLEWARE = [name.replace("community.statics.ReleaseMiddleware", "tests.statics.serve_static") for name in MIDDLEWARE]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
SERVESTATIC_USE_FINDERS = True
QUEUED = TASKS  # what a test takes in which tasks wait
TASKS = {"default": TASKS["default"] | {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
