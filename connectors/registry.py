"""Which connector speaks which protocol."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from connectors.availability import options as availability
from connectors.errors import Misconfigured
from connectors.files import settings as files
from connectors.files.harvester import open_files
from connectors.harvesting.patience import Timing, no_jitter
from connectors.oai_pmh import settings as oai_pmh
from connectors.oai_pmh.harvester import open_oai_pmh
from connectors.options import Options
from connectors.ports import Harvester
from connectors.profile import TargetProfile, with_profile
from connectors.sru import settings as sru
from connectors.sru.harvester import open_sru
from connectors.transport import Sleep
from connectors.z3950 import settings as z3950
from connectors.z3950.harvester import open_z3950


def _open_files(address: str, options: Options, timing: Timing) -> Harvester:
    return open_files(address, options, timing.sleep)


_HARVESTERS: Final[Mapping[str, Callable[[str, Options, Timing], Harvester]]] = MappingProxyType(
    {"z3950": open_z3950, "sru": open_sru, "oai-pmh": open_oai_pmh, "file": _open_files}
)

#: The options each protocol understands, with what they mean.
OPTIONS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "z3950": {**z3950.OPTIONS, **availability.OPTIONS},
        "sru": {**sru.OPTIONS, **availability.OPTIONS},
        "oai-pmh": oai_pmh.OPTIONS,
        "file": files.OPTIONS,
    }
)

PROTOCOLS: Final = tuple(_HARVESTERS)


def open_harvester(
    protocol: str,
    address: str,
    options: Options,
    sleep: Sleep = asyncio.sleep,
    profile: TargetProfile | None = None,
    *,
    clock: Callable[[], float] = time.monotonic,
    jitter: Callable[[], float] = no_jitter,
) -> Harvester:
    """A harvester for a source; nothing is opened before it is asked for something.

    Args:
        protocol: One of ``PROTOCOLS``.
        address: ``tcp://host:port/Database`` or ``tls://...`` for Z39.50, ``http(s)://...`` for SRU and
            OAI-PMH, a path for files.
        options: As listed in ``OPTIONS``; others are left to whoever knows them.
        sleep: How it waits between attempts.
        profile: What is known of the target; it fills up the options that are not set.
        clock: Seconds since any moment, for the budget of a run.
        jitter: A number from 0 up to 1 for each pause, which lengthens it by up to half.

    Raises:
        Misconfigured: an unknown protocol, or an address or option that cannot be.
    """
    factory = _HARVESTERS.get(protocol)
    if factory is None:
        raise Misconfigured("unknown_protocol", protocol, protocol=protocol, known=", ".join(PROTOCOLS))
    known = with_profile(options, profile, OPTIONS[protocol])
    return factory(address, known, Timing(sleep, clock, jitter))
