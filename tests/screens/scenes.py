"""What is to be seen: each scene one door, who stands in it, and what they do there before the picture is taken.

`{name}` in a path is a thing that `inside.py` names. A scene of the kind "error" shows something gone wrong.
"""

from community.demo import data

from .deeds import forged, leave, offline, on_the_way, press, send, signed_out, too_often
from .scene import Scene
from .talk import talk

SIGN_IN = send(login="moderator@demo.example", password=data.password())
FIRST_STEP = send(adult=True)
SECOND_STEP = send(name="Somebody new")
NUMBERS = "jo@example.org\n(212) 555-0123\n212 555 01\n+44 7911 123456\nKim"
WRONG = "A name that is much longer than any name can be here, by far"


def _public() -> list[Scene]:
    return [
        Scene("Public", "Home", "home", "/"),
        Scene("Public", "Home of an empty site", "home", "/", site="empty", kind="empty"),
        Scene("Public", "Privacy", "privacy", "/privacy/"),
        Scene("Public", "Help now", "help", "/help/"),
        Scene("Public", "Help now, no line of its own", "help", "/help/", site="empty", kind="empty"),
        Scene("Public", "Help now without a connection", "help", "/help/", kind="error", do=offline),
        Scene("Public", "How to leave quickly", "leaving", "/leaving/"),
        Scene("Public", "Menu of a guest", "home", "/", do=press("Menu"), screenful=True),
        Scene("Public", "Demo codes", "demo_codes", "/demo/codes/"),
        Scene("Public", "Outbox of the demo", "outbox", "/outbox/"),
    ]


def _joining() -> list[Scene]:
    way = "/invitation/{key}/"
    return [
        Scene("Joining", "A card", "members:card", "/card/"),
        Scene("Joining", "A scanned card", "members:card", "/card/?code=BCDFGHJK"),
        Scene("Joining", "No such card", "members:card", "/card/", kind="error", do=send(code="bcdf-ghjk")),
        Scene("Joining", "What this is", "members:invitation", way),
        Scene("Joining", "Not ticked", "members:invitation", way, kind="error", do=send()),
        Scene("Joining", "Name", "members:join_name", way, do=FIRST_STEP),
        Scene("Joining", "No name", "members:join_name", way, kind="error", do=on_the_way(FIRST_STEP, send(name=""))),
        Scene("Joining", "Sign-in name", "members:join_sign_in", "/invitation/{card}/", do=on_the_way(FIRST_STEP, SECOND_STEP)),
        Scene(
            "Joining",
            "An address as sign-in name",
            "members:join_sign_in",
            "/invitation/{card}/",
            kind="error",
            do=on_the_way(FIRST_STEP, SECOND_STEP, send(sign_in="me@home")),
        ),
        Scene(
            "Joining",
            "Password, without an address",
            "members:join_password",
            "/invitation/{card}/",
            do=on_the_way(FIRST_STEP, SECOND_STEP, send(sign_in="tea at dawn")),
        ),
        Scene("Joining", "Password or passkey", "members:join_password", way, do=on_the_way(FIRST_STEP, SECOND_STEP)),
        Scene(
            "Joining",
            "Weak password",
            "members:join_password",
            way,
            kind="error",
            do=on_the_way(FIRST_STEP, SECOND_STEP, send(password="short")),
        ),
        Scene("Joining", "Groups for you", "suggestions:welcome", "/welcome/groups/", "newcomer"),
        Scene("Joining", "How to leave quickly", "members:leaving", "/welcome/leaving/", "newcomer"),
        Scene("Joining", "Welcome", "members:joined", "/welcome/", "newcomer"),
        Scene("Joining", "An invitation that has run out", "members:invitation", "/invitation/{over}/", kind="error"),
        Scene("Joining", "No more of these e-mails", "members:do_not_write", "/stop/nothing/"),
        Scene("Joining", "No more e-mails from now on", "members:do_not_write", "/stop/nothing/", do=send("Don't write to me again")),
        Scene("Joining", "An invitation while signed in", "members:invitation", way, "alumnus", kind="error"),
    ]


