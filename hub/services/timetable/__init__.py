"""When sources are harvested, and who starts, stops or skips a run."""

from hub.services.timetable.controlling import OPERATIONS as CONTROLLING
from hub.services.timetable.listing import OPERATIONS as LISTING
from hub.services.timetable.setting import OPERATIONS as SETTING

OPERATIONS = (*LISTING, *SETTING, *CONTROLLING)

__all__ = ["OPERATIONS"]
