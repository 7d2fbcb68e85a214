from __future__ import annotations

import pytest

from hub.kernel.nodes import ReturnRule
from ill.transport.returns import Onward, Purpose, Returned, where_to

HOME, FLOAT, GROUP = ReturnRule.HOME, ReturnRule.FLOAT, ReturnRule.FLOAT_IN_GROUP


@pytest.mark.parametrize(
    ("here", "same_system", "can_keep", "rule", "waiting_at", "expected"),
    [
        ("QH01", True, True, FLOAT, "JNT", Onward(Purpose.HOLD, "JNT", "reader_waiting")),
        ("JNT", False, True, HOME, "JNT", Onward(Purpose.HOLD, "JNT", "reader_waiting")),
        ("QHT", True, True, FLOAT, None, Onward(Purpose.HOME, "QHT", "is_home")),
        ("JNT", False, True, HOME, None, Onward(Purpose.HOME, "QHT", "rule_home")),
        ("JNT", False, True, FLOAT, None, Onward(Purpose.FLOAT, "JNT", "floats")),
        ("QH01", True, True, GROUP, None, Onward(Purpose.FLOAT, "QH01", "floats")),
        ("JNT", False, True, GROUP, None, Onward(Purpose.HOME, "QHT", "outside_group")),
        ("K02", True, False, FLOAT, None, Onward(Purpose.HOME, "QHT", "no_shelves")),
    ],
)
def test_the_four_return_rules(
    here: str, same_system: bool, can_keep: bool, rule: ReturnRule, waiting_at: str | None, expected: Onward
) -> None:
    assert where_to(Returned(here, "QHT", same_system, can_keep, rule, waiting_at)) == expected
