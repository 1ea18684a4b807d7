"""What waits at the desk of the demo."""

from typing import Any

from community.safety import actions as safety
from community.safety.models import Report

from .conversations import Conversation


def make_reports(data: dict[str, dict[str, Any]], conversations: dict[str, Conversation]) -> None:
    """Have members report the messages that the files name."""
    for key, entry in data.items():
        conversation = conversations[key]
        for report in entry.get("reports", []):
            reported = safety.report(
                member=conversation.people[report["by"]],
                kind="message",
                target_id=conversation.keyed[report["of"]].id,
                reason=report["reason"],
                note=report["note"],
            )
            Report.objects.filter(pk=reported.pk).update(made_at=conversation.time_of(report))
