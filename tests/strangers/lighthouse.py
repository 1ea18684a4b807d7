"""Lighthouse, as a phone on a slow line: performance, accessibility, best practices, and whether a public page can be found."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.browser.chromium import find_chromium, flags

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
NOT_FOUND = "is-crawlable"  # what a page that stays out of every index is told, and shall be


@dataclass(frozen=True)
class Verdict:
    """What Lighthouse says of one page: a score for each category, from 0 to 100, and the audits that cost it something."""

    path: str
    public: bool
    scores: dict[str, int]
    lost: dict[str, list[str]]

    def faults(self) -> list[str]:
        """What is less than it should be. A page that is not public is asked for one thing only of being found: that it is not."""
        asked = [name for name in CATEGORIES if self.public or name != "seo"]
        found = [f"{self.path}: {name} {self.scores[name]}: {', '.join(self.lost[name])}" for name in asked if self.scores[name] < 100]
        if not self.public and NOT_FOUND not in self.lost["seo"]:
            found.append(f"{self.path}: is not public, and may be indexed")
        return found


def ask(packages: Path, url: str, path: str, *, public: bool) -> Verdict:
    """Have Lighthouse look at one page of the site at `url`, asked for once before: who is first waits for templates."""
    httpx.get(url + path)
    command = ["node", str(packages / "lighthouse" / "cli" / "index.js"), url + path, "--output=json", "--quiet"]
    command += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags=--headless=new {' '.join(flags())}"]
    done = subprocess.run(command, env=os.environ | {"CHROME_PATH": str(find_chromium())}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"Lighthouse could not look at {path}:\n{done.stderr}")
    told: dict[str, Any] = json.loads(done.stdout)
    scores = {name: round(100 * told["categories"][name]["score"]) for name in CATEGORIES}
    return Verdict(path, public, scores, {name: _lost(told, name) for name in CATEGORIES})


def _lost(told: dict[str, Any], category: str) -> list[str]:
    weighed = [audit["id"] for audit in told["categories"][category]["auditRefs"] if audit["weight"]]
    scores = {audit: told["audits"][audit]["score"] for audit in weighed}
    return [audit for audit, score in scores.items() if score is not None and score < 1]
