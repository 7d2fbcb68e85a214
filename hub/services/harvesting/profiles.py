"""The profile of a source's target: found by asking, shown, and corrected by operators, whose word stands."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from connectors.errors import ConnectorError, Misconfigured
from connectors.profile import FINDINGS, TargetProfile, merged
from hub.errors import NotFound, Refusal
from hub.services.context import Hub, Principal, Transaction
from hub.services.harvesting.opening import (
    TARGET,
    open_source,
    profile_of,
    refuse_impossible_source,
    unreachable,
)
from hub.services.operations import COORDINATORS, Input, Operation
from hub.storage import harvests
from hub.storage.harvests.values import SourceRow


class SourceInput(Input):
    """Which source is meant."""

    source: str = Field(min_length=1, max_length=200)


class EditInput(SourceInput):
    """What an operator says of a target, by the names of findings; and what is left to the probe again."""

    set: dict[str, str | int | bool] = Field(default_factory=dict, max_length=100)
    unset: list[str] = Field(default_factory=list, max_length=100)


async def probe(hub: Hub, name: str) -> dict[str, Any]:
    """Ask the target what it can do; keep and return what it said. What operators said before stands.

    Raises:
        NotFound: there is no such source.
        Refusal: the source may not be asked.
        Broken: the target cannot be reached or does not speak its protocol.
    """
    source = await hub.store.read(lambda connection: harvests.find_source(connection, name))
    if source is None:
        raise NotFound("storage.no_source", field="name", name=name)
    try:
        found = await open_source(hub, source, with_profile=False).probe()
    except ConnectorError as error:
        raise unreachable(hub, source, error) from None
    changed = await hub.store.write(
        lambda connection: harvests.amend_profile(
            connection,
            name,
            {TARGET: merged(found, profile_of(harvests.locked_source(connection, name))).to_dict()},
        )
    )
    return profile_view(changed)


def edit(tx: Transaction, principal: Principal, command: EditInput) -> dict[str, Any]:
    """Say what a target can do instead of what the probe found, or leave it to the probe again.

    Raises:
        NotFound: there is no such source.
        Refusal: no finding has such a name.
    """
    del principal
    source = harvests.locked_source(tx.connection, command.source)
    profile = profile_of(source) or TargetProfile(source.protocol, "", None, total_exact=False)
    for name in command.unset:
        if name not in profile.edits:
            raise Refusal("sources.not_edited", field="unset", name=name)
        profile = profile.unedited(name)
    for name, value in command.set.items():
        try:
            profile = profile.edited(name, value)
        except Misconfigured:
            known = ", ".join(sorted(FINDINGS))
            raise Refusal("sources.no_finding", field="set", name=name, known=known) from None
    changed = harvests.amend_profile(tx.connection, source.name, {TARGET: profile.to_dict()})
    refuse_impossible_source(changed)
    return profile_view(changed)


async def show(hub: Hub, principal: Principal, query: SourceInput) -> dict[str, Any]:
    """What is known of a source's target, and how."""
    del principal
    source = await hub.store.read(lambda connection: harvests.find_source(connection, query.source))
    if source is None:
        raise NotFound("storage.no_source", field="source", name=query.source)
    return profile_view(source)


def profile_view(source: SourceRow) -> dict[str, Any]:
    """The profile for people and programs: every finding with its value, how it was found, and by what."""
    profile = profile_of(source)
    if profile is None:
        known = {"findings": [], "edited": [], "others": sorted(FINDINGS)}
        return {"source": source.name, "protocol": source.protocol, **known}
    names = sorted({*profile.findings, *profile.edits})
    findings = [
        {"finding": name, **found.to_dict()} for name in names if (found := profile.finding(name)) is not None
    ]
    return {
        "source": source.name,
        "protocol": source.protocol,
        "server": profile.server,
        "total": profile.total,
        "total_exact": profile.total_exact,
        "syntaxes": list(profile.syntaxes),
        "keys": list(profile.keys),
        "incremental": profile.incremental,
        "deletions": profile.deletions,
        "holdings": source.profile.get("holdings") or "",
        "findings": findings,
        "edited": sorted(profile.edits),
        "others": sorted(FINDINGS.keys() - names),
    }


OPERATIONS = (
    Operation(
        "sources.profile", "GET", "/api/v1/sources/{source}/profile", COORDINATORS, SourceInput,
        "What is known of a source's target: every finding, how it was found, what operators said instead.",
        ask=show,
    ),
    Operation(
        "sources.edit_profile", "POST", "/api/v1/sources/{source}/profile", COORDINATORS, EditInput,
        "Say what a source's target can do instead of what was probed; it stands after the next probe too.",
        decide=edit,
    ),
)  # fmt: skip
