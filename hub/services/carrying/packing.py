"""Packing totes: opening one for a next stop, scanning volumes into it, sealing it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from hub.errors import Conflict, NotFound
from hub.kernel.volumes import Volume
from hub.services.carrying.handling import Carrying, ScanCommand
from hub.services.carrying.scanning import volume_scanned
from hub.services.carrying.views import volume_view
from hub.services.context import Principal, Transaction
from hub.storage import custody as custody_rows
from hub.storage import transport
from hub.storage.custody import SlipRow
from hub.storage.transport import ContentRow, ToteRow
from ill.transport.custody import CustodyEventKind, PlaceKind
from ill.transport.totes import UNDER_WAY, ToteEvent, ToteState

TOTE_VOLUMES = 40  #: what a box holds and one person lifts
HOLDING = frozenset({ToteState.OPEN, *UNDER_WAY})


class OpenInput(ScanCommand):
    """The next stop of a new tote."""

    destination: str


class ToteInput(ScanCommand):
    """One tote."""

    tote: str


class SealInput(ToteInput):
    """A tote and the number on its seal."""

    seal: str = Field("", max_length=40)


class ScanInput(ToteInput):
    """A volume scanned at a tote. ``owner`` is needed only where two libraries share the barcode."""

    barcode: str = Field(min_length=1, max_length=80)
    owner: str = ""


def open_tote(tx: Transaction, principal: Principal, command: OpenInput) -> dict[str, Any]:
    """Open a tote for a next stop that a vehicle reaches from here without changing.

    Raises:
        NotFound: there is no such node.
        Conflict: nothing goes there directly; the message names the sorting hub.
    """
    carrying = Carrying.begin(tx, principal, command)
    here = carrying.here
    node = carrying.network.nodes.find(command.destination)
    if node is None:
        raise NotFound("network.no_such_code", field="destination", code=command.destination)
    if not carrying.network.timetable.direct(here, node.code):
        hub = carrying.network.sorting_hub
        raise Conflict(
            "carrying.no_direct_route",
            field="destination",
            origin=carrying.name(here),
            destination=carrying.name(node.code),
            hub=carrying.name(hub),
        )
    tote = ToteRow(
        tx.new_id("T"), here, node.code, ToteState.OPEN.value, "", None, carrying.happened_at, tx.now
    )
    transport.add_tote(tx.connection, tote)
    carrying.note("tote", tote.id, "open", tote.state, destination=node.code)
    return {"tote": tote.id, "destination": node.code, "destination_name": carrying.name(node.code)}


def pack(tx: Transaction, principal: Principal, command: ScanInput) -> dict[str, Any]:
    """Scan a volume into an open tote.

    Raises:
        NotFound: no such tote or volume.
        Conflict: the volume is to go another way (the message names where), or the tote cannot take it.
    """
    carrying = Carrying.begin(tx, principal, command)
    tote = _tote_here(carrying, command.tote)
    contents = transport.contents(tx.connection, tote.id)
    packed = [row.volume for row in contents]
    volume = volume_scanned(carrying, command.barcode, command.owner, expected=packed)
    if volume in packed:
        return _answer(carrying, tote, volume, len(packed), "already_packed")
    slip = _slip(carrying, volume)
    _check_way(carrying, tote, slip)
    _check_free(carrying, volume)
    if len(packed) >= TOTE_VOLUMES:
        raise Conflict("carrying.tote_full", field="tote", tote=tote.id, volumes=TOTE_VOLUMES)
    carrying.advance(tote, ToteEvent.PACK)
    transport.add_content(
        tx.connection, ContentRow(tote.id, volume.owner, volume.barcode, carrying.happened_at)
    )
    carrying.move(volume, CustodyEventKind.PACKED, PlaceKind.TOTE, tote.id, tote.origin)
    return _answer(carrying, tote, volume, len(packed) + 1, "packed")


def take_out(tx: Transaction, principal: Principal, command: ScanInput) -> dict[str, Any]:
    """Undo a pack: take a volume out of an open tote again.

    Raises:
        NotFound: no such tote, or the volume is not in it.
        Conflict: the tote is not open, or not here.
    """
    carrying = Carrying.begin(tx, principal, command)
    tote = _tote_here(carrying, command.tote)
    packed = [row.volume for row in transport.contents(tx.connection, tote.id)]
    volume = volume_scanned(carrying, command.barcode, command.owner, expected=packed)
    if volume not in packed:
        raise NotFound("carrying.not_in_tote", field="barcode", barcode=volume.barcode, tote=tote.id)
    carrying.advance(tote, ToteEvent.TAKE_OUT)
    transport.drop_content(tx.connection, tote.id, volume)
    carrying.move(volume, CustodyEventKind.UNPACKED, PlaceKind.NODE, tote.origin, tote.origin)
    return _answer(carrying, tote, volume, len(packed) - 1, "taken_out")


def seal(tx: Transaction, principal: Principal, command: SealInput) -> dict[str, Any]:
    """Seal a tote: it is ready to be loaded.

    Raises:
        Conflict: it is empty, not open, or not here.
    """
    carrying = Carrying.begin(tx, principal, command)
    tote = _tote_here(carrying, command.tote)
    contents = transport.contents(tx.connection, tote.id)
    if not contents:
        raise Conflict("carrying.tote_empty", field="tote", tote=tote.id)
    carrying.advance(tote, ToteEvent.SEAL, seal=command.seal)
    return {
        "tote": tote.id,
        "seal": command.seal,
        "destination": tote.destination,
        "destination_name": carrying.name(tote.destination),
        "volumes": len(contents),
    }


def unseal(tx: Transaction, principal: Principal, command: ToteInput) -> dict[str, Any]:
    """Open a sealed tote again before it is loaded.

    Raises:
        Conflict: it is not sealed, or not here.
    """
    carrying = Carrying.begin(tx, principal, command)
    tote = _tote_here(carrying, command.tote)
    state = carrying.advance(tote, ToteEvent.UNSEAL, seal="")
    return {"tote": tote.id, "state": state.value}


def discard(tx: Transaction, principal: Principal, command: ToteInput) -> dict[str, Any]:
    """Do away with a tote that was opened by mistake.

    Raises:
        Conflict: it holds something, is not open, or not here.
    """
    carrying = Carrying.begin(tx, principal, command)
    tote = _tote_here(carrying, command.tote)
    held = len(transport.contents(tx.connection, tote.id))
    if held:
        raise Conflict("carrying.tote_not_empty", field="tote", tote=tote.id, volumes=held)
    state = carrying.advance(tote, ToteEvent.DISCARD)
    return {"tote": tote.id, "state": state.value}


def _tote_here(carrying: Carrying, tote_id: str) -> ToteRow:
    tote = carrying.tote(tote_id)
    if tote.origin != carrying.here:
        raise Conflict(
            "carrying.tote_elsewhere", field="tote", tote=tote.id, origin=carrying.name(tote.origin)
        )
    return tote


def _slip(carrying: Carrying, volume: Volume) -> SlipRow:
    slip = custody_rows.slip(carrying.tx.connection, volume)
    if slip is None:
        raise Conflict("carrying.stays_here", field="barcode", barcode=volume.barcode)
    if slip.destination == carrying.here:
        raise Conflict(
            "carrying.has_arrived", field="barcode", barcode=volume.barcode, node=carrying.name(carrying.here)
        )
    return slip


def _check_way(carrying: Carrying, tote: ToteRow, slip: SlipRow) -> None:
    ways = {slip.destination, carrying.next_stop(tote.origin, slip.destination), carrying.network.sorting_hub}
    if tote.destination in ways - {tote.origin}:
        return
    raise Conflict(
        "carrying.wrong_tote",
        field="barcode",
        barcode=slip.barcode,
        destination=carrying.name(slip.destination),
        next_stop=carrying.name(carrying.next_stop(tote.origin, slip.destination)),
        tote=tote.id,
        tote_destination=carrying.name(tote.destination),
    )


def _check_free(carrying: Carrying, volume: Volume) -> None:
    place = custody_rows.of(carrying.tx.connection, volume)
    if place is not None and place.place_kind == PlaceKind.READER:
        raise Conflict("carrying.return_first", field="barcode", barcode=volume.barcode)
    other = transport.holding(carrying.tx.connection, volume, HOLDING)
    if other is not None:
        raise Conflict("carrying.in_other_tote", field="barcode", barcode=volume.barcode, tote=other)


def _answer(carrying: Carrying, tote: ToteRow, volume: Volume, count: int, verdict: str) -> dict[str, Any]:
    slip = custody_rows.slip(carrying.tx.connection, volume)
    destination = slip.destination if slip else tote.destination
    return {
        "verdict": verdict,
        "tote": tote.id,
        **volume_view(volume),
        "destination": destination,
        "destination_name": carrying.name(destination),
        "volumes": count,
        "message": carrying.say(
            verdict, barcode=volume.barcode, destination=carrying.name(destination), volumes=count
        ),
    }