def _signing_in() -> list[Scene]:
    factors = "/accounts/signing-in/"
    return [
        Scene("Signing in", "Sign in", "account_login", "/accounts/login/"),
        Scene(
            "Signing in",
            "Wrong",
            "account_login",
            "/accounts/login/",
            kind="error",
            do=send(login="robin@example.org", password="not this"),
        ),
        Scene("Signing in", "Second step", "mfa_authenticate", "/accounts/login/", do=SIGN_IN),
        Scene("Signing in", "Sign out", "account_logout", "/accounts/logout/", "alumnus"),
        Scene("Signing in", "I can't get in", "account_reset_password", "/accounts/password/reset/"),
        Scene("Signing in", "No address", "account_reset_password", "/accounts/password/reset/", kind="error", do=send(email="nowhere")),
        Scene("Signing in", "Letter on its way", "account_reset_password_done", "/accounts/password/reset/done/"),
        Scene(
            "Signing in",
            "A link that has run out",
            "account_reset_password_from_key",
            "/accounts/password/reset/key/0-nothing/",
            kind="error",
        ),
        Scene("Signing in", "A way back", "account_way_back", "/accounts/way-back/"),
        Scene(
            "Signing in",
            "A wrong way back",
            "account_way_back",
            "/accounts/way-back/",
            kind="error",
            do=send(login="robin", code="BCDF-GHJK-MNPQ"),
        ),
        Scene("Signing in", "New password set", "account_reset_password_from_key_done", "/accounts/password/reset/key/done/"),
        Scene("Signing in", "No open door", "account_signup", "/accounts/signup/"),
        Scene("Signing in", "Account closed", "account_inactive", "/accounts/inactive/"),
        Scene("Signing in", "Paused", "today", "/today/", "paused", kind="error"),
        Scene("Signing in", "Ways to sign in", "mfa_index", factors, "alumnus", kind="empty"),
        Scene("Signing in", "Ways to sign in, staff", "mfa_index", factors, "moderator"),
        Scene("Signing in", "Add an app", "mfa_activate_totp", f"{factors}app/", "alumnus"),
        Scene("Signing in", "Wrong code", "mfa_activate_totp", f"{factors}app/", "alumnus", kind="error", do=send(code="000000")),
        Scene("Signing in", "Remove the app", "mfa_deactivate_totp", f"{factors}app/remove/", "admin"),
        Scene("Signing in", "New codes", "mfa_generate_recovery_codes", f"{factors}codes/new/", "admin"),
        Scene("Signing in", "Codes", "mfa_view_recovery_codes", f"{factors}codes/new/", "admin", do=send()),
        Scene("Signing in", "Add a passkey", "mfa_add_webauthn", f"{factors}passkeys/add/", "alumnus"),
        Scene("Signing in", "Once more, to be sure", "account_reauthenticate", "/accounts/again/", "alumnus"),
        Scene("Signing in", "Once more, with a code", "mfa_reauthenticate", "/accounts/again/code/", "admin"),
    ]


