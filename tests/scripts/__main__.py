"""`python -m tests.scripts`: ask both, and print what they say; the exit code is 1 where anything is wrong. `make lint` calls it."""

import subprocess
import sys
from pathlib import Path

from tests import npm

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
READ = ("community", "groups", "cms", "tests/modules")


def main() -> int:
    if lacking := npm.missing():
        print(f"Not run: this needs {' and '.join(lacking)}.", file=sys.stderr)
        return 1
    programs = npm.installed(HERE) / ".bin"
    lint = [programs / "biome", "lint", f"--config-path={HERE / 'biome.jsonc'}", "--error-on-warnings", *READ]
    types = [[programs / "tsc", "--project", HERE / name] for name in ("tsconfig.json", "tsconfig.worker.json")]
    return max(min(1, subprocess.run(command, cwd=ROOT, check=False).returncode) for command in (lint, *types))


if __name__ == "__main__":
    sys.exit(main())
