"""Storage of harvests: sources, runs with checkpoints, records as they came, quarantine and items."""

from hub.storage.harvests.absence import mark_missing_and_delete
from hub.storage.harvests.difference import Difference
from hub.storage.harvests.identities import Identities, identities
from hub.storage.harvests.items import barcode_clashes, item_counts, items_of, store_items
from hub.storage.harvests.quarantine import (
    QuarantinedPiece,
    quarantine_batch,
    quarantine_reasons,
    quarantine_totals,
    quarantined,
    quarantined_piece,
    release,
)
from hub.storage.harvests.reading import SourceCounts, counts, live_records, record_by_identifier, records
from hub.storage.harvests.records import mark_pending, store_batch
from hub.storage.harvests.rehearsal import Rehearsal
from hub.storage.harvests.renumber_plan import RenumberPlan
from hub.storage.harvests.renumbering import live_beside, renumber, renumbering
from hub.storage.harvests.restating import restate_items
from hub.storage.harvests.runs import (
    abandon_run,
    find_run,
    finish_run,
    last_complete_run,
    note_problem,
    record_slice,
    resume_run,
    runs,
    slices_of,
    start_run,
    unfinished_run,
)
from hub.storage.harvests.sources import (
    add_source,
    amend_profile,
    change_source,
    find_source,
    locked_source,
    set_unmapped,
    sources,
    unmapped,
)
from hub.storage.harvests.values import (
    Absence,
    ItemCounts,
    ItemRow,
    QuarantinedRow,
    RecordRow,
    RunRow,
    Sighting,
    SourceRow,
    StoredCounts,
    StoredRecord,
    Tally,
)

__all__ = [
    "Absence",
    "Difference",
    "Identities",
    "ItemCounts",
    "ItemRow",
    "QuarantinedPiece",
    "QuarantinedRow",
    "RecordRow",
    "Rehearsal",
    "RenumberPlan",
    "RunRow",
    "Sighting",
    "SourceCounts",
    "SourceRow",
    "StoredCounts",
    "StoredRecord",
    "Tally",
    "abandon_run",
    "add_source",
    "amend_profile",
    "barcode_clashes",
    "change_source",
    "counts",
    "find_run",
    "find_source",
    "finish_run",
    "identities",
    "item_counts",
    "items_of",
    "last_complete_run",
    "live_beside",
    "live_records",
    "locked_source",
    "mark_missing_and_delete",
    "mark_pending",
    "note_problem",
    "quarantine_batch",
    "quarantine_reasons",
    "quarantine_totals",
    "quarantined",
    "quarantined_piece",
    "record_by_identifier",
    "record_slice",
    "records",
    "release",
    "renumber",
    "renumbering",
    "restate_items",
    "resume_run",
    "runs",
    "set_unmapped",
    "slices_of",
    "sources",
    "start_run",
    "store_batch",
    "store_items",
    "unfinished_run",
    "unmapped",
]