def _me() -> list[Scene]:
    return [
        Scene("Me", "Today", "today", "/today/", "alumnus"),
        Scene("Me", "Today, nothing there", "today", "/today/", "member", site="empty", kind="empty"),
        Scene("Me", "Today of a moderator", "today", "/today/", "moderator"),
        Scene("Me", "Today of an admin, first day", "today", "/today/", "staff", site="empty", kind="empty"),
        Scene("Me", "Notifications", "notifications:inbox", "/inbox/", "alumnus"),
        Scene("Me", "Notifications, none", "notifications:inbox", "/inbox/", "member", site="empty", kind="empty"),
        Scene("Me", "Me", "members:settings", "/me/", "alumnus"),
        Scene("Me", "Me, without an address", "members:settings", "/me/", "without"),
        Scene("Me", "Add an address", "members:change_address", "/me/address/", "without"),
        Scene("Me", "How you hear from us, without an address", "notifications:preferences", "/me/notifications/", "without"),
        Scene("Me", "A name that is taken", "members:settings", "/me/", "alumnus", kind="error", do=send(name="Ingrid")),
        Scene("Me", "Close my account", "members:close_own", "/me/close/", "alumnus"),
        Scene("Me", "Nothing chosen for my messages", "members:close_own", "/me/close/", "alumnus", kind="error", do=send()),
        Scene("Me", "A group comes first", "members:close_own", "/me/close/", "facilitator"),
        Scene("Me", "My account is going to be closed", "members:closing", "/me/closing/", "going"),
        Scene("Me", "Devices", "members:devices", "/me/devices/", "alumnus"),
        Scene("Me", "My things", "downloads:things", "/me/things/", "alumnus"),
        Scene("Me", "My things, asked for", "downloads:things", "/me/things/", "admin"),
        Scene("Me", "My things, ready", "downloads:things", "/me/things/", "facilitator"),
        Scene("Me", "My things, gone", "downloads:things", "/me/things/", "moderator"),
        Scene("Me", "My things, before my account closes", "downloads:things", "/me/things/", "going"),
        Scene("Me", "My things, not made", "downloads:things", "/me/things/", "reviewer", kind="error"),
        Scene("Me", "Notifications on this device", "notifications:device", "/me/notifications/device/", "alumnus"),
        Scene("Me", "Today, ways back offered", "today", "/today/", "without"),
        Scene("Me", "Ways back, offered", "members:ways_back", "/me/ways-back/", "without", kind="empty"),
        Scene("Me", "Ways back, made", "members:ways_back", "/me/ways-back/", "alumnus", do=send()),
        Scene("Me", "Change address", "members:change_address", "/me/address/", "alumnus"),
        Scene("Me", "Not an address", "members:change_address", "/me/address/", "alumnus", kind="error", do=send(email="nowhere")),
        Scene("Me", "Go without an address", "members:take_address_away", "/me/address/away/", "alumnus"),
        Scene("Me", "Staff keep theirs", "members:take_address_away", "/me/address/away/", "moderator", kind="error"),
        Scene("Me", "Confirm an address, too late", "members:confirm_address", "/address/confirm/nothing/", kind="error"),
        Scene("Me", "Stop a change of address, too late", "members:stop_address", "/address/stop/nothing/", kind="error"),
        Scene("Me", "Change password", "account_change_password", "/accounts/password/change/", "alumnus"),
        Scene(
            "Me", "Passwords that do not fit", "account_change_password", "/accounts/password/change/", "alumnus", kind="error", do=send()
        ),
        Scene("Me", "Discretion", "members:discretion", "/me/discretion/", "alumnus", screenful=True),
        Scene("Me", "In conversations", "members:conversation", "/me/conversation/", "alumnus", screenful=True),
        Scene("Me", "How you hear from us", "notifications:preferences", "/me/notifications/", "alumnus"),
        Scene(
            "Me",
            "Quiet hours that are none",
            "notifications:preferences",
            "/me/notifications/",
            "alumnus",
            kind="error",
            do=send(quiet_from="32", quiet_until="32"),
        ),
        Scene("Me", "A break", "notifications:preferences", "/me/notifications/", "outsider", do=send("For a day")),
        Scene("Me", "Text messages", "notifications:texts", "/me/notifications/texts/", "alumnus"),
        Scene("Me", "Text messages, a number", "notifications:texts", "/me/notifications/texts/", "moderator"),
        Scene("Me", "Text messages, not on yet", "notifications:texts", "/me/notifications/texts/", "coordinator"),
        Scene("Me", "Text messages, none here", "notifications:texts", "/me/notifications/texts/", "member", site="empty", kind="empty"),
        Scene("Me", "Text messages, a code", "notifications:texts", "/me/notifications/texts/", "reviewer"),
        Scene(
            "Me",
            "Text messages, no mobile number",
            "notifications:ask_text_code",
            "/me/notifications/texts/",
            "alumnus",
            kind="error",
            do=send(number="911", agreed=True),
        ),
        Scene(
            "Me",
            "Text messages, no code",
            "notifications:prove_number",
            "/me/notifications/texts/",
            "reviewer",
            kind="error",
            do=send(code=""),
        ),
        Scene("Me", "Stop the e-mails", "notifications:unsubscribe", "/u/nothing/"),
        Scene("Me", "The e-mails have stopped", "notifications:unsubscribe", "/u/nothing/", do=send("Stop them")),
        Scene("Me", "A text to agree to", "members:consent", "/consent/", "undecided"),
        Scene("Me", "What I agreed to", "members:consent_version", "/consent/1/", "alumnus"),
        Scene("Me", "Reports and blocks", "safety:own", "/safety/", "alumnus"),
        Scene("Me", "Reports and blocks, none", "safety:own", "/safety/", "member", site="empty", kind="empty"),
        Scene("Me", "Menu", "today", "/today/", "alumnus", do=press("Menu"), screenful=True),
    ]


