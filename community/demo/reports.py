"""What waits at the desk of the demo."""

from typing import Any

from community.safety import actions as safety

from .talk import Conversation


def make_reports(data: dict[str, dict[str, Any]], conversations: dict[str, Conversation]) -> None:
    """Have members report the messages that the files name."""
    for key, entry in data.items():
        conversation = conversations[key]
        for report in entry.get("reports", []):
            message = conversation.keyed[report["of"]]
            safety.report(member=conversation.people[report["by"]], kind="message", id=message.id, note=report["note"])
