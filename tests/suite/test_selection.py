"""`make check` chooses the tests that a change can turn red, and says what it left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.check import commands
from tests.import_graph import distances, imports
from tests.lineage import Lineage
from tests.selection import Project, Weight, choose, explained, weigh

CARDS = "metabase/collections/main/timonel"


@pytest.fixture(scope="module")
def project() -> Project:
    return Project()


def reached(project: Project, file: str) -> list[str]:
    weights = weigh(project, [file])
    return sorted(weights, key=lambda module: -weights[module].points)


@pytest.mark.parametrize(
    ("file", "modules"),
    [
        (
            "dbt_project/models/marts/payments.sql",
            {
                "tests/dbt_project/test_the_project_follows_the_house_rules.py",
                "tests/dbt_project/test_scale_rules.py",
                "tests/dbt_project/test_lines_payments_and_ledger.py",
            },
        ),
        (
            "taps/tap_meta_ads/streams/ads.py",
            {
                "tests/taps/test_raw_tables.py",
                "tests/taps/tap_meta_ads/test_naive_mistakes.py",
            },
        ),
        (
            f"{CARDS}/cancellation_rate.yaml",
            {
                "tests/metabase/test_validate_sql.py",
                "tests/metabase/test_labels_and_load.py",
                "tests/metabase/test_kpi_pages.py",
            },
        ),
        ("metabase/labels/es.yml", {"tests/metabase/test_words.py"}),
        ("taps/tap_files/amounts.py", {"tests/taps/tap_files/test_amounts.py"}),
        ("orchestration/deploy/Dockerfile", {"tests/deploy/test_dockerfile.py"}),
        ("docs/metrics.md", {"tests/docs/test_documents.py"}),
        ("tests/dbt_project/test_metrics.py", {"tests/dbt_project/test_metrics.py"}),
    ],
)
def test_the_nearest_modules_of_a_change_are_among_the_first_ten(
    project: Project, file: str, modules: set[str]
) -> None:
    assert modules <= set(reached(project, file)[:10])


def test_a_mart_is_also_tested_by_what_names_a_model_built_from_it(
    project: Project,
) -> None:
    weights = weigh(
        project, ["dbt_project/models/intermediate/int_shopify_orders_paid.sql"]
    )

    assert any("models downstream" in weight.reason for weight in weights.values())


def test_a_macro_reaches_the_tests_of_the_models_that_call_it(
    project: Project,
) -> None:
    weights = weigh(project, ["dbt_project/macros/rfm_segmented.sql"])

    assert any(weight.reason.startswith("names ") for weight in weights.values())


def test_a_conftest_reaches_its_folder_and_no_other(project: Project) -> None:
    folder = "tests/taps/tap_weather/"

    assert {
        module.startswith(folder) for module in weigh(project, [f"{folder}conftest.py"])
    } == {True}


def test_a_deleted_file_chooses_what_mirrors_it(project: Project) -> None:
    assert "tests/taps/tap_files/test_gone.py" not in project.tests

    assert "tests/taps/tap_files/test_amounts.py" in reached(
        project, "taps/tap_files/gone.py"
    )


def test_the_heaviest_come_first_until_the_time_is_full_and_the_rest_is_said() -> None:
    weights = {"far": Weight(20, "x"), "near": Weight(90, "x"), "dear": Weight(95, "x")}
    costs = {"far": 5.0, "near": 5.0, "dear": 500.0}

    choice = choose(weights, costs, seconds=8)

    assert list(choice.chosen) == ["near"]
    assert set(choice.left_out) == {"dear", "far"}
    said = "\n".join(explained(choice, is_whole=False))
    assert "left to `make test`: 2 modules" in said
    assert "dear" in said


def test_a_test_that_was_changed_runs_whatever_it_costs() -> None:
    choice = choose({"dear": Weight(100, "is changed itself")}, {"dear": 900.0}, 8)

    assert list(choice.chosen) == ["dear"]


def test_other_peoples_taps_are_left_to_the_whole_run() -> None:
    module = "tests/public_taps/test_public_taps.py"

    choice = choose({module: Weight(90, "x")}, {module: 1.0}, seconds=8)

    assert list(choice.left_out) == [module]


def test_imports_are_followed_through_late_ones_and_folder_fixtures(
    tmp_path: Path,
) -> None:
    for name, text in {
        "taps/one.py": "",
        "taps/two.py": "def late():\n    from taps import one\n",
        "tests/__init__.py": "",
        "tests/taps/conftest.py": "import taps.two\n",
        "tests/taps/test_a.py": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    graph = imports(tmp_path)

    assert graph["tests/taps/test_a.py"] == {"tests/taps/conftest.py"}
    assert distances(graph, "taps/one.py")["tests/taps/test_a.py"] == 3


def test_lineage_follows_refs_and_macros_that_call_macros() -> None:
    lineage = Lineage(
        models={
            "a": "select {{ outer_one() }}",
            "b": "from {{ ref('a') }}",
            "c": 'from {{ ref("b") }}',
            "d": "from {{ ref('ab') }}",
        },
        macros={
            "inner": "{% macro inner_one() %}1{% endmacro %}",
            "outer": "{% macro outer_one() %}{{ inner_one() }}{% endmacro %}",
        },
    )

    assert lineage.downstream(["a"]) == {"a": 0, "b": 1, "c": 2}
    assert lineage.callers("inner") == {"a"}


def test_only_programs_that_look_at_what_changed_are_run() -> None:
    assert list(commands(["docs/metrics.md"])) == []
    model = "dbt_project/models/marts/payments.sql"
    assert list(commands([model, "dbt_project/models/marts/gone.sql"])) == [
        ["sqlfluff", "lint", model]
    ]
    names = [command[0] for command in commands(["taps/tap_files/amounts.py"])]
    assert names == ["ruff", "ruff", "mypy", "lint-imports"]
