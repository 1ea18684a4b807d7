"""Every setting of a site. What a centre may set comes from the environment; docs/operating.md lists it.

A site with nothing set is the default install: SQLite, one process, http://localhost:8000.
"""

from pathlib import Path

from csp.constants import NONE, SELF

from community.kit import limits
from community.kit.ops import environ
from community.kit.web.release import fingerprint

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = environ.data_folder(BASE_DIR / "data")

# ------------------------------------------------------------------ where the site is reached
PORT = environ.port(DATA_DIR)
SITE = environ.site_url(PORT)
SITE_URL = SITE.geturl()
SITE_HOST = SITE.hostname or ""
HTTPS = SITE.scheme == "https"
LOOPBACK = SITE_HOST in ("localhost", "127.0.0.1")
# The exact origins (scheme, host, port) that forms and sockets may come from.
ORIGINS = [SITE_URL.replace(SITE_HOST, host) for host in ("localhost", "127.0.0.1")] if LOOPBACK else [SITE_URL]
# What asks /healthz and /readyz inside may name any host.
ALLOWED_HOSTS = ["localhost", "127.0.0.1"] if LOOPBACK else [f"[{SITE_HOST}]" if ":" in SITE_HOST else SITE_HOST]
CSRF_TRUSTED_ORIGINS = ORIGINS
# Production is a site with a public https address, or one told so; system checks then insist on more.
PRODUCTION = HTTPS
PROCESSES = environ.whole("WEB_CONCURRENCY", 1, least=1)

DEBUG = False
SECRET_KEY = environ.secret_key(DATA_DIR, production=PRODUCTION)
SECRET_KEY_FALLBACKS = environ.former_keys()

# ------------------------------------------------------------------ rooms, from the roof down
INSTALLED_APPS = [
    "community",
    "cms",
    "groups.chat",
    "groups.peers",
    "community.safety",
    "community.notifications",
    "community.downloads",
    "community.members",
    "community.centre",
    "community.kit",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.sitemaps",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "servestatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "community.middleware.patience",
    "django.middleware.security.SecurityMiddleware",
    "community.middleware.compression",
    "community.middleware.privacy_headers",
    "csp.middleware.CSPMiddleware",
    "community.middleware.editor_policy",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "community.statics.ReleaseMiddleware",
    "community.middleware.before_anyone",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "community.middleware.SignInMiddleware",  # deny by default: a view is public only if it says so
    "allauth.account.middleware.AccountMiddleware",
    "community.members.middleware.session_age",
    "community.members.middleware.time_zone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "community.members.middleware.pause",
    "community.members.middleware.second_factor",
    "community.members.middleware.note_device",
    "community.members.middleware.consent",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "community.urls"
ASGI_APPLICATION = "community.asgi.application"
WSGI_APPLICATION = "community.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "community.context.site",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "community.templatetags.times",
                "community.templatetags.reading",
            ],
        },
    }
]

# ------------------------------------------------------------------ where things are kept
SQLITE = {
    "transaction_mode": "IMMEDIATE",  # a read that turns into a write would otherwise fail as "locked"
    "timeout": 10,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"  # FULL: what was acknowledged is on the disk
        "PRAGMA cache_size=-20000;PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=27103364;"
    ),
}
environ.bound_lookups()
DATABASES = {"default": environ.database(DATA_DIR)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE
else:
    DATABASES["default"] |= {
        "ENGINE": "community.kit.ops.postgresql",
        "CONN_MAX_AGE": 0,  # under ASGI each request has its own thread: kept connections would pile up
        "CONN_HEALTH_CHECKS": True,  # else the pool hands out connections that a database restart has killed
        "OPTIONS": {
            # A connection that the network has lost ends, whoever waits for its answer: after ten seconds or a little more.
            "connect_timeout": 2,
            "tcp_user_timeout": 10_000,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
        }
        | DATABASES["default"].get("OPTIONS", {})  # what the address asks for, such as sslmode
        # A second each: so long is waited for a database that is away, and so long after its return nobody has tried.
        | {"pool": {"min_size": 2, "max_size": 10, "timeout": 1, "reconnect_timeout": 1}},
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = environ.redis_url()
if REDIS_URL:
    CACHES: dict[str, dict[str, object]] = {
        "default": {"BACKEND": "community.kit.ops.cache.Cache", "LOCATION": [REDIS_URL], "KEY_PREFIX": "mainstay"}
    }
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [REDIS_URL],
                "prefix": "mainstay",
                "symmetric_encryption_keys": [SECRET_KEY, *SECRET_KEY_FALLBACKS],
            },
        }
    }
