"""What a template of dbt can name, at a sixth of the price.

A node is rendered in two to five contexts, and each names all macros of all packages,
most of which it never calls. dbt makes every one by five functions, and looks each up
in five places again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from dbt.clients.jinja import MacroGenerator
from dbt.context.configured import ConfiguredContext
from dbt.context.macro_resolver import TestMacroNamespace
from dbt.context.macros import MacroNamespace, MacroNamespaceBuilder
from dbt.context.manifest import ManifestContext
from dbt.include.global_project import PROJECT_NAME

__all__ = ["brief_contexts"]

_Macros = Mapping[str, Mapping[str, Any]]
_MAKE: Callable[[MacroGenerator], Callable[..., Any]] = MacroGenerator.get_macro


@contextmanager
def brief_contexts() -> Iterator[None]:
    """Have dbt make its contexts as below."""
    with (
        patch.object(MacroGenerator, "__init__", _hold),
        patch.object(MacroGenerator, "get_macro", _get_macro),
        patch.object(MacroNamespaceBuilder, "build_namespace", _build_namespace),
        patch.object(ManifestContext, "to_dict", _to_dict),
    ):
        yield


def _hold(
    generator: MacroGenerator,
    macro: Any,
    context: dict[str, Any] | None = None,
    node: Any = None,
    stack: Any = None,
) -> None:
    generator.macro = macro
    generator.context = context
    generator.node = node
    generator.stack = stack


def _get_macro(generator: MacroGenerator) -> Callable[..., Any]:
    """What dbt makes anew for each of a node's two hundred calls of forty macros.

    A macro looks names up in the context itself, and sees what is put there later.
    """
    kept = vars(generator)
    if "made" not in kept:
        kept["made"] = _MAKE(generator)
    made: Callable[..., Any] = kept["made"]
    return made


def _build_namespace(
    builder: MacroNamespaceBuilder, macros: _Macros, context: dict[str, Any]
) -> MacroNamespace:
    """Every macro under its package; twice under one name none is since the parse."""
    node, stack = builder.node, builder.thread_ctx
    made = {
        package: {
            macro.name: MacroGenerator(macro, context, node, stack)
            for macro in those.values()
        }
        for package, those in macros.items()
    }
    internal: dict[str, MacroGenerator] = {}
    for package in reversed(builder.internal_package_names_order):
        internal.update(made.get(package, {}))
    ours = {
        package: those
        for package, those in made.items()
        if package not in builder.internal_package_names
    }
    root, local = builder.root_package, builder.search_package
    return MacroNamespace(
        global_namespace=ours.get(root, {}) if root != local else {},
        local_namespace=ours.get(local, {}),
        global_project_namespace=internal,
        packages=ours,
    )


def _to_dict(context: ManifestContext) -> dict[str, Any]:
    """All that a template can name; what is found first is put in last."""
    named: dict[str, Any] = ConfiguredContext.to_dict(context)
    found = context.namespace
    if isinstance(found, TestMacroNamespace):
        named.update(found.local_namespace)
        named.update(found.project_namespace)
        return named
    named.update(found.global_project_namespace)
    named[PROJECT_NAME] = found.global_project_namespace
    named.update(found.packages)
    named.update(found.global_namespace)
    named.update(found.local_namespace)
    return named
