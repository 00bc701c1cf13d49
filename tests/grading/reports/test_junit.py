"""JUnit XML, read again."""

from xml.etree import ElementTree as ET

from smtplab.grading.reports import junit
from tests.grading.results import ALL, run


def test_a_suite_for_each_client_and_a_test_for_each_case():
    root = ET.fromstring(junit.render([ALL, run(client="other")]))
    suites = root.findall("testsuite")
    assert [suite.get("name") for suite in suites] == ["mailer", "other"]
    assert {key: suites[0].get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4", "failures": "1", "errors": "0", "skipped": "2",
    }  # fmt: skip
    tests = suites[0].findall("testcase")
    assert tests[1].get("classname") == "mailer.auth"
    assert tests[1].get("name") == "auth/535 on auth"


def test_a_failure_has_its_transcript_and_a_warning_is_none():
    test = ET.fromstring(junit.render([ALL])).findall(".//testcase")[1]
    failure = test.find("failure")
    assert failure is not None
    assert failure.text is not None
    assert "1 S: 220 hi" in failure.text
    assert "<script>" in failure.text
    assert "\x1b" not in failure.text
    assert "no-quit" in (test.findtext("system-out") or "")
    assert "no-quit" not in failure.text


def test_what_was_not_decided_is_skipped_with_its_reason():
    skipped = ET.fromstring(junit.render([ALL])).findall(".//skipped")
    assert [one.get("message") for one in skipped] == ["there is none here", "still running"]
