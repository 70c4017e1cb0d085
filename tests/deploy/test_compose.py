"""docker-compose.yml cannot run here, so everything it names is looked up instead."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import typer.main
import yaml
from typer.core import TyperGroup

from metabase.cli import app as metabase_app
from tests.deploy.compose_file import (
    ROOT,
    container_environment,
    example_variables,
    health_command,
    is_one_shot,
    is_ours,
    parse,
    services,
    variables_used,
)

_SECRET = re.compile(r"PASS|SECRET|KEY|TOKEN")
_USER_INFO = re.compile(r"://[^/@:]+:(?P<password>[^@]+)@")
_SAMPLE = {variable.name: "sample0" for variable in example_variables()}
_REQUIRED = sorted(
    name for name, rest in variables_used().items() if rest.startswith(":?")
)
_OURS = sorted(name for name, service in services().items() if is_ours(service))


def _commands() -> dict[str, list[str]]:
    """Every command that runs in our image: of services and of health checks."""
    commands = {}
    for name in _OURS:
        service = services()[name]
        words = [*service.get("entrypoint", []), *service["command"]]
        commands[name] = [str(word) for word in words]
        if "healthcheck" in service:
            commands[f"health of {name}"] = health_command(service)
    return commands


def test_a_compose_parser_reads_the_file_as_we_do(tmp_path: Path) -> None:
    done = parse(tmp_path, _SAMPLE)

    assert done.returncode == 0, done.stderr
    assert set(yaml.safe_load(done.stdout)["services"]) == set(services())


@pytest.mark.parametrize("missing", _REQUIRED)
def test_nothing_starts_while_a_required_value_is_missing(
    missing: str, tmp_path: Path
) -> None:
    values = _SAMPLE | {missing: ""}

    done = parse(tmp_path, values)

    assert done.returncode != 0
    assert missing in done.stderr or ".env" in done.stderr


def test_a_required_variable_says_what_to_set() -> None:
    silent = [
        name
        for name, rest in variables_used().items()
        if rest.startswith(":?") and len(rest.split()) < 4
    ]

    assert not silent


def test_the_example_explains_every_variable_and_no_other() -> None:
    explained = example_variables()

    assert {one.name for one in explained} == set(variables_used())
    assert [one.name for one in explained if not one.comment] == []


def test_the_example_fills_in_the_defaults_and_leaves_secrets_empty() -> None:
    for variable in example_variables():
        rest = variables_used()[variable.name]
        expected = rest.removeprefix(":-") if rest.startswith(":-") else ""

        assert variable.value == expected, variable.name


def test_no_secret_is_written_in_the_file() -> None:
    for name, service in services().items():
        for key, value in container_environment(service).items():
            address = _USER_INFO.search(value)
            if _SECRET.search(key):
                # It has to be given, or there is none: ${NAME:?why} or ${NAME:-}.
                told = re.fullmatch(r"\$\{\w+:(\?[^}]+|-)\}", value)
                assert told, f"{name}: {key}"
            if address:
                assert address["password"].startswith("${"), f"{name}: {key}"


@pytest.mark.parametrize("command", _commands().values(), ids=_commands())
def test_every_command_of_our_image_exists(command: list[str]) -> None:
    program, *arguments = command
    if program == "python" and arguments[0] == "-c":
        compile(arguments[1], "health check", "exec")
        return
    installed = {script.name for script in entry_points(group="console_scripts")}
    assert program == "python" or program in installed

    # --help last: an unknown subcommand or option fails before it is reached.
    executable = Path(sys.executable).with_name(program)
    done = subprocess.run(
        [str(executable), *arguments, "--help"],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout


def test_provisioning_gets_every_value_it_requires() -> None:
    service = services()["metabase-provision"]
    group = typer.main.get_command(metabase_app)
    assert isinstance(group, TyperGroup)
    command = group.commands[service["command"][-1]]

    required = {option.envvar for option in command.params if option.required}

    assert required, "an option without a default must come from the environment"
    given = set(container_environment(service))
    assert required | {"TIMONEL_SECRET_KEY", "METABASE_ADMIN_PASSWORD"} <= given


def test_every_variable_given_to_our_processes_is_read_by_them() -> None:
    readers = (
        "orchestration/lib/core/settings.py",
        "orchestration/defs/delivery/metabase.py",
        "orchestration/deploy/dagster.compose.yaml",
        "metabase/cli/__init__.py",
        "metabase/server/logins.py",
        "metabase/cli/server.py",
        "metabase/server/desired_state.py",
    )
    source = "\n".join((ROOT / reader).read_text() for reader in readers)

    for name in _OURS:
        for variable in container_environment(services()[name]):
            # Dagster's home is set in the image.
            assert f'"{variable}"' in source or f"env: {variable}" in source, variable


def test_only_the_code_server_knows_the_way_to_the_warehouse() -> None:
    for name in ("dagster-webserver", "dagster-daemon", "metabase"):
        environment = container_environment(services()[name])

        assert "TIMONEL_DATABASE_URL" not in environment, name


def test_every_service_is_watched_or_ends_by_itself() -> None:
    for name, service in services().items():
        if is_one_shot(service):
            assert "healthcheck" not in service, name
        else:
            assert service["restart"] == "unless-stopped", name
            assert health_command(service), name


def test_a_service_waits_until_what_it_needs_is_ready() -> None:
    for name, service in services().items():
        for needed, how in service.get("depends_on", {}).items():
            expected = (
                "service_completed_successfully"
                if is_one_shot(services()[needed])
                else "service_healthy"
            )

            assert how["condition"] == expected, f"{name} waits for {needed}"


def test_a_health_check_asks_the_port_the_service_listens_on() -> None:
    for name in ("dagster-proxy", "metabase"):
        service = services()[name]
        (published,) = service["ports"]
        asked = re.search(r"127\.0\.0\.1:(\d+)", " ".join(health_command(service)))

        assert asked
        assert asked[1] == published.rsplit(":", 1)[1], name


def test_the_code_server_is_asked_where_it_listens() -> None:
    service = services()["dagster-code"]
    listening = service["command"][service["command"].index("--port") + 1]
    workspace = yaml.safe_load(
        (ROOT / "orchestration/deploy/workspace.yaml").read_text()
    )
    (server,) = (entry["grpc_server"] for entry in workspace["load_from"])

    assert health_command(service)[-1] == listening
    assert str(server["port"]) == listening
    assert server["host"] in services()


def test_dagsters_ui_is_reached_through_what_asks_for_a_password_only() -> None:
    service = services()["dagster-webserver"]
    listening = service["command"][service["command"].index("--port") + 1]
    proxy = (ROOT / "orchestration/deploy/Caddyfile").read_text()

    assert "ports" not in service
    assert f"dagster-webserver:{listening}" in proxy
    assert services()["dagster-proxy"]["ports"][0].endswith(":3000")
    assert "\n:3000 {" in proxy
    assert "basic_auth @people {" in proxy


def test_ports_are_open_on_this_machine_only() -> None:
    for name, service in services().items():
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), name


def test_addresses_name_services_of_the_file() -> None:
    for name, service in services().items():
        for key, value in container_environment(service).items():
            host = re.search(r"(?:@|^http://)(?P<host>[a-z-]+):\d+", value)
            if host and not value.startswith("${"):
                assert host["host"] in services(), f"{name}: {key}"
    assert container_environment(services()["metabase"])["MB_DB_HOST"] in services()


def test_images_are_pinned_to_a_version() -> None:
    for name, service in services().items():
        tag = service["image"].rpartition(":")[2]

        assert re.match(r"v?\d+\.\d+", tag), name


def test_our_image_is_called_by_the_version_of_the_package() -> None:
    version = re.search(
        r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE
    )

    assert version
    for name in _OURS:
        assert services()[name]["image"] == f"timonel:{version[1]}", name


def test_what_is_mounted_from_the_project_exists_and_is_read_only() -> None:
    for name, service in services().items():
        for mount in service.get("volumes", []):
            source, _, *mode = mount.split(":")
            if source.startswith("."):
                assert (ROOT / source).exists(), f"{name}: {source}"
                assert mode == ["ro"], f"{name}: {source}"


def test_every_named_volume_is_declared_and_used() -> None:
    declared = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["volumes"]
    used = {
        mount.split(":")[0]
        for service in services().values()
        for mount in service.get("volumes", [])
        if not mount.startswith(".")
    }

    assert used == set(declared)


def test_every_build_uses_a_dockerfile_that_exists() -> None:
    for name in _OURS:
        build = services()[name]["build"]

        assert (ROOT / build["context"] / build["dockerfile"]).is_file(), name


def test_metabase_keeps_its_own_settings_out_of_the_warehouse() -> None:
    environment = container_environment(services()["metabase"])
    warehouse = services()["migrate"]["environment"]["TIMONEL_DATABASE_URL"]

    assert environment["MB_DB_DBNAME"] != warehouse.rpartition("/")[2]
    assert environment["MB_DB_USER"] not in warehouse
    assert environment["MB_LOAD_SAMPLE_CONTENT"] == "false"
    assert environment["MB_ENABLE_PUBLIC_SHARING"] == "false"


def test_metabase_has_twice_the_memory_of_its_heap() -> None:
    service = services()["metabase"]
    heap = re.search(r"-Xmx(\d+)g", container_environment(service)["JAVA_OPTS"])
    limit = re.fullmatch(r"(\d+)g", service["mem_limit"])

    assert heap
    assert limit
    assert int(limit[1]) >= 2 * int(heap[1]) >= 4
