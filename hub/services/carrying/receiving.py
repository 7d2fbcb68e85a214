"""Receiving totes: opening one, scanning out what is in it, and agreeing on the difference."""

from __future__ import annotations

from typing import Any

from hub.errors import Conflict, NotFound
from hub.kernel.volumes import Volume
from hub.services.carrying.handling import Carrying
from hub.services.carrying.packing import ScanInput, ToteInput
from hub.services.carrying.scanning import clean, volume_scanned
from hub.services.carrying.views import content_view, volume_view
from hub.services.context import Principal, Transaction
from hub.services.lending import volumes as lending
from hub.services.lending.volumes import Verdict, VerdictKind
from hub.storage import custody as custody_rows
from hub.storage import transport
from hub.storage.transport import ContentRow, ToteRow
from ill.transport.custody import CustodyEventKind, PlaceKind
from ill.transport.totes import ToteEvent, ToteState

ON_A_VEHICLE = frozenset({PlaceKind.VEHICLE, PlaceKind.COURIER})


def receive(tx: Transaction, principal: Principal, command: ToteInput) -> dict[str, Any]:
    """Open a tote that arrived here; one that belongs elsewhere is sent on unopened, and a case is opened.

    Raises:
        NotFound: no such tote.
        Conflict: it cannot be opened in its state.
    """
    carrying = Carrying.begin(tx, principal, command)
    tote = carrying.tote(command.tote)
    if tote.destination != carrying.here:
        return _divert(carrying, tote)
    if tote.state == ToteState.OPENED:
        return _manifest(carrying, tote, "already_open")
    _catch_up(carrying, tote)
    carrying.advance(tote, ToteEvent.OPEN_UP)
    return _manifest(carrying, tote, "opened")


def unpack(tx: Transaction, principal: Principal, command: ScanInput) -> dict[str, Any]:
    """Scan a volume out of an opened tote: what is to be done with it here.

    What is not on the list is taken in all the same: recorded as over, with a case.

    Raises:
        NotFound: no such tote.
        Conflict: the tote is not open here, or the barcode belongs to several libraries.
    """
    carrying = Carrying.begin(tx, principal, command)
    tote = _opened_here(carrying, command.tote)
    contents = {row.volume: row for row in transport.contents(tx.connection, tote.id)}
    try:
        volume = volume_scanned(carrying, command.barcode, command.owner, expected=contents)
    except NotFound:
        return _unknown(carrying, tote, clean(command.barcode))
    row = contents.get(volume)
    if row is not None and row.unpacked_at is not None:
        return _already(carrying, tote, volume)
    carrying.advance(tote, ToteEvent.UNPACK)
    _take(carrying, tote, volume, listed=row is not None)
    verdict = lending.arrived(tx, volume, carrying.here, actor=principal, happened_at=carrying.happened_at)
    return _answer(carrying, tote, volume, verdict, over=row is None)


def reconcile(tx: Transaction, principal: Principal, command: ToteInput) -> dict[str, Any]:
    """Close a tote: what did not come out is short, is looked for, and has a case each.

    Raises:
        NotFound: no such tote.
        Conflict: the tote is not open here.
    """
    carrying = Carrying.begin(tx, principal, command)
    tote = _opened_here(carrying, command.tote)
    contents = transport.contents(tx.connection, tote.id)
    short = [row for row in contents if row.unpacked_at is None]
    over = [row for row in contents if row.discrepancy == "over"]
    for row in short:
        transport.change_content(tx.connection, tote.id, row.volume, discrepancy="short")
        _look_for(carrying, tote, row.volume, "short_in_tote")
    carrying.advance(tote, ToteEvent.RECONCILE)
    found = {
        "tote": tote.id,
        "short": [volume_view(row.volume) for row in short],
        "over": [volume_view(row.volume) for row in over],
    }
    if short or over:
        carrying.note("tote", tote.id, "discrepancy", ToteState.RECONCILED.value, **found)
    values = {"tote": tote.id, "short": len(short), "over": len(over)}
    message = carrying.say("differs", **values) if short or over else carrying.say("agrees", tote=tote.id)
    return {**found, "agrees": not short and not over, "message": message}


def lose(tx: Transaction, principal: Principal, command: ToteInput) -> dict[str, Any]:
    """Declare a tote lost: every volume in it is looked for, with a case each.

    Raises:
        NotFound: no such tote.
        Conflict: it is not under way.
    """
    carrying = Carrying.begin(tx, principal, command)
    tote = carrying.tote(command.tote)
    carrying.advance(tote, ToteEvent.LOSE)
    contents = transport.contents(tx.connection, tote.id)
    for row in contents:
        _look_for(carrying, tote, row.volume, "lost_with_tote")
    return {"tote": tote.id, "state": ToteState.LOST.value, "volumes": len(contents)}


def _opened_here(carrying: Carrying, tote_id: str) -> ToteRow:
    tote = carrying.tote(tote_id)
    if tote.destination != carrying.here:
        raise Conflict(
            "carrying.wrong_node", field="tote", tote=tote.id, destination=carrying.name(tote.destination)
        )
    if tote.state != ToteState.OPENED:
        raise Conflict("carrying.receive_first", field="tote", tote=tote.id)
    return tote


