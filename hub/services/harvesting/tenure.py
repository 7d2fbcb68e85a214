"""What a harvest run asks of whoever started it: may it still write, and is it to end early?"""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import Connection

#: reasons to end early after which the run goes on later where it was
PAUSES = frozenset({"window_closed", "hub_stopping"})


class Tenure(Protocol):
    """The right to run over one source."""

    def hold(self, connection: Connection) -> None:
        """Nothing while the run is still the one to write. Called in the transaction of every write.

        Raises:
            Conflict: another has taken the run over; nothing of this write may remain.
        """
        ...

    def interruption(self, *, checkpoint: bool) -> str:
        """Why the run is to end now, or an empty string: ``stopped`` or one of ``PAUSES``.

        ``checkpoint``: a slice has just been finished, so that nothing would have to be fetched again.
        """
        ...


class Undisputed:
    """The tenure of a run that nobody else could be making."""

    def hold(self, connection: Connection) -> None:
        """Nobody takes it away."""
        del connection

    def interruption(self, *, checkpoint: bool) -> str:
        """Nobody asks it to end."""
        del checkpoint
        return ""


UNDISPUTED = Undisputed()
