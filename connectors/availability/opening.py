"""Which protocol can be asked whether copies are in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from connectors import options as read
from connectors.availability.options import BESIDE_HARVEST
from connectors.availability.values import AvailabilitySource
from connectors.options import Options
from connectors.sru.availability import open_sru_availability
from connectors.z3950.availability import open_z3950_availability

Opener = Callable[[str, Options], AvailabilitySource]

_OPENERS: Final[Mapping[str, Opener]] = MappingProxyType(
    {"z3950": open_z3950_availability, "sru": open_sru_availability}
)


def can_be_asked(protocol: str, options: Options) -> bool:
    """Whether a source of this protocol is asked for its copies: an operator may have said no."""
    return protocol in _OPENERS and read.text(options, "availability") != "no"


def bears_questions_beside_harvest(options: Options) -> bool:
    """Whether a source may be asked while it is harvested: most bear one conversation at a time.

    Raises:
        Misconfigured: ``bad_option``; ``open_availability`` of the same options does, too.
    """
    return read.yes(options, BESIDE_HARVEST)


def open_availability(protocol: str, address: str, options: Options) -> AvailabilitySource:
    """A source of live answers; nothing is opened before the first question.

    Args:
        protocol: One that ``can_be_asked``.
        address: As for the harvester of the protocol.
        options: Those of the harvester, and of ``availability.options.OPTIONS``.

    Raises:
        Misconfigured: an address or option that cannot be.
        KeyError: the protocol cannot be asked.
    """
    return _OPENERS[protocol](address, options)
