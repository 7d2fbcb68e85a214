"""Loans: issuing a held volume, walk-up borrowing (通借) at any desk, renewing, and giving up on one."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from hub.errors import Conflict, NotFound
from hub.kernel.volumes import Volume
from hub.services.context import Principal, Transaction
from hub.services.lending import showing, standing
from hub.services.lending.barcodes import volume_scanned
from hub.services.lending.choosing import Wish, lendable
from hub.services.lending.context import Lending
from hub.services.lending.handling import scan
from hub.services.lending.rights import desk_of, loan_named, must_work_at, reader_of
from hub.services.lending.transitions import move_loan, move_supply
from hub.services.operations import Input
from hub.storage import availability, history, loans, people
from hub.storage import custody as custody_rows
from hub.storage import lending as storage
from hub.storage.availability import ItemState
from hub.storage.loans import LoanRow
from ill.machine import allows
from ill.policy import Ruling
from ill.states import LoanEvent, LoanState, SupplyEvent, SupplyState
from ill.supply_table import SUPPLY_TABLE
from ill.transport.custody import CustodyEventKind, PlaceKind

LAST_SECOND = time(23, 59, 59)

#: What keeps a volume that lies on the desk from being lent: the rest is the catalogue's or a scan's mistake.
NOT_LENDABLE_ON_THE_DESK = frozenset({"on_loan", "reserved", "reference"})


class IssueInput(Input):
    """A reader collects; ``card`` and ``barcode`` are checked where they were scanned."""

    request: str
    card: str = ""
    barcode: str = ""
    happened_at: datetime | None = None


class WalkUpInput(Input):
    """A reader of any library borrows a volume that lies on the desk."""

    barcode: str
    card: str
    owner: str = ""
    node: str = ""
    happened_at: datetime | None = None


class LoanInput(Input):
    """One loan."""

    loan: str


def issue(tx: Transaction, principal: Principal, command: IssueInput) -> dict[str, Any]:
    """Lend the held volume to the reader who asked for it.

    Raises:
        NotFound: there is no such request.
        Forbidden: it is held at another node.
        Conflict: it is not ready, or the card or the barcode is not the one.
    """
    lending = Lending.begin(tx, principal, command.happened_at)
    request = storage.request(tx.connection, command.request)
    if request is None:
        raise NotFound("lending.no_such_request", field="request", request=command.request)
    must_work_at(lending, request.pickup)
    supply = storage.current_supply(tx.connection, request.id)
    if supply is None or not allows(SUPPLY_TABLE, SupplyState(supply.state), SupplyEvent.ISSUED):
        raise Conflict("lending.not_ready", field="request", request=request.id)
    if command.barcode and command.barcode != supply.barcode:
        raise Conflict(
            "lending.wrong_volume", field="barcode", expected=supply.barcode, scanned=command.barcode
        )
    if command.card:
        _must_hold_card(lending, command.card, request.reader)
    item = availability.item(tx.connection, supply.owner, supply.barcode)
    loan = _lend(
        lending,
        Volume(supply.owner, supply.barcode),
        item,
        reader=request.reader,
        home=request.home,
        node=request.pickup,
        request=request.id,
    )
    move_supply(lending, supply, SupplyEvent.ISSUED, node=request.pickup)
    return showing.loan(lending, loan)


def walk_up(tx: Transaction, principal: Principal, command: WalkUpInput) -> dict[str, Any]:
    """Lend a volume that lies on this desk by its owner's rules, without any request.

    Raises:
        NotFound: unknown card or volume.
        Conflict: the volume is engaged, the owner does not lend it so, or a limit is reached.
    """
    lending = Lending.begin(tx, principal, command.happened_at)
    node = desk_of(lending, principal, command.node)
    item = volume_scanned(lending, command.barcode, command.owner)
    person = people.person_by_card(tx.connection, command.card, principal.account, "lending", tx.now)
    if person is None:
        raise NotFound("lending.unknown_card", field="card")
    volume = Volume(item.owner, item.barcode)
    if item.obstacle in NOT_LENDABLE_ON_THE_DESK:
        raise Conflict(f"lending.volume_{item.obstacle}", field="barcode", volume=str(volume))
    rules = _walk_up_rules(lending, item, person.reader, person.home, person.reader_class, node)
    # Whatever it was on its way to, it is now lent.
    custody_rows.drop_slip(tx.connection, volume)
    loan = _lend(
        lending, volume, item, reader=person.reader, home=person.home, node=node, rules=rules,
        reader_class=person.reader_class,
    )  # fmt: skip
    return showing.loan(lending, loan)


def renew(tx: Transaction, principal: Principal, command: LoanInput) -> dict[str, Any]:
    """Lend a volume for another period, unless somebody waits for it.

    Raises:
        NotFound: there is no such loan of this reader.
        Conflict: it is overdue or returned, somebody waits, or it was renewed as often as the owner allows.
    """
    lending = Lending.begin(tx, principal)
    loan = loan_named(lending, command.loan)
    if LoanState(loan.state) is not LoanState.LENT or loan.due_at < tx.now:
        raise Conflict("lending.not_renewable", loan=loan.id)
    allowed = lending.ruling(
        "renewals", owner=loan.owner, home=loan.home, node=loan.node, item_class=loan.item_class
    )
    if loan.renewals >= allowed.number:
        raise Conflict("lending.renewed_enough", loan=loan.id, renewals=allowed.number)
    item = availability.item(tx.connection, loan.owner, loan.barcode)
    if item and item.cluster and storage.waiting_for(tx.connection, item.cluster):
        raise Conflict("lending.somebody_waits", loan=loan.id)
    days = _loan_days(lending, Volume(loan.owner, loan.barcode), loan.home, loan.node, loan.item_class, "")
    due_at = _end_of_day(lending, loan.due_at + timedelta(days=days.number))
    loans.change(tx.connection, loan.id, due_at=due_at, renewals=loan.renewals + 1)
    renewed = loan_named(lending, loan.id)
    return showing.loan(lending, move_loan(lending, renewed, LoanEvent.RENEWED))


def report_lost(tx: Transaction, principal: Principal, command: LoanInput) -> dict[str, Any]:
    """A reader says that the volume is lost. Found later, it is returned like any other.

    Raises:
        NotFound: there is no such loan.
        Conflict: it was returned.
    """
    lending = Lending.begin(tx, principal)
    return showing.loan(lending, lose(lending, loan_named(lending, command.loan), LoanEvent.LOST))


def lose(lending: Lending, loan: LoanRow, event: LoanEvent) -> LoanRow:
    """Give a loan up, and with it the supply behind it."""
    if LoanState(loan.state) not in {LoanState.LENT, LoanState.OVERDUE}:
        raise Conflict("lending.not_on_loan", loan=loan.id)
    lost = move_loan(lending, loan, event)
    supply = storage.live_supply_of(lending.tx.connection, loan.owner, loan.barcode)
    if supply is not None and supply.request == loan.request:
        move_supply(lending, supply, SupplyEvent.LOST, node=loan.node)
    return lost


def mine(lending: Lending, principal: Principal) -> dict[str, Any]:
    """The reader's loans."""
    found = loans.loans_of(lending.tx.connection, reader_of(principal))
    return {"loans": [showing.loan(lending, loan) for loan in found]}


