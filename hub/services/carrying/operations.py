"""The operations of carrying."""

from __future__ import annotations

from hub.services.carrying import asking, board, driving, packing, receiving, trip_views
from hub.services.operations import COORDINATORS, DESK, DRIVERS, NoInput, Operation

OPERATIONS = (
    Operation(
        "totes.open", "POST", "/api/v1/totes", DESK, packing.OpenInput,
        "Open a tote for a next stop.", decide=packing.open_tote,
    ),
    Operation(
        "totes.list", "GET", "/api/v1/totes", DRIVERS, asking.TotesQuery,
        "The totes of a node by what is to be done, and the volumes to be packed.", ask=asking.totes_here,
    ),
    Operation(
        "totes.show", "GET", "/api/v1/totes/{tote}", DRIVERS, asking.ToteQuery,
        "A tote with its manifest and history.", ask=asking.show_tote,
    ),
    Operation(
        "totes.pack", "POST", "/api/v1/totes/{tote}/pack", DESK, packing.ScanInput,
        "Scan a volume into an open tote.", decide=packing.pack,
    ),
    Operation(
        "totes.take_out", "POST", "/api/v1/totes/{tote}/take-out", DESK, packing.ScanInput,
        "Take a volume out of an open tote again.", decide=packing.take_out,
    ),
    Operation(
        "totes.seal", "POST", "/api/v1/totes/{tote}/seal", DESK, packing.SealInput,
        "Seal a tote: it is ready to be loaded.", decide=packing.seal,
    ),
    Operation(
        "totes.unseal", "POST", "/api/v1/totes/{tote}/unseal", DESK, packing.ToteInput,
        "Open a sealed tote again before it is loaded.", decide=packing.unseal,
    ),
    Operation(
        "totes.discard", "POST", "/api/v1/totes/{tote}/discard", DESK, packing.ToteInput,
        "Do away with an empty tote.", decide=packing.discard,
    ),
    Operation(
        "totes.receive", "POST", "/api/v1/totes/{tote}/receive", DESK, packing.ToteInput,
        "Open a tote that arrived here.", decide=receiving.receive,
    ),
    Operation(
        "totes.unpack", "POST", "/api/v1/totes/{tote}/unpack", DESK, packing.ScanInput,
        "Scan a volume out of a tote: what is to be done with it.", decide=receiving.unpack,
    ),
    Operation(
        "totes.reconcile", "POST", "/api/v1/totes/{tote}/reconcile", DESK, packing.ToteInput,
        "Close a tote, recording what is short and over.", decide=receiving.reconcile,
    ),
    Operation(
        "totes.lose", "POST", "/api/v1/totes/{tote}/lose", COORDINATORS, packing.ToteInput,
        "Declare a tote lost: every volume in it is looked for.", decide=receiving.lose,
    ),
    Operation(
        "trips.today", "GET", "/api/v1/trips", DRIVERS, trip_views.TripsQuery,
        "The trips of a day with what goes on and off at each stop.", ask=trip_views.trips_today,
    ),
    Operation(
        "trips.show", "GET", "/api/v1/trips/{trip}", DRIVERS, trip_views.TripQuery,
        "A trip with its stops, totes and history.", ask=trip_views.show_trip,
    ),
    Operation(
        "trips.load", "POST", "/api/v1/trips/{trip}/load", DRIVERS, driving.TripToteInput,
        "Load a sealed tote.", decide=driving.load,
    ),
    Operation(
        "trips.unload", "POST", "/api/v1/trips/{trip}/unload", DRIVERS, driving.TripToteInput,
        "Unload a tote at its destination.", decide=driving.unload,
    ),
    Operation(
        "trips.arrive", "POST", "/api/v1/trips/{trip}/arrive", DRIVERS, driving.ArriveInput,
        "Note that a trip reached a stop.", decide=driving.arrive,
    ),
    Operation(
        "trips.finish", "POST", "/api/v1/trips/{trip}/finish", DRIVERS, driving.TripInput,
        "End a round.", decide=driving.finish,
    ),
    Operation(
        "trips.cancel", "POST", "/api/v1/trips/{trip}/cancel", COORDINATORS, driving.CancelInput,
        "Cancel a trip.", decide=driving.cancel,
    ),
    Operation(
        "transport.board", "GET", "/api/v1/transport", COORDINATORS, board.BoardQuery,
        "What is under way, and what is late.", ask=board.board,
    ),
    Operation(
        "transport.plan", "GET", "/api/v1/transport/plan", COORDINATORS, NoInput,
        "Van rounds over the nodes that have something to collect or be brought now.", ask=board.plan,
    ),
    Operation(
        "volumes.history", "GET", "/api/v1/volumes/{owner}/{barcode}", DESK, asking.VolumeQuery,
        "Where a volume is, and everything the hub saw of it.", ask=asking.volume_history,
    ),
)  # fmt: skip
