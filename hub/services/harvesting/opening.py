"""Opening the way to a source: permitted by the configuration, with its profile and its secrets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from connectors.availability.opening import can_be_asked, open_availability
from connectors.errors import ConnectorError
from connectors.ports import Harvester
from connectors.profile import TargetProfile
from connectors.registry import open_harvester
from hub.errors import Broken, Refusal
from hub.services.context import Hub
from hub.services.harvesting.problems import problem_phrase
from hub.services.secrets import with_secrets
from hub.storage.harvests.values import SourceRow

#: where a source's row keeps the profile of its target
TARGET = "target"
#: and, after its target changed, that the next harvest must be a full one
FULL_NEXT = "full_next"


def open_source(hub: Hub, source: SourceRow, *, with_profile: bool = True) -> Harvester:
    """A harvester for a source; nothing is opened before it is asked for something.

    A probe goes without the profile: what an operator said instead would come back as found.

    Raises:
        Misconfigured: an option or the address cannot be.
        Refusal: the address is outside the networks configured for sources, or a secret is not there.
    """
    refuse_elsewhere(source.address, hub.targets)
    options = with_secrets(source.options, hub.secrets)
    profile = profile_of(source) if with_profile else None
    return open_harvester(
        source.protocol, source.address, options, hub.sleeper.sleep, profile, jitter=hub.randomness.random
    )


def refuse_impossible_source(source: SourceRow) -> None:
    """Nothing, when the source can be opened as it is described; its secrets are not looked up.

    Raises:
        Refusal: naming what cannot be.
    """
    try:
        open_harvester(source.protocol, source.address, source.options, profile=profile_of(source))
        if can_be_asked(source.protocol, source.options):
            open_availability(source.protocol, source.address, source.options)
    except ConnectorError as error:
        problem = problem_phrase(error.code, error.values)
        raise Refusal("harvest.bad_source", field=error.where, problem=problem) from None


def unreachable(hub: Hub, source: SourceRow, error: ConnectorError) -> Broken:
    """What to raise when a source could not be asked. A peer may repeat in its refusal what it was sent."""
    values = {name: hub.secrets.conceal(str(value)) for name, value in error.values.items()}
    problem = problem_phrase(error.code, values)
    return Broken("harvest.unreachable_source", source=source.name, problem=problem)


def profile_of(source: SourceRow) -> TargetProfile | None:
    """What is known of a source's target; None before it was probed or edited."""
    stored: Mapping[str, Any] = source.profile.get(TARGET) or {}
    return TargetProfile.from_dict(stored) if stored else None


def server_of(source: SourceRow) -> str:
    """The server that a source is on, as host and port; nothing for a folder."""
    return urlsplit(source.address).netloc


def refuse_elsewhere(address: str, permitted: Collection[str]) -> None:
    """Nothing, when sources may be at this address; a path names no host.

    Raises:
        Refusal: naming the host and what is configured.
    """
    host = urlsplit(address).hostname
    # Folders among them say what may be read over the web, and nothing of hosts.
    hosts = sorted(one for one in permitted if not one.startswith("/"))
    if host and hosts and not any(_covers(one, host) for one in hosts):
        known = ", ".join(hosts)
        raise Refusal("sources.address_not_permitted", field="address", host=host, known=known)


def _covers(permitted: str, host: str) -> bool:
    """Whether a name, ``.domain`` or network has this host. A name is in no network: names can be moved."""
    name = permitted.casefold()
    if name == host.casefold() or (name.startswith(".") and host.casefold().endswith(name)):
        return True
    try:
        return ip_address(host) in ip_network(name, strict=False)
    except ValueError:
        return False
