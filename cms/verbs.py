"""What the audit trail records of the library."""

from community.kit.audit import Verb


class LibraryVerb(Verb):
    """Stored as these words: a renamed one would lose its past."""

    REVIEW = "cms.review"
    WITHDRAW_REVIEW = "cms.withdraw_review"
    SEND_BACK = "cms.send_back"
    CORRECT = "cms.correct"
