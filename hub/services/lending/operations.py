"""The operations of lending, as the API offers them."""

from __future__ import annotations

from hub.services.lending import (
    answering,
    borrowing,
    looking_into,
    overview,
    reading,
    requesting,
    returns,
)
from hub.services.operations import COORDINATORS, DESK, READERS, SIGNED_IN, NoInput, Operation

_API = "/api/v1"

OPERATIONS = (
    Operation(
        "requests.quote", "GET", f"{_API}/quotes", READERS, requesting.WishInput,
        "What would happen if this reader asked for an edition: ready-by time, rota, refusals.",
        ask=reading.quote,
    ),
    Operation(
        "requests.place", "POST", f"{_API}/requests", READERS, requesting.PlaceInput,
        "Ask for an edition; the hub chooses a lender at once.",
        decide=requesting.place,
    ),
    Operation(
        "requests.list", "GET", f"{_API}/requests", READERS, NoInput,
        "The reader's requests, newest first.",
        ask=reading.list_requests,
    ),
    Operation(
        "requests.show", "GET", f"{_API}/requests/{{request}}", SIGNED_IN, reading.RequestInput,
        "One request with everything that happened to it and what is expected.",
        ask=reading.show_request,
    ),
    Operation(
        "requests.cancel", "POST", f"{_API}/requests/{{request}}/cancel", READERS | DESK,
        requesting.CancelInput,
        "Give a request up.",
        decide=requesting.cancel,
    ),
    Operation(
        "supplies.answer", "POST", f"{_API}/supplies/{{supply}}/answer", DESK, answering.AnswerInput,
        "A lender's answer to a request.",
        decide=answering.answer,
    ),
    Operation(
        "supplies.pick", "POST", f"{_API}/supplies/{{supply}}/pick", DESK, answering.PickInput,
        "The volume was fetched from the shelf.",
        decide=answering.pick,
    ),
    Operation(
        "supplies.report", "POST", f"{_API}/supplies/{{supply}}/report", DESK, answering.ReportInput,
        "A picked or arrived volume is lost, wrong or damaged.",
        decide=answering.report,
    ),
    Operation(
        "holds.issue", "POST", f"{_API}/holds/{{request}}/issue", DESK, borrowing.IssueInput,
        "A reader collects the volume that is held.",
        decide=borrowing.issue, audited=True,
    ),
    Operation(
        "loans.walk_up", "POST", f"{_API}/loans", DESK, borrowing.WalkUpInput,
        "A reader of any library borrows a volume that lies on the desk.",
        decide=borrowing.walk_up, audited=True,
    ),
    Operation(
        "loans.list", "GET", f"{_API}/loans", READERS, NoInput,
        "The reader's loans, those still out first.",
        ask=reading.list_loans,
    ),
    Operation(
        "loans.renew", "POST", f"{_API}/loans/{{loan}}/renew", READERS | DESK, borrowing.LoanInput,
        "Lend a volume for another period.",
        decide=borrowing.renew,
    ),
    Operation(
        "loans.report_lost", "POST", f"{_API}/loans/{{loan}}/lost", DESK, borrowing.LoanInput,
        "A reader says that the volume is lost.",
        decide=borrowing.report_lost,
    ),
    Operation(
        "returns.scan", "POST", f"{_API}/returns", DESK, returns.ReturnInput,
        "Take a volume back at any desk: the loan is discharged and the volume routed.",
        decide=returns.take_back,
    ),
    Operation(
        "desk.today", "GET", f"{_API}/desk/today", DESK, reading.DeskInput,
        "Today's work of a desk.",
        ask=reading.desk_today,
    ),
    Operation(
        "desks.overview", "GET", f"{_API}/desks", COORDINATORS, NoInput,
        "How much work waits at each desk of the network.",
        ask=overview.overview,
    ),
    Operation(
        "cases.list", "GET", f"{_API}/cases", COORDINATORS, NoInput,
        "Every open case of the network, the most urgent first.",
        ask=looking_into.list_cases,
    ),
    Operation(
        "cases.close", "POST", f"{_API}/cases/{{case}}/close", DESK, looking_into.CloseCaseInput,
        "End a case and say what came of it.",
        decide=looking_into.close_case,
    ),
)  # fmt: skip
