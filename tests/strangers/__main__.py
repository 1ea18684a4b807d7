"""`make strangers`: ask them all, and print what they say as tables; the exit code is 1 where anything is wrong."""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from tests.screens.camera import places  # noqa: E402  (needs the apps)
from tests.screens.scenes import scenes  # noqa: E402
from tests.strangers import lighthouse, markup, tools  # noqa: E402

# Guests' pages, and whether they are public: what is not stays out of every index.
PAGES = {
    "/": True, "/help/": True, "/privacy/": True, "/leaving/": True, "/library/{article}/": True,
    "/library/": False, "/accounts/login/": False,
}  # fmt: skip


def main() -> int:
    if lacking := tools.missing():
        print(f"Not run: this needs {', '.join(lacking)}.", file=sys.stderr)
        return 1
    packages = tools.installed()
    with places() as found:
        site = found["full"]
        verdicts = [lighthouse.ask(packages, site.site.url(), path.format(**site.things), public=public) for path, public in PAGES.items()]
        pages, broken = markup.sources(found, scenes())
        pages |= {f"A copy of somebody's things, {name}": page for name, page in found["full"].ask("copy").items()}
    print(f"{'Lighthouse':40}" + "".join(f"{category:>16}" for category in lighthouse.CATEGORIES))
    for verdict in verdicts:
        print(f"{verdict.path:40}" + "".join(f"{verdict.scores[category]:16}" for category in lighthouse.CATEGORIES))
    said = markup.ask(packages, pages)
    print(f"\n{'Nu HTML checker':70}{'messages':>10}")
    for name in pages:
        print(f"{name[:69]:70}{len(said.get(name, [])):10}")
    faults = [fault for verdict in verdicts for fault in verdict.faults()]
    faults += [f"{name}: {message}" for name, messages in said.items() for message in messages] + broken
    print("\n".join(["", *faults]) if faults else f"\n{len(verdicts)} pages and {len(pages)} screens: nothing is wrong.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
