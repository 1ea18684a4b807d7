"""What people write is shown as they wrote it; what was plainly meant as markup is markup."""

import html
import re

import pytest

from community.kit.text.markdown import to_html
from tests.chat.pages import say, text_of, url

AS_WRITTEN = [
    # doses, sums, prices, scores
    "5*3 or 5*4", "2*10mg, then 3*5mg", "take 2 * 3 a day", "5*(3+2)*4 = 100", "it went 2*3*4 times", "1/2* and 1/4*", "10* for me",
    "~50 mg~ a day", "about ~5~6 weeks", "~20 mins each way ~ maybe", "50~60 mg, then 20~30", "<5 mg and >10 mg", "5<6>4", "a*b*c",
    "x * y*z and z*y", "3_000 or 4_000 steps", "$5_ or $6_", "100% of 2*50%", "50mg->25mg->0", "-5 mg this week", "- 5 degrees outside",
    "+1", "+1 from me", "+ 1 from me", "+ more sleep\n+ more walks", "+ sleep\n- sugar", "20+ years * 365", "2^3 and 2**3 or 3**2",
    "**10 left", "it is 5* not 6*", "*10 and *20", "one*two", "half a tab.2x a day", "take 1.5 or 2.5", "day 1. day 2. day 3.",
    # times and dates
    "see you at 8:30_9:00", "7.30 or 8.15?", "9.Nov or 10.Nov", "2024. was hard", "2024. was hard\n2025. was better",
    "1. was fun", "3. yes\n1. no", "1. yes\n3. no", "1. a\n1. b", "01. first\n02. second", "1) call\n2) walk", "(1) call (2) walk",
    "12. Dec we meet", "24/7", "at 5:00*", "8-9pm ~ here", "2026-11-29",
    # smileys
    r"¯\_(ツ)_/¯", r"¯\_(ツ)_/¯ oh well ¯\_(ツ)_/¯", r"\o/ \o/", r"*\o/* yay *\o/*", ">:(", ">:(\nand again >:(", ">_<", ">_> <_<",
    "^_^ hi ^_^", "-_- meh -_-", "*_* wow *_*", "(*_*) (*_*)", "(>_<)", "T_T", "o_O O_o", ";_; ;_;", "._. ._.", "=_= =_=", "u_u",
    "'_' '_'", "@_@ @_@", "+_+ +_+", ":* and :*", ":-* kiss *", "<3", "</3 <3", ">.<", ":-)", "8-)", "0:)", "*-* *-*", "(*^_^*)",
    "(*^^*) hi (*^^*)", "(*´▽`*) hi (*´▽`*)", "(´・ω・`) and (´・ω・`)", "(o_o) (o_o)", "(*o*)", "x_x", "ヽ(°〇°)ﾉ", "(╯°□°)╯︵ ┻━┻",
    "—_— —_—", ">:D", ">;(", "d-_-b", "m(_ _)m", "(_ _)", "\\(^o^)/", "(ಥ_ಥ) (ಥ_ಥ)", "ʕ•ᴥ•ʔ",
    # sentences that miss a space, half addresses
    "I relapsed.It was hard", "Call me.Be safe", "ok.No problem.So what", "sam.is here", "see node.js or so", "read file.md", "v1.2.3",
    "localhost:8000", "mail sam@example.org", "sam@home.It was late", "@sam.at work", "192.168.1.1", "//example.org/x",
    "ftp://example.org/x",
    "javascript:alert(1)", "www.", "www. what", "http://", "https:// and so on", "example.org", "tel:+15550100", "foo://bar.baz", "a.b.c.d",
    "https://good.example@evil.example/",
    # bad words, blanks, footnotes
    "f***ing s**t", "f*** this, f*** that", "sh*t and b*tch", "what the ****!", "**** off", "My name is ___ and I am ___ years",
    "fill ____ in ____", "*only on weekends", "free*\n*only weekends", "*", "**", "***", "_", "__", "~~", "~~~", "---", "===",
    "* * *", "- - -",
    "~~~ hi ~~~", "~~~", "```", "``` what a day", "```wow", "`", "``", "don`t and can`t", "5`10 and 5`4", "`tis the season, don`t",
    "``so called'' friends", "she said `no' and `never'", "it's 'fine'", "....", "…", "?!?!", "#1", "# 1 fan", "## me too", "#hashtag",
    "Hello\n---", "Hello\n===", "a | b\n--|--\n1 | 2", "| a | b |", "=)", "- Sam", "Take care\n- Sam", "* see below", "-", "- ",
    "*\n*", "+",
    "-- Sam", "– so\n– no", "• one\n• two", "o one\no two", "> ", ">", ">>", ">>> wow", ">3 weeks", ">5 or <5", ">nothing", "->",
    "=>", "<-",
    # paths, code words, names of files
    r"C:\new\_x_", r"C:\_a_\b", r"\\server\_share_", "/srv/_me_/x", "snake_case_words and more_of_them", "__init__.py and __main__.py",
    "_x_.txt", "a_b_c", "my_file_2.txt, your_file_3.txt", r"\*not bold\*", r"\# \- \> \`", r"a\ b", "line\\\nline", "<b>bold</b>",
    "<script>x</script>",
    "<!-- no -->", "&amp; &copy; &#33; &nbsp;", "AT&T", "R&D;", "<https>", "[x]", "[ ] milk", "[sic]", "[a][b]", "[a]: b", "[sic](really)",
    "I took [two](maybe)", "array[0](1)", "[x]()", "[](url)", "[]()", "[a](b c)", "![a](b)", "[^1]", "[1] [2]", "{a} {b}", "a[*]b[*]",
    # 4 spaces, and other scripts
    "so\n    this", "我*很*好", "我_很_好", "＊とても＊", "＿とても＿", "＞引用", "１．はい", "こんにちは.そして", "привет_мир_да",
    "так*же*тут",
    "שלום_עולם_", "مرحبا*بك*هنا", "สวัสดี*ครับ*นะ", "안녕*하세*요", "𝒽*𝒾*𝒿", "नमस्ते_जी_हाँ", "\u202bשלום\u202c", "a\u00a0*\u00a0b",
]  # fmt: skip


