"""Cards, from the desk to the phone that scans one: what comes out of the printer can be read, and typed at 360 px without scripts."""

import io
import itertools
import re

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.browser.watch import axe, no_sideways_scroll

names = itertools.count(1)


def print_cards(open_page, count, **more):
    """Have Ada make a cohort and `count` cards for it; return her page, with the cards on it."""
    page = open_page("ada", **more)
    page.goto("/staff/cohorts/new/")
    page.get_by_label("Name of the cohort").fill(f"Finished in week {next(names)}")
    page.get_by_role("button", name="Make the cohort").click()
    page.get_by_role("link", name="Make cards").click()
    page.get_by_label("How many cards?").fill(str(count))
    page.get_by_role("button", name="Make the cards").click()
    expect(page.get_by_role("heading", name="Print these cards now")).to_be_visible()
    return page


def codes_on(page):
    return [code.replace(" ", "") for code in page.locator(".printed-card-code").all_text_contents()]


def read(picture):
    """What phones would read in a picture."""
    return [found.text for found in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)]


@pytest.mark.parametrize(("paper", "per_page"), [("Letter", 8), ("A4", 10)])
def test_every_printed_card_can_be_scanned_and_nothing_else_is_printed(open_page, site, paper, per_page):
    """A card across two pages, a code too small for a cheap printer, a Micro QR code, or the site's name on the sheet."""
    page = print_cards(open_page, 23, scheme="dark")
    codes = codes_on(page)
    document = pypdfium2.PdfDocument(page.pdf(format=paper))
    assert len(document) == -(-23 // per_page)
    scanned = [read(sheet.render(scale=110 / 72).to_pil()) for sheet in document]
    assert [len(found) for found in scanned] == [per_page] * (23 // per_page) + [23 % per_page]
    assert sorted(text for found in scanned for text in found) == sorted(f"{site.url()}/card/?code={code}" for code in codes)
    words = re.sub(r"\s", "", "".join(sheet.get_textpage().get_text_range() for sheet in document))
    host = re.escape(site.url().partition("://")[2])
    assert re.sub(rf"Goto{host}/cardandtype[B-Z]{{8}}Worksonce,until\D+\d+\.No\.\d+", "", words) == ""
    assert document.get_metadata_value("Title") == "Cards"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_card_can_be_scanned_from_the_screen(open_page, site, scheme):
    """Black on a dark page, which no phone reads."""
    page = print_cards(open_page, 2, scheme=scheme)
    seen = Image.open(io.BytesIO(page.locator(".printed-cards").screenshot(scale="device")))
    assert sorted(read(seen)) == sorted(f"{site.url()}/card/?code={code}" for code in codes_on(page))
    axe(page)


def test_the_pages_of_cards_are_sound_on_a_small_phone(open_page):
    page = print_cards(open_page, 2, size="360")
    for address in ("", page.url, "cards", "sheet"):
        if address == page.url:
            page.goto(address)
        elif address == "cards":
            page.get_by_role("link", name="Not now").click()
        elif address == "sheet":
            page.get_by_role("link", name=re.compile("2 cards, made")).click()
        axe(page)
        no_sideways_scroll(page)
    page.get_by_role("button", name="Take back Card 1").click()
    expect(page.get_by_text("The card is taken back.")).to_be_visible()
    page.locator("summary", has_text="Take all back").click()
    axe(page)
    page.get_by_role("button", name="Take them back").click()
    expect(page.get_by_text("1 card is taken back.")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_guest_types_a_code_or_scans_it_on_a_small_phone(open_page, javascript):
    """With the keyboard alone, after a wrong one; and no address that is left behind has the code, except the scanned one."""
    code = codes_on(print_cards(open_page, 1 + javascript))[0]
    page = open_page(size="360", javascript=javascript)
    page.goto("/card/")
    expect(page.get_by_label("Code on the card")).to_be_focused()
    if javascript:
        axe(page)
        no_sideways_scroll(page)
    page.keyboard.type("bcdf-ghjk")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This code doesn't work.").first).to_be_visible()
    if javascript:
        axe(page)
    page.get_by_label("Code on the card").fill(f"{code[:4].lower()}-{code[4:]} ")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ada invited you")).to_be_visible()
    assert page.url.endswith("/invitation/card/")
    phone = open_page(size="360", javascript=javascript)
    phone.goto(f"/card/?code={code}")
    expect(phone.get_by_label("Code on the card")).to_have_value(f"{code[:4]} {code[4:]}")
    phone.get_by_role("button", name="Next").click()
    expect(phone.get_by_text("Ada invited you")).to_be_visible()
    assert code not in phone.url
