"""A reader's request: what would happen, placing it, and cancelling it.

One assessment serves the preview and the placement: every reason against is found, shown before the reader
confirms, and found again in the transaction that places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hub.errors import Conflict, NotFound, Refusal
from hub.messages.catalogue import text
from hub.services.context import Principal, Transaction
from hub.services.lending import choosing, showing, standing, timing
from hub.services.lending.choosing import Wish
from hub.services.lending.context import Lending
from hub.services.lending.rights import reader_of, request_named
from hub.services.lending.standing import Objection
from hub.services.lending.transitions import move_request
from hub.services.operations import Input
from hub.storage import editions, loans, people
from hub.storage import lending as storage
from hub.storage.availability import ItemState
from hub.storage.editions import EditionRow
from hub.storage.lending import RequestRow
from ill.machine import allows
from ill.request_table import REQUEST_TABLE
from ill.rota import RotaEntry
from ill.states import Outcome, RequestEvent, RequestState

#: States from which the volume comes although the reader does not want it any more.
ALREADY_SHIPPED = frozenset({RequestState.IN_TRANSIT, RequestState.READY})


class WishInput(Input):
    """What a reader wants: an edition, one volume of it if it is a set, and where to pick it up."""

    edition: str
    pickup: str
    volume: str = ""


class PlaceInput(WishInput):
    """As the preview; ``wait`` agrees to wait when every copy is out."""

    wait: bool = False


class CancelInput(Input):
    """One request."""

    request: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that was found out about a wish."""

    wish: Wish
    edition: EditionRow
    rota: tuple[RotaEntry, ...]
    objections: tuple[Objection, ...]  #: against the reader or the wish itself
    can_wait: bool  #: none is free now, but one will come back

    @property
    def best(self) -> RotaEntry | None:
        """The copy that would be asked for first."""
        return next((entry for entry in self.rota if entry.score is not None), None)


def assess(lending: Lending, reader: str, wanted: WishInput) -> Assessment:
    """Find out what would happen to a wish.

    Raises:
        NotFound: there is no such edition or node.
        Refusal: the reader is not known any more.
    """
    connection = lending.tx.connection
    edition = editions.edition(connection, wanted.edition)
    if edition is None:
        raise NotFound("lending.no_such_edition", field="edition", edition=wanted.edition)
    if wanted.pickup not in lending.network.nodes:
        raise NotFound("common.not_found", field="pickup", what="node", key=wanted.pickup)
    known = people.reader_standing(connection, reader)
    if known is None:
        raise Refusal("lending.unknown_reader")
    home, reader_class = known
    wish = Wish(reader, home, reader_class, edition.id, wanted.volume, wanted.pickup)
    every = choosing.copies(lending, edition.id, "")
    items = choosing.copies(lending, edition.id, wanted.volume)
    return Assessment(
        wish=wish,
        edition=edition,
        rota=choosing.rota(lending, wish, items),
        objections=tuple(_objections(lending, wish, every)),
        can_wait=any(item.comes_back and choosing.lendable(lending, wish, item) for item in items),
    )


def quote(lending: Lending, principal: Principal, wanted: WishInput) -> dict[str, Any]:
    """What would happen if the reader asked for it: when it would be ready, from where, or why not."""
    assessment = assess(lending, reader_of(principal), wanted)
    objections = [*assessment.objections]
    best = assessment.best
    if best is None:
        objections.append(_no_copy(lending, assessment))
    return {
        "edition": assessment.edition.id,
        "title": assessment.edition.title,
        "pickup": wanted.pickup,
        "pickup_name": lending.node_name(wanted.pickup),
        "possible": not objections,
        "can_wait": best is None and assessment.can_wait and not assessment.objections,
        "ready_by": showing.instant(best.ready_at) if best else None,
        "lender": best.lender if best else None,
        "lender_name": lending.node_name(best.lender) if best else None,
        "refusals": [objection.as_data(principal.language) for objection in objections],
        "rota": [showing.rota_entry(lending, entry) for entry in assessment.rota],
        "suggest": suggestion(assessment.edition) if best is None else None,
    }


