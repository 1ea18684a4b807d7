"""What PostgreSQL writes into its own log. By default a statement that fails stands there whole, with what a member wrote in it."""

from django.conf import settings
from django.db import connection

# The first of each is what we ask for; the others keep members' words out as well.
DISCREET = {
    "log_min_error_statement": ("panic", "fatal"),  # else each statement that fails, with all its values
    "log_error_verbosity": ("terse",),  # else the row that was refused, in DETAIL, however its values were sent
    "log_parameter_max_length_on_error": ("0",),
    "log_statement": ("none", "ddl"),
    "log_min_duration_statement": ("-1",),  # else each slow statement
    "log_min_duration_sample": ("-1",),
    "log_transaction_sample_rate": ("0",),
    "auto_explain.log_min_duration": ("-1",),  # known only where that module is loaded
}


def missing() -> list[str]:
    """Return what the database's superuser must run so that its log keeps no member's words; [] where that is so, or on SQLite."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(DISCREET)])
        open_ones = [name for name, value in cursor.fetchall() if value not in DISCREET[name]]
    name = connection.ops.quote_name(settings.DATABASES["default"]["NAME"])
    return [f"ALTER DATABASE {name} SET {one} = {DISCREET[one][0]};" for one in DISCREET if one in open_ones]