else:
    # With Django's 300 entries, attempts at made-up addresses would push out the counts of attempts at real ones.
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
MEDIA_URL = "/media/"  # never routed: pictures and documents pass through views that ask for the reader
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static" / fingerprint(BASE_DIR, INSTALLED_APPS)
BUCKET = environ.bucket()
STORAGES = {
    "default": {"BACKEND": "community.kit.storage.PrivateBucket" if BUCKET else "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "community.statics.ReleaseStorage"},
}
SERVESTATIC_ALLOW_ALL_ORIGINS = False
SERVESTATIC_MAX_AGE = 0  # of the addresses that stay the same, which no page of ours names

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "later"]}}  # see kit/task_queue.py

# ------------------------------------------------------------------ accounts
AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = ["community.members.backend.Backend", "allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "community.members.signing_in.passwords.HardToGuess", "OPTIONS": {"min_length": 10}},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "community.members.signing_in.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}  # what allauth calls so; members.backend finds sign-in names too
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation has proven the address, and there is no other way in
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {
    "login": "community.members.signing_in.forms.SignInForm",
    "reset_password": "community.members.signing_in.forms.ResetForm",
    "reset_password_from_key": "community.members.signing_in.forms.NewPasswordForm",
    "change_password": "community.members.signing_in.forms.PasswordForm",
    "reauthenticate": "community.members.signing_in.factor_forms.PasswordAgainForm",
}
# members.signing_in.attempt_limits counts these: by allauth's rules, a stranger shuts a member out.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "reset_password": None}
PASSWORD_RESET_TIMEOUT = int(limits.RESET_LINK_LIFETIME.total_seconds())
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(limits.PROOF_LIFETIME.total_seconds())
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a stranger's address gets no mail from us at all
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = False  # the adapter sends an e-mail of our own
ACCOUNT_SESSION_REMEMBER = None  # the person chooses, and the box is empty at first
ACCOUNT_USER_DISPLAY = "community.members.signing_in.logins.display_name"
# Only a proxy can have brought a visitor to a site with https; without this all visitors would share one limit of attempts.
ALLAUTH_TRUSTED_PROXY_COUNT = environ.whole("MAINSTAY_PROXIES", 1 if HTTPS else 0)
PROXY_ADDRESSES = environ.addresses("MAINSTAY_PROXY_ADDRESS", "127.0.0.1")
MFA_ADAPTER = "community.members.signing_in.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "community.members.signing_in.factor_forms.CodeForm",
    "reauthenticate": "community.members.signing_in.factor_forms.CodeAgainForm",
    "activate_totp": "community.members.signing_in.factor_forms.AppForm",
    "add_webauthn": "community.members.signing_in.factor_forms.PasskeyForm",
    "login_webauthn": "community.members.signing_in.factor_forms.PasskeySignInForm",
    "authenticate_webauthn": "community.members.signing_in.factor_forms.PasskeyStepForm",
    "reauthenticate_webauthn": "community.members.signing_in.factor_forms.PasskeyAgainForm",
    "edit_webauthn": "community.members.signing_in.factor_forms.PasskeyNameForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey signs in alone, so it asks for a finger, a face or a PIN
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = SITE_HOST == "localhost" and not HTTPS  # browsers take that one for secure too
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off; members.signing_in.factors makes sure that no code works twice
SESSION_ENGINE = "community.members.signing_in.sessions"
SESSION_COOKIE_AGE = int(limits.REMEMBERED_SESSION_LIFETIME.total_seconds())
# Any other session ends when nobody does anything for so long:
IDLE_SECONDS = int(60 * environ.number("MAINSTAY_IDLE_MINUTES", 120, least=1))
STAFF_IDLE_SECONDS = min(IDLE_SECONDS, int(60 * environ.number("MAINSTAY_STAFF_IDLE_MINUTES", 60, least=1)))
DEVICE_COOKIE_NAME = "device"  # which accounts know this browser, sealed
MESSAGE_STORAGE = "community.kit.web.flashes.EncryptedFlashes"