def place(tx: Transaction, principal: Principal, command: PlaceInput) -> dict[str, Any]:
    """Place a request and ask the first lender, all in this transaction.

    Raises:
        NotFound: there is no such edition or node.
        Conflict: the reader may not, has asked for it already, or no copy can fill it; the values of the last
            hold what to suggest for purchase.
    """
    lending = Lending.begin(tx, principal)
    reader = reader_of(principal)
    assessment = assess(lending, reader, command)
    if assessment.objections:
        raise assessment.objections[0].as_error()
    waits = command.wait and assessment.can_wait
    if assessment.best is None and not waits:
        raise _no_copy(lending, assessment).as_error()
    request = RequestRow(
        id=tx.new_id("R"),
        reader=reader,
        home=assessment.wish.home,
        cluster=assessment.edition.id,
        volume=command.volume,
        pickup=command.pickup,
        waits=command.wait,
        state=RequestState.CHOOSING,
        entered_at=tx.now,
        created_at=tx.now,
    )
    if not storage.add_request(tx.connection, request):
        raise _duplicate(lending, assessment.wish).as_error()
    deadline = timing.request_deadline(lending, request, RequestState.CHOOSING, tx.now)
    storage.change_request(tx.connection, request.id, deadline_at=deadline)
    lending.record("request", request.id, "placed", request.state, command.pickup)
    event, chosen = choosing.choose_next(lending, request, assessment.wish.reader_class)
    return showing.request(lending, move_request(lending, chosen, event))


def cancel(tx: Transaction, principal: Principal, command: CancelInput) -> dict[str, Any]:
    """Give a request up. Too late, the volume still comes, and goes home or to the next waiting reader.

    Raises:
        NotFound: the reader has no such request.
        Conflict: the volume was issued, or the request has ended otherwise.
    """
    lending = Lending.begin(tx, principal)
    request = request_named(lending, command.request)
    language = principal.language
    if request.outcome == Outcome.CANCELLED:
        return {**showing.request(lending, request), "too_late": False}
    state = RequestState(request.state)
    if not allows(REQUEST_TABLE, state, RequestEvent.CANCEL):
        key = "lending.cancel_after_issue" if request.outcome == Outcome.FILLED else "lending.already_ended"
        raise Conflict(key, field="request", request=request.id)
    too_late = state in ALREADY_SHIPPED
    request = move_request(lending, request, RequestEvent.CANCEL, reason="cancelled_by_reader")
    message = "lending.cancelled_too_late" if too_late else "lending.cancelled_in_time"
    return {
        **showing.request(lending, request),
        "too_late": too_late,
        "message": text(message, language),
    }


def suggestion(edition: EditionRow) -> dict[str, Any]:
    """What a purchase suggestion (荐购) for this edition would say."""
    return {
        "operation": "suggestions.make",
        "title": edition.title,
        "author": ", ".join(edition.authors),
        "isbn": edition.isbn,
    }


def _objections(lending: Lending, wish: Wish, every: list[ItemState]) -> list[Objection]:
    found = []
    pickup = lending.network.nodes[wish.pickup]
    if "pickup" not in pickup.capabilities:
        found.append(Objection("no_pickup_here", {"node": lending.node_name(wish.pickup)}, "pickup"))
    volumes = sorted({item.volume for item in every if item.volume})
    if wish.volume and wish.volume not in volumes:
        found.append(
            Objection("no_such_volume", {"volume": wish.volume, "volumes": ", ".join(volumes)}, "volume")
        )
    elif not wish.volume and len(volumes) > 1:
        found.append(Objection("which_volume", {"volumes": ", ".join(volumes)}, "volume"))
    if storage.open_request(lending.tx.connection, wish.reader, wish.cluster, wish.volume):
        found.append(_duplicate(lending, wish))
    if _holds_a_copy(lending, wish, every):
        found.append(Objection("already_borrowed", about="edition"))
    found += standing.suspensions(lending, wish.reader, wish.home, wish.reader_class)
    found += standing.limits(lending, wish.reader, wish.home, wish.reader_class)
    return found


def _holds_a_copy(lending: Lending, wish: Wish, every: list[ItemState]) -> bool:
    copies = {(item.owner, item.barcode) for item in every if not wish.volume or item.volume == wish.volume}
    held = loans.loans_of(lending.tx.connection, wish.reader)
    return any(loan.returned_at is None and (loan.owner, loan.barcode) in copies for loan in held)


def _duplicate(lending: Lending, wish: Wish) -> Objection:
    existing = storage.open_request(lending.tx.connection, wish.reader, wish.cluster, wish.volume)
    assert existing is not None
    return Objection("duplicate_request", {"request": existing.id}, "edition")


def _no_copy(lending: Lending, assessment: Assessment) -> Objection:
    values = {"suggest": suggestion(assessment.edition), "can_wait": assessment.can_wait}
    return Objection("no_copy", values, "edition")
