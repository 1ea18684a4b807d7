"""Where a release's styles, scripts and pictures are, how long browsers may keep them, and how long we do."""

import contextlib
import os
import re
import subprocess
import time

import pytest

from community.kit.web.release import fingerprint
from tests import forks
from tests.databases import clean_environment
from tests.releases import COLLECT, UpgradedSite, release
from tests.sites import Site

IMMUTABLE = "max-age=315360000, public, immutable"
ADDRESS = re.compile(r'(?:href|src)="(/static/[^"#]+)')
HASHED = re.compile(r"/static/.+\.[0-9a-f]{12}\.\w+")


def collecting(folder):
    environment = clean_environment() | {"MAINSTAY_DATA": str(folder)}
    command = ["manage.py", "shell", "-v0", "-c", COLLECT]
    return forks.start(command, environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def collected(folder):
    """What servers of our release that start one after the other say; return its folder too."""
    child = collecting(folder)
    said = child.stdout.read()
    assert child.wait(60) == 0, said
    return said, next((folder / "static").glob("*.whole")).with_suffix("")


def test_what_pages_load_is_kept_for_good_and_packed(sites):
    """Kept for an hour under addresses that stayed: neither fresh after an upgrade nor quick before it."""
    with Site("sqlite") as site, contextlib.closing(site.sign_in("ada")) as ada:
        for path in ("/", "/today/", "/help/", f"/chat/{site.ids['channel']}/", "/cms/", "/accounts/login/"):
            found = set(ADDRESS.findall(ada.get(path, follow_redirects=True).text))
            assert found and [address for address in found if not HASHED.fullmatch(address)] == []
            for address in found:
                answer = ada.get(address)
                assert (answer.status_code, answer.headers["Cache-Control"]) == (200, IMMUTABLE), address
                assert "woff2" in address or ".png" in address or answer.headers["Content-Encoding"] == "gzip", address
        icons = ada.get("/manifest.webmanifest").json()["icons"]
        assert {ada.get(icon["src"]).status_code for icon in icons} == {200}


def test_an_address_of_before_is_asked_for_anew_each_time(sites):
    """Pages that were open when addresses began to change still load by the names that stayed."""
    with Site("sqlite") as site, site.client() as guest:
        answer = guest.get("/static/community/icons/sprite.svg")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "max-age=0, public")
        for name in ("staticfiles.json", "none.0123456789ab.js", "..%2flock", "%00.0123456789ab.js"):
            assert guest.get(f"/static/{name}").status_code == 404, name


def test_an_old_server_has_what_a_page_of_the_new_release_asks_for(sites, tmp_path):
    """While servers restart one after the other, a page of one loads its modules from another."""
    with UpgradedSite(release(tmp_path, "old")) as site, site.client() as guest:
        site.collect(release(tmp_path, "new"))
        theirs = next((site.folder / "static/new").glob("community/js/page.*.js"))
        answer = guest.get(f"/static/community/js/{theirs.name}")
        assert answer.headers["Content-Encoding"] == "gzip" and answer.text.endswith('.push("new");\n')
        assert answer.headers["Cache-Control"] == IMMUTABLE


def test_servers_that_start_at_once_collect_once(tmp_path):
    """Two that write the same files at once serve half of one."""
    children = [collecting(tmp_path) for _ in range(3)]
    said = [child.stdout.read() for child in children]
    assert [child.wait(60) for child in children] == [0, 0, 0], said
    assert sorted(said) == ["", "", "Preparing styles and scripts …\n"]
    assert collected(tmp_path)[0] == ""


def test_what_a_start_that_was_cut_off_has_left_is_made_anew(tmp_path):
    """Half a release that passes for a whole one, for ever."""
    _said, release = collected(tmp_path)
    release.with_suffix(".whole").unlink()
    (release / "staticfiles.json").write_text("{")
    assert "Preparing" in collected(tmp_path)[0] and (release / "staticfiles.json").stat().st_size > 1000


@pytest.mark.parametrize(("served_last", "stays"), [("the one before", True), ("one of long ago", False)])
def test_the_release_before_stays_for_a_week(tmp_path, served_last, stays):
    """Removed at the upgrade, its open pages lose their pictures; never removed, they fill the disk."""
    static = tmp_path / "static"
    for name, days in (("one of long ago", 60), ("the one before", 30)):
        (static / name).mkdir(parents=True)
        mark = static / f"{name}.whole"
        mark.touch()
        os.utime(mark, (time.time() - days * 86400,) * 2)
    collected(tmp_path)
    assert (static / served_last).exists() is stays
    os.utime(static / "the one before.whole", (time.time() - 8 * 86400,) * 2)
    assert collected(tmp_path)[1].exists() and not (static / "the one before").exists()


def test_a_change_of_a_script_is_another_release(tmp_path):
    """Folders named after a version alone: somebody works on a script, and every page goes on with the one of before."""
    script = tmp_path / "room/static/room/page.js"
    script.parent.mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("package==1\n")
    names = []
    for words, locked in (("a", 1), ("b", 1), ("b", 2)):
        script.write_text(words)
        (tmp_path / "requirements.txt").write_text(f"package=={locked}\n")
        names.append(fingerprint(tmp_path, ["room", "elsewhere"]))
    assert len(set(names)) == 3
