"""Every page of the site is among the screens, or says here why it is not."""

from collections import Counter

from tests.house.doors import DOORS
from tests.screens.camera import file_of
from tests.screens.scenes import scenes

# What shows nothing of its own: it does something and leads on, or answers a program.
NO_PAGE = {
    "leave", "service_worker", "manifest", "look", "logo", "icon", "icon_masked", "healthz", "readyz", "policy_report",
    "mfa_login_webauthn", "members:session",
    "members:welcoming", "members:stop_own_address", "members:end_other_devices", "members:end_device", "members:helped",
    "members:give", "members:take",
    "members:cancel_closing",
    "members:refuse_ways_back",
    "members:suspend", "members:let_back", "members:resend", "members:revoke", "members:resend_cohort", "members:revoke_cohort",
    "members:revoke_cards",
    "peers:join", "peers:leave", "peers:undo", "peers:ask", "peers:wait", "peers:take_back",
    "notifications:mark_all_read", "notifications:open", "notifications:dismiss", "downloads:ask", "downloads:fetch",
    "peers:withdraw", "peers:appoint", "safety:read_note", "safety:undo",
    "safety:block", "safety:unblock", "notifications:register_browser", "notifications:remove_browser", "notifications:test_browser",
    "notifications:remove_number",
    "chat:history", "chat:send", "chat:draft", "chat:read", "chat:bring_back",
    "chat:involvement", "notifications:pause", "notifications:resume", "notifications:try_again",
    "cms:feed", "cms:picture", "cms:document", "cms:sitemap", "wagtail_serve", "^(?:library|pictures|documents)/(?P<rest>.*)/$",
}  # fmt: skip
# Pages about a passkey that is there: the browser here has no device to make one with.
NEEDS_A_PASSKEY = {"mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_reauthenticate_webauthn"}


def test_every_page_has_a_scene() -> None:
    """A new page that nobody ever looks at."""
    shown = {scene.door for scene in scenes()}
    assert DOORS.keys() - NO_PAGE - NEEDS_A_PASSKEY - shown == set()
    assert shown <= DOORS.keys()


def test_each_scene_has_a_name_of_its_own() -> None:
    """Two pictures in one file, for which no picture is taken at all."""
    assert [name for name, n in Counter(file_of(scene) for scene in scenes()).items() if n > 1] == []
