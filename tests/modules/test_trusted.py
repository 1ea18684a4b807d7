"""The one way by which HTML comes into a page; and that the page of these tests has the site's own policy, and is watched."""

import pytest

_TRY = """
    try {
      await (async () => { %s })();
      return "";
    } catch ({ name }) {
      return name;
    }
"""


@pytest.mark.parametrize(
    "code",
    [
        'document.body.innerHTML = "<p>Hi</p>"',
        'document.createElement("script").src = "/sw.js"',
        'trustedTypes.createPolicy("another", {})',
        'trustedTypes.createPolicy("mainstay", {}); trustedTypes.createPolicy("mainstay", {})',
    ],
)
def test_there_is_no_other_way(stage, code):
    """A test that passes where the site's own policy would stop the module."""
    stage.watch.expect("(?i)content security policy|TrustedHTML|TrustedScriptURL")
    stage.run('await load("community/js/trusted.js")')
    assert stage.run(_TRY % code) == "TypeError"


def test_what_breaks_the_policy_or_throws_is_seen(stage):
    """A harness that looks away."""
    stage.watch.expect("(?i)content security policy|asked another host|too late")
    stage.run(
        'document.body.append(Object.assign(new Image(), { src: "https://example.org/a.png" })); queueMicrotask(() => { throw "too late" })'
    )
    assert len(stage.watch.faults) == 3 and stage.watch.remaining() == []


def test_html_of_a_message_comes_in(stage):
    """A page whose messages are empty where the browser asks for Trusted Types."""
    code = """
        const { setHTML } = await load("community/js/trusted.js");
        setHTML(document.body, given);
        return document.body.querySelector("em").textContent;
    """
    assert stage.run(code, "<p>Hi <em>you</em></p>") == "you"


def test_html_of_a_message_runs_nothing(stage):
    """A script in a message, should one ever get past the server."""
    stage.watch.expect("(?i)content security policy|status of 404")
    code = """
        const { setHTML } = await load("community/js/trusted.js");
        setHTML(document.body, "<script>window.ran = 1</script><img src='/none.png' onerror='window.ran = 1'>");
        await new Promise((resolve) => document.querySelector("img").addEventListener("error", resolve));
        return window.ran ?? null;
    """
    assert stage.run(code) is None


def test_the_worker_is_ours(stage):
    """A service worker from anywhere else."""
    assert stage.run('const { workerURL } = await load("community/js/trusted.js"); return String(workerURL())') == "/sw.js"
