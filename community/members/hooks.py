"""What this room gives to the rooms below it."""

from community.kit import mail

mail.register("invitation", fields=["link", "days"])
mail.register("password_reset", fields=["link"])