def read(markup):
    """What a reader sees of a message: its words, a line of it a line."""
    lines = re.sub(r"<br>\n?|</p>\s*<p>", "\n", markup)
    return html.unescape(re.sub(r"<[^>]+>", "", lines))


def lines_of(body):
    return [" ".join(line.split()) for line in body.strip().splitlines()]


@pytest.mark.parametrize("body", AS_WRITTEN)
def test_plain_talk_is_shown_as_it_was_written(body):
    """Markup guessed in a dose, a smiley, a path or a sentence without a space: "5*3 or 5*4" that shows "53 or 54"."""
    markup = to_html(body)
    assert lines_of(read(markup)) == lines_of(body)
    assert not set(re.findall(r"</?(\w+)", markup)) - {"p", "br"}


LINK = 'rel="nofollow noopener noreferrer ugc"'


@pytest.mark.parametrize(
    ("body", "markup"),
    [
        ("*very* good", "<p><em>very</em> good</p>"),
        ("_very_ good", "<p><em>very</em> good</p>"),
        ("**Very** good", "<p><strong>Very</strong> good</p>"),
        ("__Very__ good", "<p><strong>Very</strong> good</p>"),
        ("***Very*** good", "<p><em><strong>Very</strong></em> good</p>"),
        ("*_both_*", "<p><em><em>both</em></em></p>"),
        ("**_both_**", "<p><strong><em>both</em></strong></p>"),
        ("~~no~~ yes", "<p><s>no</s> yes</p>"),
        ("So (*really*), “*really*”!", "<p>So (<em>really</em>), “<em>really</em>”!</p>"),
        ("*he*’s here — *she*—too", "<p><em>he</em>’s here — <em>she</em>—too</p>"),
        ("*I* did, *2 a day*.", "<p><em>I</em> did, <em>2 a day</em>.</p>"),
        ("*-5 mg*, *“so”*, *(so)*", "<p><em>-5 mg</em>, <em>“so”</em>, <em>(so)</em></p>"),
        ("*two\nlines*", "<p><em>two<br>\nlines</em></p>"),
        ("*5*3*", "<p><em>5*3</em></p>"),
        ("*שלום* *مرحبا* *很好*，谢谢", "<p><em>שלום</em> <em>مرحبا</em> <em>很好</em>，谢谢</p>"),
        ("`a*b` and `x`", "<p><code>a*b</code> and <code>x</code></p>"),
        ("*`x`* (`y`)", "<p><em><code>x</code></em> (<code>y</code>)</p>"),
        ("```\na *b*\n  c\n```", "<pre><code>a *b*\n  c\n</code></pre>"),
        ("```python\nx\n```", "<pre><code>python\nx\n</code></pre>"),
        ("> so\nno", "<blockquote>\n<p>so</p>\n</blockquote>\n<p>no</p>"),
        ("> so\n>\n> so\n\nno", "<blockquote>\n<p>so</p>\n<p>so</p>\n</blockquote>\n<p>no</p>"),
        ("> so\n>:(", "<blockquote>\n<p>so</p>\n</blockquote>\n<p>&gt;:(</p>"),
        ("> > a\n> b", "<blockquote>\n<blockquote>\n<p>a</p>\n</blockquote>\n<p>b</p>\n</blockquote>"),
        ("- milk\n- eggs\nThanks", "<ul>\n<li>milk</li>\n<li>eggs</li>\n</ul>\n<p>Thanks</p>"),
        ("* milk\n* eggs", "<ul>\n<li>milk</li>\n<li>eggs</li>\n</ul>"),
        ("Buy:\n  - milk\n  - eggs", "<p>Buy:</p>\n<ul>\n<li>milk</li>\n<li>eggs</li>\n</ul>"),
        ("- milk\n  - oat\n  - soy\n- eggs", "<ul>\n<li>milk\n<ul>\n<li>oat</li>\n<li>soy</li>\n</ul>\n</li>\n<li>eggs</li>\n</ul>"),
        ("- milk\n\n- eggs", "<ul>\n<li>milk</li>\n<li>eggs</li>\n</ul>"),
        ("1. milk\n2. eggs", "<ol>\n<li>milk</li>\n<li>eggs</li>\n</ol>"),
        ("4. milk\n5. eggs", '<ol start="4">\n<li>milk</li>\n<li>eggs</li>\n</ol>'),
        ("a\n\nb\nc", "<p>a</p>\n<p>b<br>\nc</p>"),
        ("https://example.org/a_b_c*d", f'<p><a href="https://example.org/a_b_c*d" {LINK}>https://example.org/a_b_c*d</a></p>'),
        ("(see www.example.help/_a_/)", f'<p>(see <a href="https://www.example.help/_a_/" {LINK}>www.example.help/_a_/</a>)</p>'),
        ("WWW.Example.org.", f'<p><a href="https://WWW.Example.org" {LINK}>WWW.Example.org</a>.</p>'),
        ("https://xn--80ak6aa92e.com", f'<p><a href="https://xn--80ak6aa92e.com" {LINK}>https://xn--80ak6aa92e.com</a></p>'),
        ("[a page](https://example.org/a)", f'<p><a href="https://example.org/a" {LINK}>a page</a></p>'),
        ("[*a* page](https://example.org/a_(b))", f'<p><a href="https://example.org/a_(b)" {LINK}><em>a</em> page</a></p>'),
        ("[example.org](https://example.org/a)", f'<p><a href="https://example.org/a" {LINK}>example.org</a></p>'),
        ("[write me](mailto:sam@example.org)", f'<p><a href="mailto:sam@example.org" {LINK}>write me</a></p>'),
    ],
)  # fmt: skip
def test_markup_that_was_plainly_meant_stays(body, markup):
    """A rule against guessing that takes emphasis, lists, quotes, code or links away."""
    assert to_html(body) == markup


