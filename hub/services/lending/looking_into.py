"""Ending a case: a person looked into it and says what came of it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from hub.errors import Conflict, NotFound
from hub.services.context import Hub, Principal, Transaction
from hub.services.lending import showing
from hub.services.lending.context import Lending
from hub.services.lending.rights import must_work_at
from hub.services.operations import Input, NoInput
from hub.storage import cases


class CloseCaseInput(Input):
    """A case and what came of it."""

    case: str
    resolution: str = Field(min_length=1, max_length=500)


async def list_cases(hub: Hub, principal: Principal, query: NoInput) -> dict[str, Any]:
    """Every open case of the network, the most urgent first."""
    del query
    found = await hub.store.read(cases.open_cases)
    language, nodes = principal.language, hub.network().nodes
    return {
        "cases": [
            showing.case(case, language)
            | {"node_name": nodes[case.node].name(language) if case.node in nodes else case.node}
            for case in found
        ]
    }


def close_case(tx: Transaction, principal: Principal, command: CloseCaseInput) -> dict[str, Any]:
    """End a case.

    Raises:
        NotFound: there is no such case.
        Forbidden: it is another node's.
        Conflict: it was ended before.
    """
    lending = Lending.begin(tx, principal)
    case = cases.case(tx.connection, command.case)
    if case is None:
        raise NotFound("lending.no_such_case", field="case", case=command.case)
    if case.node:
        must_work_at(lending, case.node)
    if not cases.close_case(tx.connection, case.id, command.resolution, tx.now):
        raise Conflict("lending.case_closed", field="case", case=case.id)
    lending.record("case", case.id, "closed", "", case.node, resolution=command.resolution)
    return {"case": case.id, "closed_at": tx.now.isoformat()}
