"""The Nu HTML checker on the page behind every picture of `make screenshots`, as the server sent it."""

import json
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Response

from tests.browser.chromium import launched
from tests.screens.camera import Place, opened
from tests.screens.scene import Scene


def sources(found: dict[str, Place], scenes: list[Scene]) -> tuple[dict[str, str], list[str]]:
    """The HTML of each scene by its name, of the last page that the server sent in it; and which scenes could not be played."""
    taken: dict[str, str] = {}
    broken: list[str] = []
    with launched() as browser:
        for scene in scenes:
            try:
                with opened(browser, found[scene.site], scene, "desktop") as page:
                    taken[f"{scene.area}, {scene.name}"] = _last_sent(page, scene, found[scene.site].things)
            except Exception as error:
                broken.append(f"{scene.area}, {scene.name}: {error}")
    return taken, broken


def _last_sent(page: Page, scene: Scene, things: dict[str, Any]) -> str:
    sent: list[Response] = []
    page.on("response", lambda answer: sent.append(answer) if answer.request.is_navigation_request() else None)
    scene.act(page, things)
    return [answer for answer in sent if not 300 <= answer.status < 400][-1].text()


def ask(packages: Path, pages: dict[str, str]) -> dict[str, list[str]]:
    """What the checker says of each page, by the page's name; nothing where it is content with it."""
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, source) in enumerate(pages.items()):
            file = Path(folder, f"{number}.html")
            file.write_text(source, encoding="utf-8")
            names[file.name] = name
        command = ["java", "-jar", str(packages / "vnu-jar" / "build" / "dist" / "vnu.jar"), "--format", "json", "--stdout"]
        done = subprocess.run([*command, "--exit-zero-always", folder], capture_output=True, text=True, check=True)
    said: dict[str, list[str]] = defaultdict(list)
    for message in json.loads(done.stdout)["messages"]:
        kind, extract = message.get("subType") or message["type"], message.get("extract", "").strip()
        said[names[Path(message["url"]).name]].append(f"{kind} in line {message.get('lastLine')}: {message['message']} {extract}")
    return said