@pytest.mark.parametrize(
    "words",
    [
        "https://bank.example", "bank.example", "**bank.example**", "www.bank.example", "ｂａｎｋ．ｅｘａｍｐｌｅ", "bank\u200b.example",
        "bank。example", "log in at bank.example", "evil.example.bank.example", "evil.exampl", "evil.example@bank.example",
        "sam@bank.example", r"bank\.example", "bank*.*example", "https://evil.example/other", "\u200b", "\u2800", "\u3164", "**\u200b**",
    ],
)  # fmt: skip
def test_a_link_shows_where_it_leads(words):
    """Words that look like one address and lead to another, or words that cannot be seen."""
    body = f"[{words}](https://evil.example)"
    markup = to_html(body)
    assert 'href="https://evil.example"' in markup and ">https://evil.example</a>" in markup
    assert read(markup) == body


@pytest.mark.django_db
def test_a_dose_and_a_smiley_stand_in_the_talk_as_they_were_sent(alice, bob, channel, client_of):
    """What the page shows of a message, and of a message that was edited."""
    message = say(bob, channel, "5*3 or 5*4")
    client_of(bob).post(url(channel, f"{message.pk}/edit/"), {"body": r"5*3 or 5*4 ¯\_(ツ)_/¯"})
    assert r"5*3 or 5*4 ¯\_(ツ)_/¯" in text_of(client_of(alice).get(url(channel)))
