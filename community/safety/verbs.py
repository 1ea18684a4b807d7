"""What the audit trail records of reports and blocks."""

from community.kit.audit import Verb


class SafetyVerb(Verb):
    """Stored as these words: a renamed one would lose its past."""

    DECIDE = "safety.decide"
    VIEW = "safety.look"
    REPORT = "safety.report"
    TAKE_BACK = "safety.take_back"
