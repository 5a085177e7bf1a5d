"""The doctor finds faults and names remedies, and never falls ill itself."""

import json

import pytest

from motionapp import cli, doctor


def test_the_report_covers_everything_and_a_warning_always_has_a_remedy():
    findings = doctor.examine()
    names = [finding.name for finding in findings]
    for name in (
        "motionapp",
        "Python",
        *doctor.PACKAGES,
        "Qt and Python",
        "H.264",
        "cameras",
        "kernel cache",
        "display",
    ):
        assert names.count(name) == 1
    assert all(finding.remedy for finding in findings if not finding.ok)
    assert all(finding.value for finding in findings)


def test_the_report_is_printed_for_people_and_for_machines(capsys):
    assert cli.main(["doctor"]) == 0
    assert "Numba" in capsys.readouterr().out
    assert cli.main(["doctor", "--json"]) == 0
    assert {"name", "value", "ok", "remedy"} == set(json.loads(capsys.readouterr().out)[0])


@pytest.mark.parametrize(
    ("version", "python", "ok"),
    [("6.12.0", (3, 11), False), ("6.12.0", (3, 12), True), ("6.11.3", (3, 11), True), (None, (3, 11), True)],
)
def test_the_pair_of_pyside_and_python_that_aborts_is_known(version, python, ok):
    finding = doctor.pyside_pair(version, python)
    assert finding.ok == ok
    assert bool(finding.remedy) != ok


def test_a_missing_package_is_a_finding(monkeypatch):
    monkeypatch.setitem(doctor.PACKAGES, "PyAV", ("no-such-distribution",))
    finding = next(finding for finding in doctor.examine() if finding.name == "PyAV")
    assert (finding.ok, finding.remedy) == (False, "pip install no-such-distribution")


def test_missing_libraries_are_named_by_their_packages():
    def load(library):
        if "xcb" in library:
            raise OSError(library)

    assert list(doctor.missing_libraries(doctor.LIBRARIES, load)) == ["libxcb1"]


def test_a_part_that_raises_is_a_finding(monkeypatch):
    def broken():
        raise RuntimeError("driver gone")

    monkeypatch.setattr("motionapp.camera.list_cameras", broken)
    finding = next(finding for finding in doctor.examine() if finding.name == "cameras")
    assert not finding.ok
    assert "driver gone" in finding.value


def test_the_kernel_cache_is_judged_without_loading_it(tmp_path):
    assert not doctor.cache_health(None).ok
    assert "empty so far" in doctor.cache_health(tmp_path).value
    (tmp_path / "a.nbi").write_bytes(b"index")
    (tmp_path / "a.1.nbc").write_bytes(b"code")
    assert "1 kernels" in doctor.cache_health(tmp_path).value
    (tmp_path / "a.1.nbc").write_bytes(b"")
    torn = doctor.cache_health(tmp_path)
    assert not torn.ok
    assert "delete" in torn.remedy
