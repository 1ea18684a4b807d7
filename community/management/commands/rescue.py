"""`manage.py rescue`: when no admin can get in, whoever runs the server makes the way in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.kit.errors import Refused
from community.kit.text.addresses import canonical
from community.members.invitations import actions as invitation_actions
from community.members.invitations.actions import link_of
from community.members.models import User
from community.members.people import recovery
from community.members.roles import Role


class Command(BaseCommand):
    help = "Give an admin a new way in: a link for a new password, with no code asked for. With --invite, invite another admin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="the e-mail address of the admin")
        parser.add_argument("--invite", action="store_true", help="nobody here has this address: invite them as an admin")

    def handle(self, *args: Any, address: str, invite: bool, **options: Any) -> None:
        self.stdout.write(self.invite(address) if invite else self.let_in(address))

    def let_in(self, address: str) -> str:
        try:
            reached = User.objects.reached_at(canonical(address))
        except Refused as refusal:
            raise CommandError(refusal.sentence) from None
        member = next((each for each in reached if each.is_active and Role.ADMIN in each.roles), None)
        if not member:
            admins = User.objects.filter(groups__name=Role.ADMIN, is_active=True)
            known = ", ".join(admin.email for admin in admins if admin.email) or "nobody"
            raise CommandError(f"No admin has this address. Admins are: {known}. With --invite you invite a new one.")
        link = recovery.recover_admin(member=member)
        return (
            f"{member} is signed out everywhere, any pause is over, and the code from their app, or a passkey, is no longer asked for. "
            f"Here they choose a new password, once, within a day:\n\n  {link}\n\n"
            "After signing in they set up an authenticator app, or a passkey, anew."
        )

    def invite(self, address: str) -> str:
        try:
            invitation, key = invitation_actions.invite(actor=None, email=address, role=Role.ADMIN)
        except Refused as refusal:
            raise CommandError(refusal.sentence) from None
        return f"{invitation.email} is invited as an admin and joins here:\n\n  {link_of(key)}"
