"""What this room gives to the rooms below it."""

from django.contrib.auth.signals import user_logged_in

from community.kit import mail

from .sessions import limit_by_role

mail.register("invitation", fields=["link", "days"])
mail.register("password_reset", fields=["link"])

user_logged_in.connect(limit_by_role, dispatch_uid="members.limit_by_role")
