"""Storage of harvests: sources, runs with checkpoints, records as they came, quarantine and items."""

from hub.storage.harvests.absence import mark_missing_and_delete
from hub.storage.harvests.items import barcode_clashes, item_counts, items_of, store_items
from hub.storage.harvests.quarantine import quarantine_batch, quarantine_reasons, quarantined
from hub.storage.harvests.reading import SourceCounts, counts, live_records, record_by_identifier, records
from hub.storage.harvests.records import mark_pending, store_batch
from hub.storage.harvests.rehearsal import Rehearsal
from hub.storage.harvests.runs import (
    abandon_run,
    find_run,
    finish_run,
    last_complete_run,
    record_slice,
    resume_run,
    runs,
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
    "ItemCounts",
    "ItemRow",
    "QuarantinedRow",
    "RecordRow",
    "Rehearsal",
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
    "item_counts",
    "items_of",
    "last_complete_run",
    "live_records",
    "locked_source",
    "mark_missing_and_delete",
    "mark_pending",
    "quarantine_batch",
    "quarantine_reasons",
    "quarantined",
    "record_by_identifier",
    "record_slice",
    "records",
    "resume_run",
    "runs",
    "set_unmapped",
    "sources",
    "start_run",
    "store_batch",
    "store_items",
    "unfinished_run",
    "unmapped",
]
