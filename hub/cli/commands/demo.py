"""tongjie demo."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from hub.bootstrap.demonstration import DemoOrder, demonstration, play, report, stand
from hub.bootstrap.serving import stopped
from hub.cli.command import Answer, Command, Context
from hub.cli.saying import broken_promises, table, told
from hub.messages.catalogue import label, text


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--once", action="store_true")


async def _demo(context: Context, arguments: argparse.Namespace) -> Answer:
    order = DemoOrder(arguments.seed, arguments.port, arguments.once)
    _tell(context, "cli.demo_prepares")
    async with demonstration(context.settings, order, context.progress) as shown:
        _tell(context, "cli.demo_plays", port=shown.port)
        day = await play(shown, order)
        answer = await report(shown, day, order, context.language)
        if order.once:
            return answer
        if not arguments.json:
            for line in _say(answer, context.language):
                print(line, flush=True)
        async with await stand(shown):
            _tell(context, "cli.demo_is_up", port=shown.port)
            await stopped()
    return answer if arguments.json else {}


def _tell(context: Context, message: str, **values: object) -> None:
    print(text(message, context.language, **values), file=sys.stderr, flush=True)


def _say(answer: Answer, language: str) -> Iterable[str]:
    yield from answer.get("story", ())
    for name in ("sources", "violations"):
        rows = answer.get(name)
        if rows:
            yield ""
            yield f"{label(name, language)}:"
            yield from table(rows, language)
    yield ""
    for name, value in answer.items():
        if name not in {"story", "sources", "violations"}:
            yield f"{label(name, language)}: {told(value)}"
    if answer and not answer["violations"]:
        yield text("cli.all_promises_kept", language)


COMMANDS = (
    Command(("demo",), "cli.demo", _demo, _say, _arguments, complaints=broken_promises, needs_hub=False),
)
