"""What an examination found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from hub.messages.catalogue import text
from hub.storage.promises.violation import Violation

PROMISES = tuple(f"P{number}" for number in range(1, 11))


@dataclass(frozen=True, slots=True)
class Examination:
    """Every broken promise, by row."""

    violations: tuple[Violation, ...]

    def to_dict(self, language: str) -> dict[str, Any]:
        """As the command line prints it."""
        found = Counter(violation.promise for violation in self.violations)
        return {
            "promises": [
                {
                    "promise": name,
                    "title": text(f"doctor.{name.lower()}", language),
                    "violations": found[name],
                }
                for name in PROMISES
            ],
            "violations": [
                {
                    "promise": violation.promise,
                    "table": violation.table,
                    "row": violation.row,
                    "code": violation.problem,
                    "problem": text(f"doctor.{violation.problem}", language, **violation.values),
                }
                for violation in self.violations
            ],
        }
