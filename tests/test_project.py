"""The project as a whole: layers, versions, pins, and the two commands a fresh machine needs."""

import importlib.metadata
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import motionapp

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
README = (ROOT / "README.md").read_text()
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def pins() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def required(extras: set[str]) -> set[str]:
    """Return the names of all packages the project needs here and now, those needed by others too."""
    found: set[str] = set()
    waiting = [("motionapp", extras)]
    while waiting:
        name, wanted = waiting.pop()
        for text in importlib.metadata.requires(name) or []:
            need = Requirement(text)
            asked = need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in wanted | {""})
            if asked and canonicalize_name(need.name) not in found:
                found.add(canonicalize_name(need.name))
                waiting.append((need.name, need.extras))
    return found


def test_imports_run_from_ui_to_motionapp_to_kernels_and_never_back():
    lint = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(no_cache=True))"
    result = subprocess.run([sys.executable, "-c", lint], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr


def test_version_is_the_same_everywhere():
    changelog = (ROOT / "CHANGELOG.md").read_text()
    latest = re.search(r"^## \[(\d+\.\d+\.\d+)\]", changelog, re.MULTILINE)
    assert latest is not None
    assert motionapp.__version__ == PROJECT["version"] == latest[1]


def test_every_make_command_in_the_readme_exists():
    named = set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(re.findall(r"```.*?```|`[^`\n]+`", README, re.DOTALL))))
    assert {"run", "test"} <= named <= TARGETS


def test_every_picture_and_page_in_the_readme_exists():
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_continuous_integration_runs_what_the_readme_names():
    assert "make test" in (ROOT / ".ci" / "run").read_text()


def test_constraints_hold_exact_versions_by_name_only():
    for line in pins():
        need = Requirement(line)
        assert need.url is None
        assert [one.operator for one in need.specifier] == ["=="], line


def test_every_package_that_gets_installed_is_pinned():
    pinned = {canonicalize_name(Requirement(line).name) for line in pins()}
    assert required({"dev"}) - pinned - {"motionapp"} == set()


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The setup script, at work in an empty folder."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "tools" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("constraints.txt", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    venv = tmp_path / ".venv"
    for name, path in {
        "ROOT": tmp_path,
        "VENV": venv,
        "STAMP": venv / "complete.txt",
        "UNFINISHED": venv / "unfinished.txt",
        "VENV_PYTHON": Path(sys.executable),
    }.items():
        monkeypatch.setattr(module, name, path)
    venv.mkdir()
    return module


def test_an_environment_made_for_the_tests_also_runs_the_app_but_not_the_other_way(bootstrap: ModuleType):
    bootstrap.STAMP.write_text(f"{bootstrap.fingerprint()} test\n")
    assert bootstrap.is_complete("run")
    assert bootstrap.is_complete("test")
    bootstrap.STAMP.write_text(f"{bootstrap.fingerprint()} run\n")
    assert bootstrap.is_complete("run")
    assert not bootstrap.is_complete("test")


@pytest.mark.parametrize("name", ["constraints.txt", "pyproject.toml"])
def test_an_environment_is_stale_once_its_recipe_changes(bootstrap: ModuleType, name: str):
    bootstrap.STAMP.write_text(f"{bootstrap.fingerprint()} run\n")
    with (bootstrap.ROOT / name).open("a") as recipe:
        recipe.write("# changed\n")
    assert not bootstrap.is_complete("run")


def test_an_installation_cut_short_is_not_trusted(bootstrap: ModuleType):
    bootstrap.STAMP.write_text(f"{bootstrap.fingerprint()} run\n")
    bootstrap.UNFINISHED.write_text("")
    assert not bootstrap.is_sound()
    assert not bootstrap.is_complete("run")


def test_an_environment_whose_python_is_gone_is_not_trusted(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", bootstrap.VENV / "bin" / "python")
    assert not bootstrap.is_sound()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="packages of the system are a matter of Linux")
def test_without_root_every_missing_package_is_named_in_one_line_to_type(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(bootstrap, "lacks", lambda library: True)
    monkeypatch.setattr(bootstrap, "FONT_FOLDERS", ())
    monkeypatch.setenv("DISPLAY", ":0")
    with pytest.raises(bootstrap.BootstrapError) as stop:
        bootstrap.provide_packages()
    line = next(line for line in str(stop.value).splitlines() if "apt-get install" in line)
    assert {"libgl1", "libxcb-cursor0", "fonts-dejavu-core"} <= set(line.split())