def _groups() -> list[Scene]:
    own, led = "/groups/{group}/", "/groups/{led}/"
    return [
        Scene("Groups", "Groups", "peers:list", "/groups/", "alumnus"),
        Scene("Groups", "Groups, none", "peers:list", "/groups/", "member", site="empty", kind="empty"),
        Scene("Groups", "Groups, none, of an admin", "peers:list", "/groups/", "staff", site="empty", kind="empty"),
        Scene("Groups", "Saying hello, to nobody", "peers:hello", "/groups/hello/", "outsider", kind="empty"),
        Scene("Groups", "A group of mine", "peers:group", own, "alumnus"),
        Scene("Groups", "An open one", "peers:group", "/groups/{open}/", "outsider"),
        Scene("Groups", "One to ask", "peers:group", "/groups/{ask}/", "outsider"),
        Scene("Groups", "A full one", "peers:group", "/groups/{full}/", "outsider"),
        Scene("Groups", "Mine to look after", "peers:group", led, "facilitator"),
        Scene("Groups", "Change it", "peers:edit", f"{led}edit/", "facilitator"),
        Scene("Groups", "No name", "peers:edit", f"{led}edit/", "facilitator", kind="error", do=send(name="")),
        Scene("Groups", "Agreement, all versions", "peers:agreement", f"{led}agreement/", "facilitator"),
        Scene("Groups", "Doors", "peers:join_rules", f"{led}doors/", "facilitator"),
        Scene("Groups", "People", "peers:people", f"{led}people/", "facilitator"),
        Scene("Groups", "Remove somebody", "peers:remove", f"{led}people/{{led_member}}/remove/", "facilitator"),
        Scene("Groups", "Answer somebody", "peers:answer", "/groups/{asked_group}/people/{asked}/answer/", "facilitator"),
        Scene("Groups", "Step down", "peers:step_down", f"{led}step-down/", "facilitator"),
        Scene("Groups", "New group", "peers:new", "/groups/new/", "admin"),
        Scene("Groups", "New group, nothing filled in", "peers:new", "/groups/new/", "admin", kind="error", do=send()),
    ]


def _safety() -> list[Scene]:
    return [
        Scene("Safety", "Report", "safety:report", "/report/message/{message}/", "alumnus"),
        Scene("Safety", "No reason given", "safety:report", "/report/message/{message}/", "alumnus", kind="error", do=send()),
        Scene("Safety", "Reported", "safety:reported", "/report/message/{message}/", "alumnus", do=send(reason=True)),
        Scene("Safety", "A person", "safety:person", "/people/{other}/", "alumnus"),
        Scene("Safety", "Report a person", "safety:report", "/report/person/{other}/", "alumnus"),
        Scene("Safety", "Desk", "safety:desk", "/staff/reports/", "moderator"),
        Scene("Safety", "Desk, nothing waiting", "safety:desk", "/staff/reports/", "staff", site="empty", kind="empty"),
        Scene("Safety", "A report", "safety:case", "/staff/reports/{report}/", "moderator"),
        Scene("Safety", "A report of a person", "safety:case", "/staff/reports/{about_person}/", "moderator"),
        Scene("Safety", "Nothing decided", "safety:case", "/staff/reports/{report}/", "moderator", kind="error", do=send()),
        Scene("Safety", "A report that was looked at", "safety:case", "/staff/reports/{decided}/", "moderator"),
    ]


