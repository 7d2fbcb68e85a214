"""When the demonstration takes place."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")

#: A Tuesday morning before the libraries open: they are closed on Mondays, and no public holiday follows for
#: five weeks, so that what is lent on this day can come home by the ordinary timetable.
FIRST_INSTANT = datetime(2026, 5, 12, 8, 0, tzinfo=ZONE)
