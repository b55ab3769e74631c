"""Check the knowledge base for people who edit it: `make knowledge-check`.

Says in plain words what is wrong, with file and line, and what is only worth a look.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ruamel.yaml import YAML, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from clinic.clinical import get_clinical_data
from clinic.datafiles import DataFileError
from clinic.knowledge.base import KnowledgeBase
from clinic.knowledge.possibilities import PossibilityRules


def check(folder: Path | None = None) -> tuple[str, tuple[str, ...]]:
    """Load a knowledge base and describe what is wrong.

    Args:
        folder: The folder with the files; the project's own when None.

    Returns:
        The mistake that stops Atlas, with file and line, or ""; and what is worth a look.
    """
    try:
        base = KnowledgeBase.load(folder) if folder else KnowledgeBase.load()
        if folder is None:
            PossibilityRules.load(get_clinical_data().attributes, base)
    except DataFileError as error:
        return _located(error), ()
    return "", base.warnings


def line_of(path: Path, entry: str) -> int | None:
    """Return the line on which an entry of a YAML file stands.

    Args:
        path: The file.
        entry: As DataFileError gives it: an id, and fields after dots, such as
            `test/mri.aspects.what`.

    Returns:
        The line, counted from one; of the nearest thing that is there. None for none at all.
    """
    try:
        root = YAML(typ="safe", pure=True).compose(path.read_text(encoding="utf-8"))
    except (OSError, YAMLError):
        return None
    if root is None or not entry:
        return None
    steps = entry.split(".")
    node, line = _entry_node(root, steps[0])
    if node is None:
        return None
    for step in steps[1:]:
        found = _child(node, step)
        if found is None:
            break
        node, line = found
    return line


def main() -> int:
    """Print what is wrong and return the exit code."""
    mistake, warnings = check()
    if mistake:
        print(f"MISTAKE  {mistake}\n\nAtlas will not start until this is put right.")
        return 1
    for warning in warnings:
        print(f"LOOK AT  {warning}")
    print(f"\nThe knowledge base is in order; {len(warnings)} things are worth a look.")
    return 0


def _located(error: DataFileError) -> str:
    line = line_of(error.file, error.entry)
    where = f"{error.file.name}, line {line}" if line else error.file.name
    name = f"{error.file.parent.name}/{error.file.name}"
    told = str(error).removeprefix(name).lstrip(", :")
    return f"{where}: {told}"


def _entry_node(root: Node, name: str) -> tuple[Node | None, int]:
    """Find the entry called `name`: a key at the top or one level down, or a list item's id."""
    if isinstance(root, MappingNode):
        found = _child(root, name)
        if found:
            return found
        for _, value in root.value:
            inner, line = _entry_node(value, name)
            if inner is not None:
                return inner, line
    if isinstance(root, SequenceNode):
        for item in root.value:
            named = _child(item, "id")
            if named and named[0].value == name:
                return item, item.start_mark.line + 1
    return None, 0


def _child(node: Node, step: str) -> tuple[Node, int] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == step:
                return value, key.start_mark.line + 1
    if isinstance(node, SequenceNode) and step.isdigit() and int(step) < len(node.value):
        item = node.value[int(step)]
        return item, item.start_mark.line + 1
    return None


if __name__ == "__main__":
    sys.exit(main())