def _announcements() -> list[Scene]:
    write, one = "/staff/announcements/new/", "/staff/announcements/{announcement}/"
    words = send(title="The door is open", body="Coffee is on **from ten**.", audience=True)
    return [
        Scene("Announcements", "An announcement", "notifications:announcement", "/announcements/{announcement}/", "alumnus"),
        Scene("Announcements", "What was announced", "notifications:announcements", "/staff/announcements/", "publisher"),
        Scene("Announcements", "None", "notifications:announcements", "/staff/announcements/", "staff", site="empty", kind="empty"),
        Scene("Announcements", "Write one", "notifications:write_announcement", write, "admin"),
        Scene("Announcements", "Nothing written", "notifications:write_announcement", write, "publisher", kind="error", do=send()),
        Scene("Announcements", "How it arrives", "notifications:write_announcement", write, "publisher", do=words),
        Scene("Announcements", "What became of one", "notifications:manage_announcement", one, "publisher"),
        Scene("Announcements", "Withdraw one", "notifications:withdraw_announcement", f"{one}withdraw/", "publisher"),
    ]


def _library() -> list[Scene]:
    return [
        Scene("Library", "Library of a guest", "cms:library", "/library/"),
        Scene("Library", "Library", "cms:library", "/library/", "alumnus"),
        Scene("Library", "Library, nothing there", "cms:library", "/library/", "member", site="empty", kind="empty"),
        Scene("Library", "An article", "cms:article", "/library/{article}/"),
        Scene("Library", "An article for members", "cms:article", "/library/{members_article}/", "alumnus"),
        Scene("Library", "Found", "cms:search", "/library/search/?q=evening", "alumnus"),
        Scene("Library", "Not found", "cms:search", "/library/search/?q=zeppelin", "alumnus", kind="empty"),
        Scene("Library", "Reviews", "cms:review_desk", "/staff/reviews/", "reviewer"),
        Scene("Library", "Reviews, nothing there", "cms:review_desk", "/staff/reviews/", "staff", site="empty", kind="empty"),
        Scene("Library", "A review", "cms:review", "/staff/reviews/{article_id}/", "reviewer"),
    ]


