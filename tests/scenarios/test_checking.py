"""The check itself: whatever the values are, it comes to an end and reports something."""

from hypothesis import given, settings
from hypothesis import strategies as st

from smtplab.scenarios.checking import check
from smtplab.scenarios.nodes import Walk

KEYS = st.sampled_from(
    ["title", "severity", "story", "rules", "server", "expect", "at", "do", "when", "tls", "users",
     "auth", "reply", "must", "tags", "titel", "..."]
)  # fmt: skip
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "info", "mail", "5s"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)


@given(st.dictionaries(KEYS, values, max_size=8))
@settings(max_examples=150)
def test_it_ends_with_a_scenario_or_a_complaint(value) -> None:
    walk = Walk()
    scenario = check(value, walk)
    assert walk.problems or scenario is not None
