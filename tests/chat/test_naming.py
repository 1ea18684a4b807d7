"""Whom a text names: by whole names, in every script and from every keyboard."""

import pytest

from community.kit.text.markdown import to_html
from community.members.models import User
from groups.chat.models import Channel
from groups.chat.text import may_name, mentioned
from tests.chat.pages import say

NAMES = (
    "Mar", "Ma", "田中", "田中太郎", "さくら", "김민수", "สมชาย", "राम", "मीना", "দীপা", "မောင်", "Anna Maria", "José", "דנה", "محمد",
    "ガク", "Straße", "Bo ❤️", "Νίκος",
)  # fmt: skip


def named(body):
    assert may_name(body)
    return mentioned(body, [(name, name) for name in NAMES])


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("@राम", ["राम"]), ("@राम ने", ["राम"]), ("@राम।", ["राम"]), ("@रामा", []), ("@राम्या", []),
        ("@रामं", []), ("@राम\u200dा", []), ("@मीना, @राम", ["मीना", "राम"]),
        ("@मोना", []), ("@मीनाक्षी", []), ("@দীপাকে", []), ("@দীপা!", ["দীপা"]), ("@မောင်", ["မောင်"]),
        ("@Jose", []), ("@José", ["José"]), ("@JOSE\u0301", ["José"]),
        ("@Mar\u0301", []), ("@Marı", []), ("@Mar_x", []), ("@Mar2", []), ("@Mar２", []),
    ],
)  # fmt: skip
def test_a_name_ends_where_its_last_letter_ends(body, names):
    """One half of a letter with its vowel is another name."""
    assert named(body) == names


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("@田中さん", ["田中"]), ("＠田中さん、おはよう", ["田中"]), ("@田中太郎さん", ["田中太郎"]),
        ("ありがとう@Mar", ["Mar"]), ("ありがとう＠Ｍａｒさん", ["Mar"]), ("﹫Mar", ["Mar"]),
        ("@Marさん", ["Mar"]), ("@さくらちゃん", ["さくら"]), ("@김민수님", ["김민수"]),
        ("안녕@김민수", ["김민수"]), ("@김민술", []), ("สวัสดี@สมชายครับ", ["สมชาย"]), ("@สมชายิ", []),
        ("ל@דנה", ["דנה"]), ("و@محمد", ["محمد"]), ("🙂@Mar🙂", ["Mar"]), ("@Mar❤️", ["Mar"]),
        ("@Anna\u3000Maria", ["Anna Maria"]), ("@anna\u00a0maria", ["Anna Maria"]),
        ("@ｶﾞｸ", ["ガク"]), ("@STRASSE", ["Straße"]), ("@Bo ❤", ["Bo ❤️"]), ("@ΝΊΚΟΣ", ["Νίκος"]),
        ("【@Mar】", ["Mar"]), ("、@Mar", ["Mar"]),
        ("x@Mar", []), ("é@Mar", []), ("e\u0301@Mar", []), ("bob＠Mar.example", []), ("@@Mar", []),
        ("＠@Mar", []), ("7@Mar", []), ("@", []), ("@nobody", []),
    ],
)  # fmt: skip
def test_a_name_needs_no_spaces_where_its_script_has_none(body, names):
    """Whoever writes without spaces, or with a wide @, calls nobody."""
    assert named(body) == names


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("ありがとう＠田中さん", "<p>ありがとう<strong>＠田中</strong>さん</p>"),
        ("@रामा और @राम", "<p>@रामा और <strong>@राम</strong></p>"),
        ("*@Mar* `@Mar` @MAR", "<p><em><strong>@Mar</strong></em> <code>@Mar</code> <strong>@MAR</strong></p>"),
        ("@ｶﾞｸ@Mar", "<p><strong>@ｶﾞｸ</strong><strong>@Mar</strong></p>"),
    ],
)
def test_who_is_named_stands_out_as_it_was_typed(body, html):
    """A name in bold that the message does not call, or one that it calls and that is lost among the words."""
    assert to_html(body, strong=[f"@{name}" for name in NAMES]) == html


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["ありがとう@Alice", "＠Ａｌｉｃｅさん", "﹫alice"])
def test_a_message_calls_who_is_named_so(alice: User, bob: User, channel: Channel, body: str) -> None:
    """A wide @ for which nobody is even looked up."""
    message = say(bob, channel, body)
    assert message.mentions == [str(alice.pk)] and "<strong>" in message.html
