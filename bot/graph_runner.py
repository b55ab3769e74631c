"""Run a model's graph node after node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner


class StraightGraphRunner(DaskGraphRunner):
    """Run the nodes in an order that is found once for each target.

    Rasa hands the graph to Dask, which looks for its order anew for every message and every
    prediction, and then runs it in one thread all the same.
    """

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """Run what the targets need.

        Args:
            inputs: Values by the names that nodes ask for.
            targets: The nodes whose output is wanted; those of the schema when None.

        Returns:
            Output by node.

        Raises:
            GraphRunError: An input is named like a node, or a node failed.
        """
        wanted = tuple(targets or self._graph_schema.target_names)
        done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        order = self._order(wanted)
        if not done.keys().isdisjoint(order):
            raise GraphRunError("An input of the graph has the name of one of its nodes.")
        try:
            for name, needs in order.items():
                done[name] = self._instantiated_nodes[name](
                    *(done.get(need, need) for need in needs)
                )
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return {name: done[name][1] for name in wanted}

    def _order(self, targets: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
        """Return what each node needs, each node after those."""
        known: dict[tuple[str, ...], dict[str, tuple[str, ...]]]
        known = self.__dict__.setdefault("_orders", {})
        if targets not in known:
            order: dict[str, tuple[str, ...]] = {}
            nodes = self._graph_schema.nodes

            def visit(name: str) -> None:
                if name in nodes and name not in order:
                    needs = tuple(nodes[name].needs.values())
                    for need in needs:
                        visit(need)
                    order[name] = needs

            for target in targets:
                visit(target)
            known[targets] = order
        return known[targets]
