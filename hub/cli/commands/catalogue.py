"""tongjie ingest, cluster, search and convert."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable
from typing import Any

from connectors.marc.record_files import LAYOUTS
from connectors.marc.writing import ENCODINGS
from hub.cli.command import Answer, Command, Context, absolute
from hub.cli.saying import labelled
from hub.messages.catalogue import text
from hub.services.clustering import cluster, export
from hub.services.context import Principal, Role
from hub.services.conversion import Conversion, convert_file
from hub.services.harvesting.ingesting import FileOrder, ingest
from hub.services.harvesting.quarantine import said_reason
from hub.services.indexing import feed
from hub.services.performing import perform
from hub.services.searching import OPERATIONS

SEARCH = next(operation for operation in OPERATIONS if operation.name == "editions.search")


def _ingest_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=absolute)
    parser.add_argument("--member", required=True, metavar="CODE")
    parser.add_argument("--encoding", default="auto")
    parser.add_argument("--profile", default="auto")
    parser.add_argument("--dry-run", action="store_true")


def _cluster_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rebuild", action="store_true")
    parser.add_argument("--export", type=absolute, metavar="FILE", dest="file")


def _search_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("query")
    parser.add_argument("--limit", type=int, default=10)
    parser.add_argument("--facets", action="store_true")


def _convert_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=absolute, metavar="IN")
    parser.add_argument("target", type=absolute, metavar="OUT")
    parser.add_argument("--to", required=True, choices=["cnmarc", "marc21"])
    parser.add_argument("--encoding", default="utf-8", choices=ENCODINGS)
    parser.add_argument("--layout", default="auto", choices=["auto", *LAYOUTS])
    parser.add_argument("--keep-foreign", action="store_true")


async def _ingest(context: Context, arguments: argparse.Namespace) -> Answer:
    order = FileOrder(
        arguments.file, arguments.member, arguments.encoding, arguments.profile, arguments.dry_run
    )
    return await ingest(context.opened(), order, context.progress)


async def _cluster(context: Context, arguments: argparse.Namespace) -> Answer:
    hub = context.opened()
    report = await cluster(hub, rebuild=arguments.rebuild, progress=context.progress)
    if arguments.file is not None:
        lines = await export(hub)
        await asyncio.to_thread(arguments.file.write_text, "".join(f"{line}\n" for line in lines), "utf-8")
    await feed(hub)
    return {
        "records": report.records, "clusters": report.clusters, "automatic": report.automatic,
        "review": report.review, "seconds": round(report.seconds, 2),
    }  # fmt: skip


async def _search(context: Context, arguments: argparse.Namespace) -> Answer:
    hub = context.opened()
    await feed(hub)
    asked: dict[str, Any] = {"q": arguments.query, "limit": arguments.limit, "facets": arguments.facets}
    principal = Principal("cli", Role.ADMINISTRATOR, language=context.language)
    found = (await perform(hub, SEARCH, principal, asked, "")).body
    hits = [
        {
            "cluster": hit["edition"], "title": hit["title"], "author": "; ".join(hit.get("authors", [])),
            "year": hit.get("year"), "holdings": hit.get("holdings", []),
        }
        for hit in found["hits"]
    ]  # fmt: skip
    return {"total": found["total"], "hits": hits, "facets": found.get("facets", {})}


def _say_found(answer: Answer, language: str) -> Iterable[str]:
    """The hits as a table, with the number of copies at each library."""
    hits = [{**hit, "holdings": _held(hit["holdings"], language)} for hit in answer["hits"]]
    facets = {"facets": answer["facets"]} if answer["facets"] else {}
    return labelled({"total": answer["total"], "hits": hits, **facets}, language)


def _held(holdings: Iterable[dict[str, Any]], language: str) -> str:
    return "; ".join(
        text("cli.held", language, library=held["name"], available=held["available"], items=held["items"])
        for held in holdings
    )


async def _convert(context: Context, arguments: argparse.Namespace) -> Answer:
    order = Conversion(
        arguments.file,
        arguments.target,
        arguments.to,
        arguments.encoding,
        arguments.layout,
        arguments.keep_foreign,
    )
    return convert_file(order, context.progress)


def _say_converted(answer: Answer, language: str) -> Iterable[str]:
    """The numbers, and the records that are not in the target, with their reasons in words."""
    reasons = {said_reason(code, language): number for code, number in answer["reasons"].items()}
    left_out = [{**one, "reason": said_reason(one["reason"], language)} for one in answer["left_out"]]
    return labelled({**answer, "reasons": reasons, "left_out": left_out}, language)


COMMANDS = (
    Command(("ingest",), "cli.ingest", _ingest, labelled, _ingest_arguments),
    Command(("cluster",), "cli.cluster", _cluster, labelled, _cluster_arguments),
    Command(("search",), "cli.search", _search, _say_found, _search_arguments),
    Command(("convert",), "cli.convert", _convert, _say_converted, _convert_arguments, needs_hub=False),
)
