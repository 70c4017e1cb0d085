"""The image cannot be built here, so its steps are tried on the files it would hold."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.compose_file import ROOT, services
from tests.deploy.dockerfile import build_context, copies, copy_into, instructions


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with exactly the project files of the image, dbt parsed in it."""
    folder = tmp_path_factory.mktemp("image")
    copy_into(folder)
    (parse,) = (rest for word, rest in instructions() if rest.startswith("dbt parse"))
    done = _run(folder, *parse.split())
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def _run(
    folder: Path, program: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name(program)), *arguments],
        cwd=folder,
        # Ahead of the editable install, which points at the project itself.
        env=os.environ | {"PYTHONPATH": str(folder), "DAGSTER_HOME": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_image_starts_from_a_pinned_version() -> None:
    (base,) = (rest for word, rest in instructions() if word == "FROM")

    assert re.fullmatch(r"python:3\.11\.\d+-slim-\w+", base)


def test_every_copied_path_exists_and_is_not_ignored() -> None:
    context = build_context()

    for copy in copies():
        for source in copy.sources:
            assert (ROOT / source).exists(), source
            assert any(
                path == source or path.startswith(f"{source}/") for path in context
            ), f"{source} is ignored"


def test_nothing_a_tool_made_gets_into_the_image() -> None:
    unwanted = re.compile(r"__pycache__|node_modules|/target/|\.venv|\.timonel|\.env$")

    assert [path for path in build_context() if unwanted.search(path)] == []


def test_the_packages_are_those_of_the_lock() -> None:
    installs = [rest for word, rest in instructions() if rest.startswith("pip install")]

    assert "--require-hashes" in installs[0]
    assert all("--no-deps" in install for install in installs[1:])


def test_the_image_does_not_run_as_root() -> None:
    words = [word for word, _ in instructions()]
    (user,) = (rest for word, rest in instructions() if word == "USER")
    (made,) = (rest for _, rest in instructions() if "useradd" in rest)

    assert int(user) > 0
    assert f"--uid {user} " in made
    assert words.index("USER") < words.index("CMD")


def test_folders_that_services_write_to_belong_to_that_user() -> None:
    (made,) = (rest for _, rest in instructions() if "install --directory" in rest)
    mounted = {
        mount.split(":")[1]
        for service in services().values()
        if "build" in service
        for mount in service.get("volumes", [])
        if not mount.endswith(":ro")
    }

    assert mounted | {_environment()["DAGSTER_HOME"]} <= set(made.split())


def test_dagster_finds_its_settings_in_the_image() -> None:
    home = _environment()["DAGSTER_HOME"]
    targets = {copy.target for copy in copies()}

    assert f"{home}/dagster.yaml" in targets
    for name in ("dagster-webserver", "dagster-daemon"):
        command = services()[name]["command"]
        assert command[command.index("--workspace") + 1] in targets


def test_the_copied_files_are_enough_to_parse_the_models(image: Path) -> None:
    assert (image / "dbt_project" / "target" / "manifest.json").is_file()


def test_the_copied_files_are_enough_to_load_every_definition(image: Path) -> None:
    program = (
        "import orchestration; from orchestration.definitions import defs; "
        "graph = defs().resolve_asset_graph(); "
        "print(orchestration.__file__, len(graph.get_all_asset_keys()))"
    )

    done = _run(image, "python", "-c", program)

    assert done.returncode == 0, done.stderr
    where, count = done.stdout.split()
    assert where.startswith(str(image))
    assert int(count) > 0


def test_the_copied_files_are_enough_to_check_the_dashboards(image: Path) -> None:
    done = _run(image, "python", "-m", "metabase", "validate")

    assert done.returncode == 0, done.stdout + done.stderr


def _environment() -> dict[str, str]:
    text = " ".join(rest for word, rest in instructions() if word == "ENV")
    return dict(re.findall(r"(\w+)=(\S+)", text))


def test_what_the_image_starts_is_compiled_in_it() -> None:
    folders = {each.sources[0] for each in copies() if "/" not in each.sources[0]}
    packages = {each for each in folders if (ROOT / each / "__init__.py").exists()}
    (compiled,) = (
        set(rest.partition("compileall -q ")[2].split())
        for word, rest in instructions()
        if "compileall" in rest
    )

    assert compiled == packages
