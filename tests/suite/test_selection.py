"""`make check` chooses the tests that a change can turn red, and says what it left."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.suite.changes import NoSuchBase, changed_files, merge_base
from tests.suite.check import needs_types, steps
from tests.suite.import_graph import distances, imports
from tests.suite.lineage import Lineage
from tests.suite.reach import ALWAYS, Project, Reason
from tests.suite.selection import ROOT, Choice, choice_for, choose, seconds_for

PUBLIC = "tests/public_taps/test_public_taps.py"


@pytest.fixture(scope="module")
def project() -> Project:
    return Project(ROOT)


def nearest(project: Project, file: str) -> list[str]:
    reached = project.reached([file])
    return sorted(reached, key=lambda module: reached[module])


@pytest.mark.parametrize(
    ("file", "modules"),
    [
        (
            "dbt_project/models/marts/commerce/marketplace/payments.sql",
            {
                "tests/dbt_project/test_the_project_follows_the_house_rules.py",
                "tests/dbt_project/test_scale_rules.py",
                "tests/dbt_project/commerce/test_lines_payments_and_ledger.py",
            },
        ),
        (
            "taps/tap_meta_ads/streams/ads.py",
            {
                "tests/taps/test_records.py",
                "tests/taps/tap_meta_ads/test_naive_mistakes.py",
            },
        ),
        (
            "metabase/pages/commerce/operaciones.yml",
            {
                "tests/metabase/content/test_validate_sql.py",
                "tests/metabase/content/test_labels_and_load.py",
                "tests/metabase/pages/test_kpi_pages.py",
                "tests/dbt_project/platform/test_metrics.py",
            },
        ),
        ("metabase/labels/es.yml", {"tests/metabase/content/test_words.py"}),
        ("taps/tap_files/values/amounts.py", {"tests/taps/tap_files/test_amounts.py"}),
        ("orchestration/cli/metabase.py", {"tests/orchestration/cli/test_metabase.py"}),
        ("orchestration/deploy/Dockerfile", {"tests/deploy/test_dockerfile.py"}),
        ("docs/metrics.md", {"tests/docs/test_documents.py"}),
        (
            "tests/dbt_project/platform/test_metrics.py",
            {"tests/dbt_project/platform/test_metrics.py"},
        ),
    ],
)
def test_the_nearest_modules_of_a_change_are_among_the_first_ten(
    project: Project, file: str, modules: set[str]
) -> None:
    assert modules <= set(nearest(project, file)[:10])


def test_a_mart_is_also_tested_by_what_names_a_model_built_from_it(
    project: Project,
) -> None:
    reached = project.reached(
        ["dbt_project/models/intermediate/commerce/shopify/int_shopify_orders_paid.sql"]
    )

    assert any(reason.why.startswith("names ") for reason in reached.values())


def test_a_macro_reaches_the_tests_of_the_models_that_call_it(
    project: Project,
) -> None:
    reached = project.reached(["dbt_project/macros/rfm_segmented.sql"])

    assert any(reason.why.startswith("names ") for reason in reached.values())


def test_a_conftest_reaches_its_folder_and_no_other(project: Project) -> None:
    folder = "tests/taps/sources/weather/"

    reached = project.reached([f"{folder}conftest.py"])

    assert {module.startswith(folder) for module in reached} == {True}


def test_a_deleted_file_chooses_what_stands_where_it_stood(project: Project) -> None:
    assert "tests/taps/tap_files/test_amounts.py" in project.reached(
        ["taps/tap_files/gone.py"]
    )


def test_the_likeliest_come_first_until_the_time_is_full_and_the_rest_is_said() -> None:
    reached = {
        "far": Reason(5, "x"),
        "near": Reason(1, "x"),
        "dear": Reason(0, "x"),
    }
    costs = {"far": 5.0, "near": 5.0, "dear": 500.0}

    chosen = choose(reached, costs, seconds=12)

    assert chosen == ["near", "far"]
    assert choose(reached, costs, seconds=10.5) == ["near", "far"]
    assert choose(reached, costs, seconds=9.9) == []
    said = Choice([], {}, {"dear": reached["dear"]}, costs).lines()
    assert "left for `make test`: 1 modules" in said[2]
    assert "dear" in said[3]


def test_of_a_rank_the_cheapest_come_first() -> None:
    reached = {"dear": Reason(1, "x"), "cheap": Reason(1, "y")}

    assert choose(reached, {"dear": 5.0, "cheap": 1.0}, 100) == ["cheap", "dear"]


def test_a_test_that_was_changed_runs_whatever_it_costs() -> None:
    assert choose({"dear": Reason(ALWAYS, "x")}, {"dear": 900.0}, 8) == ["dear"]


def test_other_peoples_taps_are_left_to_the_whole_run() -> None:
    assert choose({PUBLIC: Reason(ALWAYS, "x")}, {PUBLIC: 1.0}, 8) == []
    assert PUBLIC in choice_for(["taps/tap_shopify/streams/orders.py"]).left_out


def test_a_change_that_makes_the_databases_anew_leaves_less_for_tests() -> None:
    assert seconds_for(["dbt_project/a.sql"]) < seconds_for(["docs/metrics.md"])


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


@pytest.fixture
def branch(tmp_path: Path) -> Path:
    """A repository whose branch left main, which went on."""
    for command in (
        "init -q -b main",
        "commit -q --allow-empty -m one",
        "switch -q -c branch",
    ):
        git(tmp_path, *command.split())
    commit(tmp_path, "committed")
    git(tmp_path, "switch", "-q", "main")
    commit(tmp_path, "elsewhere")
    git(tmp_path, "switch", "-q", "branch")
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    author = ("-c", "user.name=A", "-c", "user.email=a@timonel.example")
    # Nobody's hooks are part of what is tested.
    alone = (*author, "-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false")
    subprocess.run(["git", *alone, *arguments], cwd=folder, check=True)


def commit(folder: Path, name: str) -> None:
    (folder / name).touch()
    git(folder, "add", name)
    git(folder, "commit", "-q", "-m", name)


def test_what_differs_is_committed_uncommitted_new_or_gone(branch: Path) -> None:
    (branch / "new").touch()
    commit(branch, "gone")
    (branch / "gone").unlink()
    (branch / "committed").write_text("changed")

    assert changed_files(branch, merge_base(branch)) == ["committed", "new"]
    assert changed_files(branch, merge_base(branch, "HEAD")) == [
        "committed",
        "gone",
        "new",
    ]


def test_a_base_that_git_does_not_know_is_refused(branch: Path) -> None:
    with pytest.raises(NoSuchBase, match="nowhere"):
        merge_base(branch, "nowhere")


def test_only_programs_that_look_at_what_changed_are_run() -> None:
    def programs(*changed: str) -> list[str]:
        return [Path(step.command[0]).name for step in steps(changed)]

    model = "dbt_project/models/marts/commerce/marketplace/payments.sql"
    assert programs("docs/metrics.md") == []
    [step] = steps([model, "dbt_project/models/marts/commerce/gone.sql"])
    assert step.command[1:] == ("lint", model)
    assert programs("taps/tap_files/values/amounts.py") == [
        "ruff",
        "ruff",
        "lint-imports",
    ]
    assert needs_types(["taps/tap_files/gone.py"])
    assert not needs_types([model])