def _catch_up(carrying: Carrying, tote: ToteRow) -> None:
    """Record for each volume the scans that were left out: off the vehicle, or on and off it."""
    for row in transport.contents(carrying.tx.connection, tote.id):
        place = custody_rows.of(carrying.tx.connection, row.volume)
        if place is not None and place.place_kind in ON_A_VEHICLE and place.place == tote.trip:
            carrying.move(row.volume, CustodyEventKind.UNLOADED, PlaceKind.TOTE, tote.id, carrying.here)
        if tote.state == ToteState.SEALED:
            lending.departed(
                carrying.tx, row.volume, tote.origin, actor=carrying.actor, happened_at=carrying.happened_at
            )


def _divert(carrying: Carrying, tote: ToteRow) -> dict[str, Any]:
    network, here = carrying.network, carrying.here
    direct = network.timetable.direct(here, tote.destination)
    destination = tote.destination if direct or here == network.sorting_hub else network.sorting_hub
    _catch_up(carrying, tote)
    lost = tote.state == ToteState.LOST
    event = ToteEvent.FIND if lost else ToteEvent.DIVERT
    carrying.advance(tote, event, origin=here, destination=destination, trip=None)
    for row in transport.contents(carrying.tx.connection, tote.id) if lost else ():
        carrying.move(row.volume, CustodyEventKind.FOUND, PlaceKind.TOTE, tote.id, here)
    carrying.open_case("tote_misdelivered", "tote", tote.id, here, destination=tote.destination)
    return {
        "verdict": "wrong_destination",
        "tote": tote.id,
        "destination": tote.destination,
        "destination_name": carrying.name(tote.destination),
        "next_stop": destination,
        "next_stop_name": carrying.name(destination),
        "message": carrying.say(
            "wrong_destination",
            tote=tote.id,
            destination=carrying.name(tote.destination),
            next_stop=carrying.name(destination),
        ),
    }


def _manifest(carrying: Carrying, tote: ToteRow, verdict: str) -> dict[str, Any]:
    contents = transport.contents(carrying.tx.connection, tote.id)
    return {
        "verdict": verdict,
        "tote": tote.id,
        "origin": tote.origin,
        "origin_name": carrying.name(tote.origin),
        "seal": tote.seal,
        "expected": [content_view(row) for row in contents],
        "message": carrying.say(verdict, tote=tote.id, volumes=len(contents)),
    }


def _take(carrying: Carrying, tote: ToteRow, volume: Volume, *, listed: bool) -> None:
    connection, here = carrying.tx.connection, carrying.here
    if listed:
        transport.change_content(connection, tote.id, volume, unpacked_at=carrying.happened_at)
        carrying.move(volume, CustodyEventKind.UNPACKED, PlaceKind.NODE, here, here)
        return
    over = ContentRow(
        tote.id, volume.owner, volume.barcode, carrying.happened_at, carrying.happened_at, "over"
    )
    transport.add_content(connection, over)
    carrying.move(volume, CustodyEventKind.FOUND, PlaceKind.NODE, here, here)
    carrying.open_case("over_in_tote", "volume", str(volume), here, tote=tote.id)


def _look_for(carrying: Carrying, tote: ToteRow, volume: Volume, kind: str) -> None:
    place = custody_rows.of(carrying.tx.connection, volume)
    in_this_tote = place is not None and place.place in {tote.id, tote.trip}
    if not in_this_tote:
        return  # it turned up elsewhere in the meantime
    carrying.move(volume, CustodyEventKind.MISSING, PlaceKind.UNKNOWN, "", carrying.node)
    carrying.open_case(kind, "volume", str(volume), tote.destination, tote=tote.id, origin=tote.origin)


def _unknown(carrying: Carrying, tote: ToteRow, barcode: str) -> dict[str, Any]:
    carrying.note("tote", tote.id, "unknown_barcode", tote.state, barcode=barcode)
    case = carrying.open_case("unknown_barcode", "barcode", barcode, carrying.here, tote=tote.id)
    return {
        "verdict": "unknown",
        "tote": tote.id,
        "barcode": barcode,
        "case": case,
        "message": carrying.say("unknown_in_tote", barcode=barcode),
    }


def _already(carrying: Carrying, tote: ToteRow, volume: Volume) -> dict[str, Any]:
    slip = custody_rows.slip(carrying.tx.connection, volume)
    destination = slip.destination if slip else carrying.here
    return {
        "verdict": "already",
        "tote": tote.id,
        **volume_view(volume),
        "destination": destination,
        "destination_name": carrying.name(destination),
        "message": carrying.say("already_unpacked", destination=carrying.name(destination)),
    }


def _answer(
    carrying: Carrying, tote: ToteRow, volume: Volume, verdict: Verdict, *, over: bool
) -> dict[str, Any]:
    here = carrying.here
    goes_on = verdict.destination != here
    stop = carrying.next_stop(here, verdict.destination) if goes_on else here
    boxes = transport.totes(carrying.tx.connection, [ToteState.OPEN.value], origin=here, destination=stop)
    message = carrying.say(
        f"verdict_{verdict.kind}",
        destination=carrying.name(verdict.destination),
        next_stop=carrying.name(stop),
    )
    return {
        "verdict": verdict.kind.value,
        "tote": tote.id,
        **volume_view(volume),
        "destination": verdict.destination,
        "destination_name": carrying.name(verdict.destination),
        "next_stop": stop if goes_on else None,
        "open_tote": boxes[0].id if goes_on and boxes else None,
        "request": verdict.request if verdict.kind is VerdictKind.HOLD else None,
        "over": over,
        "message": message,
    }
