"""The Dockerfile as a list of instructions, and what .dockerignore lets in."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from pathspec import PathSpec

from tests.deploy.compose_file import ROOT

__all__ = ["DOCKERFILE", "Copy", "build_context", "copies", "copy_into", "instructions"]

DOCKERFILE = ROOT / "orchestration" / "deploy" / "Dockerfile"


@dataclass(frozen=True)
class Copy:
    """One COPY: paths of the project, and where they go in the image."""

    sources: tuple[str, ...]
    target: str


def instructions() -> list[tuple[str, str]]:
    """Instruction and arguments, continued lines joined, comments left out."""
    lines = [
        line
        for line in DOCKERFILE.read_text().splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    joined = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [
        (word, rest.strip()) for word, _, rest in (x.partition(" ") for x in joined)
    ]


def copies() -> list[Copy]:
    """Every COPY of the file."""
    found = []
    for instruction, rest in instructions():
        if instruction == "COPY":
            words = [word for word in rest.split() if not word.startswith("--")]
            found.append(Copy(tuple(words[:-1]), words[-1]))
    return found


def build_context() -> set[str]:
    """Files of the project that a build may see, relative to its root."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    ignored = PathSpec.from_lines("gitwildmatch", lines)
    named = {line.removeprefix("!") for line in lines if line.startswith("!")}
    candidates = (
        file
        for name in named
        for file in (
            (ROOT / name).rglob("*") if (ROOT / name).is_dir() else [ROOT / name]
        )
        if file.is_file() and "node_modules" not in file.parts
    )
    paths = (file.relative_to(ROOT).as_posix() for file in candidates)
    return {path for path in paths if not ignored.match_file(path)}


def copy_into(folder: Path) -> None:
    """Lay out the project's files as the image has them below its work folder."""
    context = build_context()
    for copy in copies():
        if copy.target.startswith("/"):
            continue
        for source in copy.sources:
            for path in context:
                if path == source or path.startswith(f"{source}/"):
                    target = folder / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(ROOT / path, target)
