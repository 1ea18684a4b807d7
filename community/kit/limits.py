"""Every limit that a member or a center can run into: how many, how long, how often.

docs/operating.md has a table of them all, which a test holds to this module. Elsewhere are: what a center sets itself (its settings, the
environment), the length of a single field (at the field), and what nobody notices from outside, such as pauses and batch sizes.
The strings are rates of django-allauth: how many, in which time, and counted for whom (`ip` is a network, `key` what the caller names).
"""

import datetime as dt
from typing import NamedTuple


class Rate(NamedTuple):
    """At most `most` times in any stretch of `within`."""

    most: int
    within: dt.timedelta


def unread_shown(count: int) -> str:
    """Return a number that is counted up to MAX_UNREAD as people read it: "7", or "99+"."""
    return str(count) if count < MAX_UNREAD else f"{MAX_UNREAD - 1}+"


# Messages
MAX_MESSAGE_LENGTH = 4000  # characters; a screen or two, so that one message cannot push a conversation away
MAX_DRAFT_LENGTH = 20_000  # characters; more than a message holds, so that what is too long to send is not lost either
MAX_UNREAD = 100  # nobody needs a larger number, and counting on would cost more with each message
MAX_ROWS_PER_REQUEST = 100  # messages; what a phone can draw at once
MESSAGE_UNDO_WINDOW = dt.timedelta(seconds=30)  # how long the text of a message that its author deleted waits to be brought back

# Connections (docs/protocol.md)
MAX_FRAME_BYTES = 64 * 1024  # of a frame from a client; the longest message in the widest script takes a quarter of it
MAX_CATCH_UP_ROWS = 200  # who has missed more starts from the newest page, which is quicker to load
MAX_CONNECTIONS = 5  # of one member: a phone, a computer, and tabs that were forgotten
HELLO_TIMEOUT = dt.timedelta(seconds=10)  # a connection that says nothing costs as much as one that does
TYPING_LIFETIME = dt.timedelta(seconds=5)  # a client that was cut off does not go on typing

# Groups
JOIN_RATE = Rate(10, dt.timedelta(hours=1))  # of one member over all groups: each writes a notice into a conversation
JOIN_QUESTION_RATE = Rate(5, dt.timedelta(days=1))  # of one member over all groups: somebody has to read and answer each
LEAVE_UNDO_WINDOW = dt.timedelta(minutes=10)  # their seat is held for so long: enough for a slip, short for who waits
OFFER_LIFETIME = dt.timedelta(days=7)  # of a counted seat, which others wait for
ASK_AGAIN_AFTER = dt.timedelta(days=30)  # after a facilitator said no; nobody is to be asked every day

# Reports
REPORT_RATE = Rate(30, dt.timedelta(days=1))  # of one member, so that nobody buries the desk
DECISION_UNDO_WINDOW = dt.timedelta(seconds=30)  # for the moderator who made the decision
REPORT_PROMISE_WINDOW = dt.timedelta(days=30)  # a promised time that was missed within it is not promised to anybody

# People
MAX_NAME_LENGTH = 30  # characters; a name stands in front of each message
NAME_CHANGE_RATE = Rate(5, dt.timedelta(hours=1))  # tries of one member, since "taken" tells that somebody has that name
MAX_ADDRESS_LENGTH = 254  # characters of an e-mail address (RFC 5321)
MAX_SEARCH_LENGTH = 100  # characters of what is looked for, in the library and among people
CLOSING_DELAY = dt.timedelta(days=7)  # at least, until an account closes whose owner asked for it: long enough to change one's mind
CLOSING_HOUR = 4  # of the center's day, at which accounts close: nobody has to wait for it
NAME_RESERVATION = dt.timedelta(days=365)  # nobody takes the name of a closed account while others still remember who had it
WELCOME_PERIOD = dt.timedelta(days=7)  # for how long Today names a newcomer to the person who was asked to welcome them
SILENT_PERIOD = dt.timedelta(days=90)  # for how long staff are shown as new who has written nothing

# Invitations
INVITATION_LIFETIME = dt.timedelta(days=14)  # its link is a key, and mailboxes are read by others; people come home to theirs late
REMINDERS_AFTER = (dt.timedelta(days=1), dt.timedelta(days=3), dt.timedelta(days=7))  # then never again
INVITATION_EMAIL_RATE = Rate(4, dt.timedelta(days=30))  # to one address, reminders included: who does not answer is left in peace
MAX_LIST_BYTES = 200_000  # of a pasted or uploaded list of addresses
MAX_LIST_LINES = 300  # a person checks them one by one
MAX_LIST_LINE_LENGTH = 320  # characters of a line that are shown, or can be corrected
CARD_LIFETIME = dt.timedelta(days=14)  # of a printed card, which is handed out days after it was printed, and can be lost
MAX_CARDS_PER_SHEET = 60  # more people than finish together anywhere; seven or eight pages
CARD_TRIES = "10/h/ip"  # wrong codes: a slip of the finger or two for each of a group, and far from a guess
CARD_TRIES_BEFORE_DELAY = "100/h/key"  # wrong codes of all networks together; then each try takes CARD_TRY_DELAY, and none is refused
CARD_TRY_DELAY = dt.timedelta(seconds=2)  # somebody with a card hardly notices, and whoever guesses needs patience

