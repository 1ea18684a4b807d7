"""What we say of our scripts is asked: tools read them, and what their types know of the server is what the server hands over."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from django.test import Client

from groups.chat.wire import frames, outgoing
from tests import npm
from tests.chat.pages import say, url
from tests.house.tree import ROOMS, ROOT, ours
from tests.scripts.__main__ import HERE

WIRE = (ROOT / "groups/chat/wire.d.ts").read_text()
FAULTS = {
    "a word that the page is not given": "/** @param {Wire.Say} say */ export const said = (say) => say.farewell;",
    "a field that no row has": "/** @param {Wire.Row} row */ export const when = (row) => row.sent_at;",
    "what may be null": "/** @param {Wire.Row} row */ export const length = (row) => row.body.length;",
    "what nobody knows the type of": "export const twice = (text) => text + text;",
    "a frame that the server does not know": '/** @type {Wire.Sent} */ export const frame = { type: "pin", id: "" };',
}


@pytest.fixture(scope="module")
def programs() -> Path:
    if lacking := npm.missing():
        pytest.skip(f"This needs {' and '.join(lacking)}.")
    return npm.installed(HERE) / ".bin"


def test_packages_whose_installation_was_cut_off_are_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a tool in the machine's cache, which is taken for a whole one from then on."""
    program = tmp_path / "npm"
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    program.write_text("#!/bin/sh\nmkdir node_modules; exit 1\n")
    program.chmod(0o755)
    with pytest.raises(subprocess.CalledProcessError):
        npm.installed(HERE)
    assert list((tmp_path / "cache/mainstay-scripts").iterdir()) == []
    program.write_text("#!/bin/sh\nmkdir node_modules; echo whole > node_modules/tool\n")
    assert (npm.installed(HERE) / "tool").read_text() == "whole\n"
    program.write_text("#!/bin/sh\nexit 1\n")
    assert (npm.installed(HERE) / "tool").exists()  # once is enough


@pytest.mark.parametrize("fault", FAULTS)
def test_types_find(programs: Path, tmp_path: Path, fault: str) -> None:
    """A script that breaks on the page, in the one state that no test has."""
    (tmp_path / "fault.js").write_text(FAULTS[fault])
    project = {"extends": str(HERE / "tsconfig.json"), "include": [str(tmp_path / "fault.js"), str(ROOT / "groups/chat/wire.d.ts")]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(project))
    done = subprocess.run([programs / "tsc", "--project", tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "fault.js" in done.stdout


@pytest.mark.parametrize("fault", ["const left = 1;", "debugger;", "export let once = 1;", "console.log(1);", "export const is = 1 == 2;"])
def test_lint_finds(programs: Path, tmp_path: Path, fault: str) -> None:
    """What nobody uses, and what was there to look for something else."""
    (tmp_path / "fault.js").write_text(fault)
    command = [programs / "biome", "lint", f"--config-path={HERE / 'biome.jsonc'}", "--error-on-warnings", tmp_path]
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


def test_no_script_silences_them() -> None:
    """A fault that stays because somebody told the tools to look away."""
    away = re.compile(r"@ts-|biome-ignore|\{any\}|<any>|\bany\[\]")
    silenced = [name for name, text in ours(".js", *ROOMS) if away.search(text)]
    assert silenced == [] and not re.search(r"\bany\b", re.sub(r"//.*|/\*.*?\*/", "", WIRE, flags=re.S))


def fields(name: str) -> set[str]:
    """The fields of an interface of wire.d.ts."""
    found = re.search(rf"interface {name}\b[^{{]*{{\n(.*?)\n  }}", WIRE, re.S)
    assert found, name
    return set(re.findall(r"^    (\w+)\??:", found[1], re.M))


def names(name: str) -> set[str]:
    """The strings that a type of wire.d.ts is one of."""
    found = re.search(rf"type {name} =(.*?);", WIRE, re.S)
    assert found, name
    return set(re.findall(r'"(\w+)"', found[1]))


@pytest.mark.parametrize("side", ["client", "server"])
def test_types_know_the_frames(side: str) -> None:
    """A frame, or a field of one, that the wire has not, or that no script may send."""
    kinds = {"client": outgoing.ServerFrame, "server": frames.ClientFrame}[side]
    structs = {kind.__struct_config__.tag: {field.name for field in msgspec.structs.fields(kind)} for kind in get_args(kinds)}
    told = re.split(r"// -+ .*", WIRE.partition(f"frames to the {side}")[2])[0]
    assert set(re.findall(r'type: "(\w+)"', told)) == set(structs)
    for body, tag in re.findall(r'{([^{}]*?type: "(\w+)"[^{}]*)}', told):
        plain = re.sub(r"/\*\*.*?\*/", "", body)
        assert set(re.findall(r"(\w+)\??:", plain)) - {"type"} <= structs[tag], tag


def test_types_know_what_the_server_hands_over(alice: Any, bob: Any, channel: Any, client_of: Any) -> None:
    """A word, a field or an address that the server has dropped or renamed, and that the types still promise to the scripts."""
    say(bob, channel, "Hello")
    client: Client = client_of(alice)
    handed = client.get(url(channel)).context["handover"]
    assert fields("Handover") | fields("History") == set(handed)
    assert names("Word") | names("Counted") | {"notices", "later_readers", "out_of_group", "typing"} == set(handed["words"])
    assert names("Urls") == set(handed["urls"])
    assert fields("Row") == set(handed["rows"][0])
    assert fields("Channel") - {"facilitators"} == set(handed["channels"][0])
    assert fields("History") == set(client.get(url(channel, "history/")).json())
    assert names("Sign") == {each["emoji"] for each in handed["signs"]}
