"""A real Zebra server as a target: indexes a file, answers Z39.50 and SRU, takes changes and deletions."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "data" / "records"
UVA_2000 = SAMPLES / "load" / "solrmarc+solrmarc__test~data~records~uva_001_2000.mrc"

_ZEBRA = """\
profilePath: .:/usr/share/idzebra-2.0/tab
modulePath: {modules}
attset: bib1.att
recordType: grs.marcxml.hub
encoding: utf-8
storeData: 1
storeKeys: 1
recordId: (bib1,Local-number)
perm.anonymous: rw
register: reg:1G
setTmpDir: tmp
keyTmpDir: tmp
"""

_INDEXES = """\
name hub
attset bib1.att
esetname F @
esetname B @
marc usmarc.mar
xpath disable
all any
melm 001   Local-number,Local-number:p,Local-number:s
melm 005   Date/time-last-modified:w:range(data,0,8),Date/time-last-modified:s:range(data,0,14)
melm 008   Date/time-added-to-db:w:range(data,0,6),Date-of-publication:w:range(data,7,4)
melm 020$a ISBN:w,ISBN:p
melm 210$d Date-of-publication:w:range(data,0,4)
melm 100   author,author:p
melm 245$a title,title:p,title:s
melm 245   title
"""

_SERVER = """\
<yazgfs><listen id="tcp">tcp:127.0.0.1:{port}</listen>
 <server id="main" listenref="tcp"><config>zebra.cfg</config><cql2rpn>cql.properties</cql2rpn>
  <retrievalinfo>
   <retrieval syntax="usmarc"/>
   <retrieval syntax="xml" identifier="info:srw/schema/1/marcxml-v1.1" name="marcxml">
    <backend syntax="usmarc" name="F">
     <marc inputformat="marc" outputformat="marcxml" inputcharset="utf-8"/>
    </backend>
   </retrieval><retrieval syntax="xml"/>
  </retrievalinfo></server></yazgfs>
"""

_CQL = """\
set.cql = info:srw/cql-context-set/1/cql-v1.1
set.rec = info:srw/cql-context-set/2/rec-1.1
set.dc = info:srw/cql-context-set/1/dc-v1.1
index.cql.serverChoice = 1=1016
index.cql.allRecords = 1=_ALLRECORDS 2=103
index.rec.id = 1=12
index.rec.lastModificationDate = 1=1012
index.rec.creationDate = 1=1011
index.dc.title = 1=4
index.dc.creator = 1=1003
index.dc.date = 1=31
relation.< = 2=1
relation.le = 2=2
relation.eq = 2=3
relation.exact = 2=3
relation.ge = 2=4
relation.> = 2=5
relation.scr = 2=3
relationModifier.relevant = 2=102
position.any = 3=3 6=1
structure.* = 4=1
truncation.none = 5=100
"""


class Zebra:
    """One register in one folder, and the server over it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}/Default"

    @property
    def sru_address(self) -> str:
        return f"http://127.0.0.1:{self.port}/Default"

    def prepare(self, records: Path) -> None:
        """Write the configuration and index these records."""
        for name in ("reg", "tmp"):
            (self.folder / name).mkdir(parents=True)
        modules = next(Path("/usr/lib").glob("*/idzebra-2.0/modules"))
        (self.folder / "zebra.cfg").write_text(_ZEBRA.format(modules=modules))
        (self.folder / "hub.abs").write_text(_INDEXES)
        (self.folder / "cql.properties").write_text(_CQL)
        self._index("init")
        self.update(records)

    def update(self, records: Path) -> None:
        """Add the records of a file, or change them where their 001 is known."""
        self._index("update", str(records))

    def delete(self, records: Path) -> None:
        """Remove the records of a file."""
        self._index("delete", str(records))

    def start(self) -> None:
        """Start on the port used before, or on a free one."""
        if not self.port:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
        (self.folder / "server.xml").write_text(_SERVER.format(port=self.port))
        log = self.folder / "server.log"
        command = ["zebrasrv", "-f", "server.xml", "-l", str(log)]
        # A session of its own, so that the children that serve connections can be killed with it.
        self._server = subprocess.Popen(
            command, cwd=self.folder, stderr=subprocess.DEVNULL, start_new_session=True
        )
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            except OSError:
                assert self._server.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.02)

    def stop(self) -> None:
        """Kill the server, as a machine that fails."""
        if self._server is not None:
            os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait()
            self._server = None

    def _index(self, *arguments: str) -> None:
        subprocess.run(
            ["zebraidx", "-l", "index.log", "-c", "zebra.cfg", *arguments], cwd=self.folder, check=True
        )


@contextmanager
def running_zebra(folder: Path, records: Path) -> Iterator[Zebra]:
    """A Zebra over these records; skips the test, saying why, where it cannot be had."""
    for program in ("zebrasrv", "zebraidx"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    if not records.exists():
        pytest.skip(f"{records} is not here")
    zebra = Zebra(folder)
    zebra.prepare(records)
    zebra.start()
    try:
        yield zebra
    finally:
        zebra.stop()
