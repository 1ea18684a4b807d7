"""The page on which all pictures stand beside each other."""

from html import escape
from itertools import groupby
from pathlib import Path

from .scene import Scene

STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 0 auto; max-width: 110rem; padding: 1rem }
nav { display: flex; flex-wrap: wrap; gap: 1rem }
.row { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; gap: 1rem; align-items: start; margin-block: 0.5rem 2rem }
img { width: 100%; max-height: 44rem; object-fit: cover; object-position: top; border: 1px solid #8888 }
pre { white-space: pre-wrap }
@media (max-width: 50rem) { .row { grid-auto-flow: row; grid-template-columns: 1fr 1fr } }
"""


def write_index(folder: Path, taken: list[tuple[Scene, str]], columns: list[tuple[str, str]], faults: list[str]) -> None:
    """Write `index.html` into `folder`: each scene a row of its pictures, one for each size and scheme, and on top what was wrong."""
    areas = [(area, list(rows)) for area, rows in groupby(taken, key=lambda each: each[0].area)]
    links = "".join(f'<a href="#{escape(area)}">{escape(area)}</a>' for area, _ in areas)
    wrong = f"<h2>What was wrong</h2><pre>{escape(chr(10).join(faults))}</pre>" if faults else ""
    body = "".join(f'<h2 id="{escape(area)}">{escape(area)}</h2>{"".join(_row(*each, columns) for each in rows)}' for area, rows in areas)
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Screens</title><style>{STYLE}</style><h1>{len(taken)} scenes</h1>'
    (folder / "index.html").write_text(f"{page}<nav>{links}</nav>{wrong}{body}</html>\n", encoding="utf-8")


def _row(scene: Scene, file: str, columns: list[tuple[str, str]]) -> str:
    kind = "" if scene.kind == "full" else f" · {scene.kind}"
    who = scene.who or "guest"
    pictures = (f"{file}-{size}-{scheme}.png" for size, scheme in columns)
    shown = "".join(f'<a href="{name}"><img loading="lazy" src="{name}" alt=""></a>' for name in pictures)
    return f'<h3>{escape(scene.name)} <small>{escape(who + kind)}</small></h3><div class="row">{shown}</div>'