# ------------------------------------------------------------------ mail
EMAIL = environ.mail_server()
MAIL_SERVER = bool(EMAIL)
# Without a mail server e-mails are stored in the database and shown on the demo's outbox page.
EMAIL_BACKEND = EMAIL.get("EMAIL_BACKEND", "community.kit.mail.OutboxBackend")
EMAIL_HOST = EMAIL.get("EMAIL_HOST", "")
EMAIL_PORT = EMAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = environ.sender(f"post@{SITE_HOST}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# ------------------------------------------------------------------ pushes and text messages
PUSH_HOSTS = environ.push_hosts()  # beside those of notifications/push/endpoints.py
SMS_URL, SMS_SECRET = environ.text_gateway()  # the center's own program that passes them on; without one there are none

# ------------------------------------------------------------------ words and time
USE_TZ = True
TIME_ZONE = "UTC"  # each member sees their own zone; see members.middleware
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["community.kit.formats"]

# ------------------------------------------------------------------ what a browser may do with our pages
POLICY_REPORTS = "/policy-report/"  # where browsers tell what they refused; community.csp_reports counts it
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["mainstay"],  # the one policy through which message HTML enters a page
        "report-uri": [POLICY_REPORTS],
        "report-to": ["policy"],
    }
}
# Wagtail's editor writes inline scripts and shows previews in a frame; only there is that allowed.
EDITOR_SECURITY_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, "'unsafe-inline'"],
    "style-src": [SELF, "'unsafe-inline'"],
    "img-src": [SELF, "data:", "blob:"],
    "frame-src": [SELF],
    "object-src": [NONE],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [SELF],
    "require-trusted-types-for": None,
    "trusted-types": None,
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "microphone", "geolocation", "payment", "usb", "browsing-topics")
}
SECURE_REFERRER_POLICY = "same-origin"  # stricter, and Django refuses every form sent over https
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "community.errors.csrf_failure"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
# Browsers that ship with the host in their list tell everybody that it is there, and it takes months to get out of it.
SECURE_HSTS_PRELOAD = environ.preload(https=HTTPS)
CSRF_COOKIE_AGE = None  # until the browser closes; community.middleware has it go with the session before that
if HTTPS:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    DEVICE_COOKIE_NAME = "__Host-device"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked by the proxy itself, inside
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 63072000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # it asks for that very thing

# ------------------------------------------------------------------ Wagtail
WAGTAIL_SITE_NAME = "Mainstay"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False  # passwords and addresses change on the account pages alone
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_WORKFLOW_ENABLED = False  # its e-mails, and those of comments, would tell a mailbox what is written here
WAGTAILADMIN_COMMENTS_ENABLED = False
WAGTAILADMIN_EXTERNAL_LINK_CONVERSION = "exact"  # "/" is no page of the library; Wagtail would offer Home, which has no address
WAGTAIL_AUTOSAVE_INTERVAL = 3000  # milliseconds: on SQLite nobody else can write while one is saved
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # no other host ever
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILIMAGES_IMAGE_MODEL = "cms.Picture"
WAGTAILIMAGES_FORMAT_CONVERSIONS = dict.fromkeys(("jpeg", "png", "gif", "avif", "webp", "heic", "bmp", "tiff"), "webp")
WAGTAILIMAGES_MAX_UPLOAD_SIZE = limits.MAX_UPLOAD_BYTES
WAGTAILIMAGES_MAX_IMAGE_PIXELS = limits.MAX_PICTURE_PIXELS
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.media.uploads.PictureForm"
WAGTAILDOCS_DOCUMENT_MODEL = "cms.LibraryDocument"
WAGTAILDOCS_MAX_UPLOAD_SIZE = limits.MAX_UPLOAD_BYTES
WAGTAILDOCS_DOCUMENT_FORM_BASE = "cms.media.uploads.DocumentForm"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "odt", "txt", "csv", "xlsx", "ods"]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# ------------------------------------------------------------------ chat
CHAT_SENDS_AT_ONCE = environ.whole("MAINSTAY_SENDS_AT_ONCE", 15, least=1)
CHAT_SENDS_PER_SECOND = environ.number("MAINSTAY_SENDS_PER_SECOND", 1, least=0.01)
CHAT_POLL_SECONDS = environ.number("MAINSTAY_POLL_SECONDS", 1)  # 0 switches the poll off: for the tests that prove it is needed

# ------------------------------------------------------------------ logs: never a body, an address or a path with a token
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"discreet": {"()": "community.kit.ops.logs.Discreet"}},
    "formatters": {
        "line": {"class": "community.kit.ops.logs.DiscreetLine", "format": "{asctime} {levelname} {name}: {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["discreet"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "mainstay": {"level": "INFO"},
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},  # refused anyway: strangers must not fill the log
        "channels_redis": {"level": "CRITICAL"},  # while Redis is away the hub says so itself, once
        "psycopg.pool": {"level": "ERROR"},  # as the pool's connections do (kit.ops.postgresql)
        "urllib3": {"level": "ERROR"},  # its warnings quote whole addresses, and one of a push service is a key to a browser
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
    },
}