# Answers that tell whether somebody is here, in DISCLOSURE_WINDOW
DISCLOSURE_WINDOW = dt.timedelta(hours=1)  # then all of it is forgotten
MAX_DISCLOSURES_PER_PERSON = 10  # of who does not see the list of people anyway
MAX_DISCLOSURES_PER_NETWORK = 100  # a whole center may share one
MAX_LISTS_CHECKED = 30  # by one of the staff, each of up to MAX_LIST_LINES addresses

# Signing in (decision 23)
KNOWN_DEVICE_TRIES = "5/5m/key"  # a device or session that the account knows: no stranger can use it up
NETWORK_TRIES = "10/m/ip"  # all strangers of a network together
NETWORK_AND_ACCOUNT_TRIES = "5/5m/key"  # strangers of one network, at one account
CODE_TRIES = "5/5m/key"  # six digits are soon guessed, from however many networks
ACCOUNT_TRIES = "100/d/key"  # all strangers together; after that a new device needs the link of an e-mail, or a way back
RESET_REQUESTS = "20/m/ip,5/m/key"  # by network, and by network and address
RESET_EMAIL_RATE = Rate(5, dt.timedelta(hours=1))  # to one member, so that nobody floods their mailbox
RESET_LINK_LIFETIME = dt.timedelta(hours=24)  # it opens an account to whoever reads the mailbox
WAYS_BACK = 8  # codes that somebody has at once; a small sheet of paper holds them
WAYS_BACK_RATE = Rate(5, dt.timedelta(hours=1))  # of one member: each hashes all of them, as slowly as passwords
HELP_CODE_LIFETIME = dt.timedelta(hours=1)  # of a code that staff give in person: they are still there
ADDRESS_CHANGE_RATE = Rate(5, dt.timedelta(hours=1))  # of one member: each sends an e-mail to a mailbox of their choice
ADDRESS_LINK_LIFETIME = dt.timedelta(days=7)  # it confirms a new address from its mailbox
ADDRESS_CHANGE_DELAY = dt.timedelta(hours=24)  # before a change that an admin asked for can count: the old mailbox can stop it
PROOF_LIFETIME = dt.timedelta(minutes=5)  # of a password or code that was given for what decides over others
REMEMBERED_SESSION_LIFETIME = dt.timedelta(days=14)  # after a member who asked to stay signed in was last here
STAFF_SESSION_LIFETIME = dt.timedelta(hours=12)  # after staff signed in, whatever they do
KNOWN_DEVICE_LIFETIME = dt.timedelta(days=180)  # after an account was last used in a browser
MAX_ACCOUNTS_PER_DEVICE = 5  # a cookie has to hold them
MIN_PASSWORD_SCORE = 3  # of zxcvbn's 0 to 4: more than a hundred million guesses
MAX_PASSWORD_LENGTH = 200  # characters; hashing more would only cost time
MAX_PASSKEY_NAME_LENGTH = 60  # characters, one row of a list

# My things
DOWNLOAD_RATE = Rate(3, dt.timedelta(days=7))  # of one member: each reads all that they ever wrote
DOWNLOAD_LIFETIME = dt.timedelta(days=7)  # all that is kept of somebody in one file is kept no longer than they need to fetch it

# The library
MAX_UPLOAD_BYTES = 10 * 1024 * 1024  # of a picture or document; the proxy must let as much through
MAX_PICTURE_PIXELS = 40_000_000  # a few bytes can unpack to more than a machine has
NEW_ARTICLE_PERIOD = dt.timedelta(days=14)  # for how long Today shows an article, and first steps to a member
FEED_SIZE = 30  # articles; readers ask for it often

# The center
MAX_LOGO_BYTES = 1024 * 1024  # of an icon, too; they are shown 96 and 512 pixels high at most
MAX_LOGO_PIXELS = 4_000_000  # as for MAX_PICTURE_PIXELS
HELPLINE_CHECK_PERIOD = dt.timedelta(days=183)  # a number that nobody called for half a year may lead nowhere

# What anybody may send without an account
POLICY_REPORTS = "30/m/ip"  # what browsers refused; a page can be refused several things
MAX_POLICY_REPORT_BYTES = 16 * 1024  # browsers send some hundred
MAX_POLICY_REPORT_ROWS_PER_DAY = 200  # different ones; what comes beyond them is counted together

# Being reached
PUSH_DELAY = dt.timedelta(seconds=10)  # who has read it in the site by then isn't disturbed, and nobody is more often
EMAIL_DELAY = dt.timedelta(minutes=5)  # the same, where somebody wants an e-mail each time
TEXT_DELAY = dt.timedelta(minutes=15)  # the same for text messages, which are louder than an e-mail and cost the center something
TEXT_CODE_LIFETIME = dt.timedelta(minutes=10)  # of a code that proves a number
MAX_TEXT_CODE_TRIES = 5  # at one code; six digits are soon guessed
TEXT_CODE_RATE = Rate(5, dt.timedelta(days=1))  # to one member, and to one number: each costs money, and it may be somebody else's phone
TEXT_NUMBER_RATE = Rate(3, dt.timedelta(days=1))  # different numbers of one member
MAX_EMAIL_REFUSALS = 3  # in a row; writing on to a mailbox that refuses harms the center's mail
MAX_PUSH_BROWSERS = 10  # of one member: phones and computers, and those that were forgotten
PUSH_TEST_RATE = "5/m/key"  # of one member: each asks a push service while they wait
ANNOUNCEMENT_RATE = Rate(10, dt.timedelta(days=1))  # of one of the staff: each may reach everybody
MIN_OPENED_SHOWN = 5  # people who opened an announcement; fewer would tell who