def _walk_up_rules(
    lending: Lending, item: ItemState, reader: str, home: str, reader_class: str, node: str
) -> list[Ruling]:
    """The rules that let this reader have it here. Raises Conflict naming the one that does not."""
    if lending.network.agreement_between(item.owner, home) is None:
        raise Conflict("lending.no_agreement", field="card", owner=lending.node_name(item.owner))
    wish = Wish(reader, home, reader_class, item.cluster, item.volume, node)
    if not lendable(lending, wish, item):
        raise Conflict("lending.not_lendable", field="barcode", owner=lending.node_name(item.owner))
    here = lending.ruling(
        "walk_up", owner=item.owner, home=home, node=node, item_class=item.item_class,
        reader_class=reader_class,
    )  # fmt: skip
    if not here.yes and node != item.home:
        raise Conflict("lending.not_lendable", field="barcode", owner=lending.node_name(item.owner))
    refusals = standing.limits(lending, reader, home, reader_class, owner=item.owner)
    if refusals:
        raise refusals[0].as_error()
    return [here]


def _lend(
    lending: Lending,
    volume: Volume,
    item: ItemState | None,
    *,
    reader: str,
    home: str,
    node: str,
    request: str | None = None,
    rules: list[Ruling] | None = None,
    reader_class: str = "",
) -> LoanRow:
    item_class = item.item_class if item else "book"
    days = _loan_days(lending, volume, home, node, item_class, reader_class)
    due_at = _end_of_day(lending, lending.happened_at + timedelta(days=days.number))
    loan = LoanRow(
        id=lending.tx.new_id("L"),
        owner=volume.owner,
        barcode=volume.barcode,
        reader=reader,
        home=home,
        node=node,
        lent_at=lending.happened_at,
        due_at=due_at,
        deadline_at=due_at,
        request=request,
        item_class=item_class,
        rules=[ruling.as_data() for ruling in [*(rules or ()), days]],
    )
    if not loans.add(lending.tx.connection, loan):
        raise Conflict("lending.volume_on_loan", field="barcode", volume=str(volume))
    lending.record("loan", loan.id, "lent", loan.state, node)
    scan(lending, volume, CustodyEventKind.LENT, PlaceKind.READER, loan.id, node)
    history.add_fact(
        lending.tx.connection, "loan", owner=volume.owner, home=home, node=node, item_class=item_class,
        at=lending.happened_at,
    )  # fmt: skip
    return loan


def _loan_days(
    lending: Lending, volume: Volume, home: str, node: str, item_class: str, reader_class: str
) -> Ruling:
    return lending.ruling(
        "loan_days", owner=volume.owner, home=home, node=node, item_class=item_class,
        reader_class=reader_class,
    )  # fmt: skip


def _end_of_day(lending: Lending, at: datetime) -> datetime:
    """Loans are due at the end of a day, in the network's own zone."""
    calendars = lending.network.calendars
    return calendars.instant(calendars.local_day(at), LAST_SECOND)


def _must_hold_card(lending: Lending, card: str, reader: str) -> None:
    person = people.person_by_card(
        lending.tx.connection, card, lending.actor.account, "lending", lending.tx.now
    )
    if person is None or person.reader != reader:
        raise Conflict("lending.other_readers_card", field="card")
