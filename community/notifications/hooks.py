"""What this room gives to the rooms below it."""

from community.centre import retention
from community.members import personal_data
from community.members.personal_data import Closing, Erasure, Export, Held

from . import leftovers
from .announcements import notifying  # noqa: F401  (registers its kind)

retention.register("keep_notifications", leftovers.old)
retention.register("keep_notifications", leftovers.old_events)
personal_data.register(
    "notifications.NotificationEvent",
    actor=Held("Who did what others are about to be notified of; gone within seconds.", Closing.KEPT, Erasure.UNNAMED, Export.PASSES),
    about=Held("Whom or what it concerns; gone within seconds.", Closing.KEPT, Erasure.LEFT, Export.PASSES),
)
personal_data.register(
    "notifications.Notification",
    member=Held("What they were notified of, and when they read it.", Closing.DELETED, Erasure.DELETED, Export.ABOUT),
    about=Held("Whom or what somebody was notified of.", Closing.DELETED, Erasure.DELETED, Export.OTHERS),
)
personal_data.register(
    "notifications.Preferences", member=Held("How they want to be reached.", Closing.DELETED, Erasure.DELETED, Export.ABOUT)
)
personal_data.register(
    "notifications.PushSubscription",
    member=Held("The browsers that they are notified in.", Closing.DELETED, Erasure.DELETED, Export.ABOUT),
    sealed=Held("The address of such a browser, encrypted.", Closing.DELETED, Erasure.DELETED, Export.OPENS),
)
personal_data.register("notifications.Announcement", made_by=Held("Who of the staff wrote it.", Closing.KEPT, Erasure.UNNAMED, Export.WORK))
