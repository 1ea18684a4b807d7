"""Limits on tries behind a proxy: each visitor has their own, a forged header gains nothing, and all processes count together."""

from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from tests.cast import PASSWORD
from tests.sites import Kind, Site

TIRED = "You have tried several times"
SECOND, AGAIN = "/accounts/second-step/", "/accounts/again/"


@pytest.fixture(scope="module", params=["sqlite", "cluster"])
def site(request: pytest.FixtureRequest, sites: None) -> Iterator[Site]:
    kind: Kind = request.param
    with Site(kind, MAINSTAY_PROXIES="1") as running:
        yield running


class Visitor:
    """A browser behind the one proxy, which adds the address that it sees to what the browser claims; each try goes to the next process."""

    def __init__(self, site: Site, address: str, *, claims: str = "") -> None:
        self.site, self.turn = site, 0
        forwarded = f"{claims}, {address}" if claims else address
        self.clients = [site.client(n) for n in range(len(site.ports))]
        for client in self.clients:
            client.headers["X-Forwarded-For"] = forwarded

    def send(self, path: str, **fields: str) -> httpx.Response:
        client = self.clients[self.turn % len(self.clients)]
        self.turn += 1
        answer = self.site.fill_in(client, path, **fields)
        for other in self.clients:
            other.cookies.update(client.cookies)
        return answer

    def guess(self, email: str) -> bool:
        """Try a wrong password; True where the site is tired of it."""
        return TIRED in self.send("/accounts/login/", login=email, password="not the one").text

    def close(self) -> None:
        for client in self.clients:
            client.close()


def test_two_visitors_behind_one_proxy_do_not_share_a_limit(site: Site) -> None:
    """All members of a centre come through its proxy: one who guesses would shut everybody out, or nobody would be limited."""
    with closing(Visitor(site, "203.0.113.1")) as one, closing(Visitor(site, "203.0.113.2")) as other:
        tired = [one.guess(f"nobody{n}@example.org") for n in range(11)]
        assert tired == [False] * 10 + [True]
        assert not other.guess("nobody@example.org")


def test_a_forged_header_gives_no_fresh_limit(site: Site) -> None:
    """What a visitor claims comes before what the proxy saw, and does not count."""
    tired = []
    for n in range(11):
        with closing(Visitor(site, "203.0.113.3", claims=f"198.51.100.{n}")) as visitor:
            tired.append(visitor.guess(f"nobody{n}@example.org"))
    assert tired == [False] * 10 + [True]


def test_nor_does_one_blame_another(site: Site) -> None:
    """Somebody who forges another's address must not use up that one's tries."""
    with closing(Visitor(site, "203.0.113.4", claims="203.0.113.5")) as forger, closing(Visitor(site, "203.0.113.5")) as other:
        for n in range(11):
            forger.guess(f"nobody{n}@example.org")
        assert not other.guess("nobody@example.org")


def test_a_known_device_signs_in_where_a_stranger_was_tired(site: Site) -> None:
    """Whoever shares a network with members, or knows their addresses, would keep them out; all processes know the device."""
    with closing(Visitor(site, "203.0.113.10")) as owner, closing(Visitor(site, "203.0.113.10")) as stranger:
        assert owner.send("/accounts/login/", login="bob@example.org", password=PASSWORD).headers["Location"] == "/today/"
        owner.send("/accounts/logout/")
        tired = [stranger.guess("bob@example.org") for _try in range(6)]
        assert tired == [False] * 5 + [True]
        for _turn in site.ports:
            assert owner.send("/accounts/login/", login="bob@example.org", password=PASSWORD).headers["Location"] == "/today/"
            owner.send("/accounts/logout/")


def test_guesses_of_the_second_step_are_counted_over_addresses_and_processes(site: Site) -> None:
    """The password is known; six digits are all that is left, and a guesser has many addresses."""
    tired = []
    for n in range(6):
        with closing(Visitor(site, f"203.0.113.{20 + n}")) as visitor:
            assert visitor.send("/accounts/login/", login="mo@example.org", password=PASSWORD).headers["Location"] == SECOND
            tired.append(TIRED in visitor.send(SECOND, code="000000").text)
    assert tired == [False] * 5 + [True]


def test_proving_again_and_changes_of_address_are_limited(site: Site) -> None:
    with closing(Visitor(site, "203.0.113.40")) as visitor:
        visitor.send("/accounts/login/", login="alice@example.org", password=PASSWORD)
        asked = [visitor.send("/me/address/", email=f"new{n}@example.org").text for n in range(6)]
        assert ["You can try again in" in page for page in asked] == [False] * 5 + [True]
        again = [visitor.send(AGAIN, password="nonsense").status_code for _try in range(11)]
        assert again == [200] * 10 + [429]
