"""Who may act where: staff at their own node and below it, readers on their own requests."""

from __future__ import annotations

from hub.errors import Forbidden, NotFound, Refusal
from hub.services.context import Principal, Role
from hub.services.lending.context import Lending
from hub.storage import lending as storage
from hub.storage import loans
from hub.storage.lending import RequestRow, SupplyRow
from hub.storage.loans import LoanRow

ANYWHERE = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR, Role.HUB})


def works_at(lending: Lending, node: str) -> bool:
    """Whether who acts works at this node, or at one above it."""
    actor = lending.actor
    if actor.role in ANYWHERE:
        return True
    nodes = lending.network.nodes
    return actor.role is Role.STAFF and node in nodes and nodes.within(node, actor.node)


def must_work_at(lending: Lending, node: str) -> None:
    """Raises Forbidden unless who acts works at this node, or at one above it."""
    if not works_at(lending, node):
        raise Forbidden("lending.other_node", node=lending.node_name(node))


def desk_of(lending: Lending, principal: Principal, node: str = "") -> str:
    """The node at whose desk something is done: the one named, or where the member of staff stands.

    Raises:
        Refusal: no node was named and this account stands nowhere.
        NotFound: there is no such node.
        Forbidden: the account works elsewhere.
    """
    wanted = node or principal.node
    if not wanted:
        raise Refusal("lending.which_node", field="node")
    if wanted not in lending.network.nodes:
        raise NotFound("common.not_found", field="node", what="node", key=wanted)
    must_work_at(lending, wanted)
    return wanted


def reader_of(principal: Principal) -> str:
    """The opaque reference of the reader who asks. Raises Forbidden for an account that is no reader's."""
    if principal.reader is None:
        raise Forbidden("lending.readers_only")
    return principal.reader


def request_named(lending: Lending, request_id: str) -> RequestRow:
    """The request, if who acts may see it: its reader, and staff where it is picked up.

    Raises:
        NotFound: there is none, or it is another reader's.
    """
    request = storage.request(lending.tx.connection, request_id)
    if request is None:
        raise NotFound("lending.no_such_request", field="request", request=request_id)
    if lending.actor.reader == request.reader or works_at(lending, request.pickup):
        return request
    # Another reader's request is not even admitted to exist (P9).
    raise NotFound("lending.no_such_request", field="request", request=request_id)


def supply_named(lending: Lending, supply_id: str) -> SupplyRow:
    """The supply. Raises NotFound when there is none."""
    supply = storage.supply(lending.tx.connection, supply_id)
    if supply is None:
        raise NotFound("lending.no_such_supply", field="supply", supply=supply_id)
    return supply


def loan_named(lending: Lending, loan_id: str) -> LoanRow:
    """The loan, if who acts may see it: its reader, and staff.

    Raises:
        NotFound: there is none, or it is another reader's.
    """
    loan = loans.loan(lending.tx.connection, loan_id)
    staff = lending.actor.role is Role.STAFF or lending.actor.role in ANYWHERE
    if loan is None or not (staff or lending.actor.reader == loan.reader):
        raise NotFound("lending.no_such_loan", field="loan", loan=loan_id)
    return loan