def _staff() -> list[Scene]:
    person, cohort, again = "/staff/people/{person}/", "/staff/cohorts/{cohort}/", "/staff/people/write-again/"
    menu_of_a_person = on_the_way(lambda page: page.locator("main .row summary").nth(1).click())
    not_agreed = on_the_way(press("Invite one person"), send(number="(212) 555-0123"))
    not_an_address = on_the_way(press("Invite one person"), send(email="nowhere"))
    return [
        Scene("Staff", "People", "members:people", "/staff/people/", "admin"),
        Scene("Staff", "People, of a coordinator", "members:people", "/staff/people/", "coordinator"),
        Scene("Staff", "Menu of somebody among people", "members:people", "/staff/people/", "admin", do=menu_of_a_person),
        Scene("Staff", "People, invited", "members:people", "/staff/people/?show=invited", "coordinator"),
        Scene("Staff", "People, without an answer", "members:people", "/staff/people/?show=unanswered", "coordinator", kind="empty"),
        Scene("Staff", "People, nearly none", "members:people", "/staff/people/", "staff", site="empty", kind="empty"),
        Scene("Staff", "Not an address", "members:invite", "/staff/people/", "admin", kind="error", do=not_an_address),
        Scene("Staff", "Invited by phone, without consent", "members:invite", "/staff/people/", "coordinator", kind="error", do=not_agreed),
        Scene("Staff", "Invite someone who opted out", "members:write_again", again, "admin"),
        Scene("Staff", "Nobody had asked", "members:write_again", again, "admin", kind="error", do=send(address="a@b.org", has_asked=True)),
        Scene("Staff", "A shared mailbox, none", "members:shared_mailboxes", "/staff/people/twins/", "admin", kind="empty"),
        Scene("Staff", "A person", "members:person", person, "admin"),
        Scene("Staff", "Groups for one of the people", "suggestions:person", f"{person}groups/", "coordinator"),
        Scene("Staff", "Pause somebody", "members:pause", f"{person}pause/", "admin"),
        Scene("Staff", "Close an account", "members:close", f"{person}close/", "admin"),
        Scene("Staff", "Help somebody in", "members:help_in", f"{person}help-in/", "admin"),
        Scene("Staff", "Help somebody without an address", "members:help_in", "/staff/people/{without}/help-in/", "admin"),
        Scene("Staff", "Way back in person", "members:help_in", "/staff/people/{without}/help-in/", "admin", do=send(reason="He came by.")),
        Scene("Staff", "No role without an address", "members:person", "/staff/people/{without}/", "admin"),
        Scene("Staff", "Cohorts", "members:cohorts", "/staff/cohorts/", "admin"),
        Scene("Staff", "Cohorts, none", "members:cohorts", "/staff/cohorts/", "staff", site="empty", kind="empty"),
        Scene("Staff", "New cohort", "members:new_cohort", "/staff/cohorts/new/", "admin"),
        Scene("Staff", "New cohort, no name", "members:new_cohort", "/staff/cohorts/new/", "admin", kind="error", do=send()),
        Scene("Staff", "A cohort", "members:cohort", cohort, "admin"),
        Scene("Staff", "A new cohort", "members:cohort", "/staff/cohorts/{new_cohort}/", "admin", kind="empty"),
        Scene("Staff", "Change a cohort", "members:edit_cohort", f"{cohort}edit/", "admin"),
        Scene("Staff", "Invite a cohort", "members:invite_cohort", f"{cohort}invite/", "admin"),
        Scene("Staff", "A list with phone numbers", "members:invite_cohort", f"{cohort}invite/", "admin", do=send(pasted=NUMBERS)),
        Scene("Staff", "Make cards", "members:make_cards", "/cards/for/{cohort}/", "admin"),
        Scene("Staff", "How many cards", "members:make_cards", "/cards/for/{cohort}/", "admin", kind="error", do=send(count="600")),
        Scene("Staff", "Cards to print", "members:make_cards", "/cards/for/{cohort}/", "admin", do=send(count="9")),
        Scene("Staff", "A sheet of cards", "members:card_sheet", "/cards/{sheet}/", "admin"),
        Scene("Staff", "Groups for a cohort", "suggestions:cohort", f"{cohort}groups/", "admin"),
        Scene("Staff", "A group of its own", "suggestions:make", f"{cohort}new-group/", "admin"),
        Scene("Staff", "What newcomers agree to", "members:policy", "/staff/texts/consent/", "admin"),
    ]


def _gone_wrong() -> list[Scene]:
    return [
        Scene("Gone wrong", "Left a group, with a way back", "peers:left", "/groups/{left}/", "alumnus", kind="error", do=leave),
        Scene("Gone wrong", "Not found", "home", "/nothing-here/", "alumnus", kind="error"),
        Scene("Gone wrong", "Open too long", "members:discretion", "/me/discretion/", "alumnus", kind="error", do=forged),
        Scene("Gone wrong", "Signed out meanwhile", "members:change_address", "/me/address/", "alumnus", kind="error", do=signed_out),
        Scene("Gone wrong", "Too many tries", "account_login", "/accounts/login/", kind="error", do=too_often, site="empty"),
        Scene(
            "Gone wrong",
            "A cover over the page",
            "today",
            "/today/",
            "alumnus",
            do=lambda page: page.keyboard.press("Alt+Shift+KeyP"),
            screenful=True,
        ),
    ]


def scenes() -> list[Scene]:
    """Every scene, in the order of the index."""
    return [
        *_public(), *_joining(), *_signing_in(), *_me(), *_groups(), *talk(), *_safety(), *_announcements(), *_library(), *_staff(),
        *_gone_wrong(),
    ]  # fmt: skip
