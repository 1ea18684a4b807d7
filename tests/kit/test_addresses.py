"""One spelling of an address: what leads to one mailbox is one address, and what is none is refused."""

import pytest

from community.kit.errors import Refused
from community.kit.text.addresses import canonical, readable

MUNICH = "zoe@xn--mnchen-3ya.de"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        *((typed, "zoe@example.org") for typed in (
            " Zoe@EXAMPLE.org ", "zoe@example.org\u200b", "\ufeffzoe@example.org", "z\u00adoe@exam\u2060ple.org", "zoe@example.org\u200d",
            "zoe\u200c@example.org", "zoe@\u202aexample.org\u202c", "zoe@ｅxample.org", "ｚｏｅ＠ｅｘａｍｐｌｅ．ｏｒｇ",
            "zoe@example。org",
            "zoe@example.org\u3000", "zoe@example\ufe0f.org", "zoe@example.org\u2800", "zoe@example.org\u3164", "\u00a0zoe@example.org  ",
            "zoe@example.org\U000e0041",
        )),
        *((typed, MUNICH) for typed in (
            "zoe@münchen.de", "ZOE@MÜNCHEN.DE", "zoe@mu\u0308nchen.de", MUNICH, MUNICH.upper(), "zoe@ｍünchen。de", "zoe@mün\u00adchen.de",
        )),
        ("zoe@straße.de", "zoe@xn--strae-oqa.de"), ("zoe@i❤️.ws", "zoe@xn--i-7iq.ws"), ("zoe@почта.рф", "zoe@xn--80a1acny.xn--p1ai"),
        ("zoe@ab--cd.org", "zoe@ab--cd.org"), ("zoe+one@example.org", "zoe+one@example.org"), ("zoe@[192.0.2.1]", "zoe@[192.0.2.1]"),
    ],
)  # fmt: skip
def test_every_spelling_of_a_mailbox_is_one_address(typed, kept):
    """A second account for one mailbox, which a browser that tidies what is typed can never open."""
    assert canonical(typed) == canonical(kept) == kept


def test_a_joiner_that_shapes_letters_makes_another_domain():
    """Persian names that differ in it alone belong to different people."""
    assert canonical("zoe@نامه\u200cای.com") != canonical("zoe@نامهای.com")


@pytest.mark.parametrize(
    "typed",
    ["", "@", "zoe", "zoe@", "@example.org", "zoe@x", "a@x.org,b@x.org", "a@x.org\nBcc: b@x.org", "zoé@example.org", "zoe @example.org",
     "zoe@exa mple.org", "zoe@example.org.", "zoe@a_b.org", "zoe@exa\ufffdmple.org", "zoe@-example.org", "\u200b", "\u200d@\u200d",
     "zoe\0@x.org",
     "z" * 250 + "@example.org", "zoe@" + "ü" * 64 + ".de", "zoe@" + ".".join(["ü" * 40] * 6), "zoe@" + "x" * 5000, "\n\u200d\n",
     "zoe@example.org\n"],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed):
    """A 500, a row that cannot be stored, or a letter to somebody more."""
    with pytest.raises(Refused) as refusal:
        canonical(typed)
    assert refusal.value.code == "bad_address"


@pytest.mark.parametrize(
    ("typed", "named"),
    [("Jürgen@example.org", "“ü”"), ("ju\u0308rgen@example.org", "“ü”"), ("zoe hall@example.org", "a space"), ("имя@example.org", "“и”"),
     ("zoe🙂@example.org", "“🙂”"), ("zoe(home)@example.org", "“(”")],
)  # fmt: skip
def test_what_is_wrong_before_the_at_is_named(typed, named):
    """ "Write an e-mail address like name@example.org", to somebody called Jürgen, who has just done that."""
    with pytest.raises(Refused, match="before the @") as refusal:
        canonical(typed)
    assert named in refusal.value.sentence


@pytest.mark.parametrize("typed", ["jürgen", "jürgen <j@example.org>", "j@example.org, ü@example.org", "zoe\0@x.org", "a..b@x.org"])
def test_what_is_wrong_elsewhere_is_told_as_before(typed):
    """A sign named that is not what has to be mended."""
    with pytest.raises(Refused, match=r"like name@example\.org"):
        canonical(typed)


@pytest.mark.parametrize(
    ("kept", "shown"),
    [(MUNICH, "zoe@münchen.de"), ("zoe@example.org", "zoe@example.org"), ("zoe@example.org\u200b", "zoe@example.org‹U+200B›"),
     ("zoe@example.org\u200d", "zoe@example.org‹U+200D›"), ("zoe@xn--mgba3gch31f060k.com", "zoe@نامه\u200cای.com"),
     ("zoe@xn--i-7iq.ws", "zoe@xn--i-7iq.ws"), ("zoe@ｅxample.org", "zoe@ｅxample.org"), ("x@closed.invalid", "x@closed.invalid")],
)  # fmt: skip
def test_an_address_is_shown_as_people_read_it(kept, shown):
    assert readable(kept) == shown
