"""``python -m hub`` and the command ``tongjie``."""

from __future__ import annotations

import os
import sys

from hub.cli.main import run


def main() -> None:
    """Perform the command line and leave with its exit code."""
    # The one place where the environment enters; hub.config reads it, everything else is handed settings.
    sys.exit(run(sys.argv[1:], os.environ))


if __name__ == "__main__":
    main()
