"""What the audit trail records of peer groups."""

from community.kit.audit import Verb


class PeersVerb(Verb):
    """Stored as these words: a renamed one would lose its past."""

    APPOINT = "peers.appoint"
    ASK = "peers.ask"
    CHANGE_AGREEMENT = "peers.change_agreement"
    CHANGE_CAPACITY = "peers.change_capacity"
    CHANGE_JOIN_POLICY = "peers.change_door"
    CHANGE_GROUP = "peers.change_group"
    CHANGE_HISTORY_VISIBILITY = "peers.change_past"
    INVITE = "peers.invite"
    JOIN = "peers.join"
    LAPSE = "peers.lapse"
    LEAVE = "peers.leave"
    VIEW_ROSTER = "peers.look"
    MAKE_GROUP = "peers.make_group"
    OFFER = "peers.offer"
    REMOVE = "peers.remove"
    SAY_NO = "peers.say_no"
    SAY_YES = "peers.say_yes"
    STEP_DOWN = "peers.step_down"
    SUGGEST_GROUPS = "peers.suggest_groups"
    TAKE_BACK = "peers.take_back"
    UNDO_LEAVE = "peers.undo_leave"
    WAIT = "peers.wait"
    WITHDRAW = "peers.withdraw"
