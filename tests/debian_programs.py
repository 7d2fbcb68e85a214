"""Install the Debian programs that some tests talk to, where that is possible.

Tests that need a program skip with the reason where it is absent; in CI its absence is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

#: program -> the Debian packages that bring it
PROGRAMS = {
    "zebrasrv": ["idzebra-2.0-utils", "libidzebra-2.0-mod-grs-marc", "idzebra-2.0-common"],
    "yaz-client": ["yaz"],
    "chromium": ["chromium", "fonts-noto-cjk"],
    "/usr/lib/postgresql/*/bin/postgres": ["postgresql"],
}


def present(program: str) -> bool:
    if program.startswith("/"):
        return any(Path("/").glob(program.lstrip("/")))
    return shutil.which(program) is not None


def main() -> int:
    missing = [program for program in PROGRAMS if not present(program)]
    if not missing:
        return 0
    names = ", ".join(Path(program).name for program in missing)
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        print(f"not installed, tests that need them will skip: {names}", file=sys.stderr)
        return 0
    packages = sorted({package for program in missing for package in PROGRAMS[program]})
    print(f"installing for the tests: {' '.join(packages)}", file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            print(f"{' '.join(command[:2])} failed; tests that need {names} will skip", file=sys.stderr)
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
