"""Values of one step by torch: in float64, and in float32 over several orders of its samples."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from cases import Game
from game import Named, Step, StepValues
from kinks import Evaluations, Rectifiers

SAMPLE_ORDERS = 8
"""A single sum may be right by luck; torch's error is its largest over this many sample orders."""


class StepEvaluator:
    """Evaluates the steps of one recorded round."""

    def __init__(self, game: Game, round: int, *, float32: bool) -> None:
        self.game = game
        self.round = round
        self.float32 = float32

    def evaluations(
        self, player: str, draws: Named, buffers: Named, parameters: Named
    ) -> Evaluations:
        def exact() -> StepValues:
            return self._evaluate(player, draws, torch.float64, buffers, parameters)

        with Rectifiers() as seen:
            values = exact()
        with Rectifiers(seen.passing) as seen_by_own:
            own = (
                [self._evaluate(player, draws, torch.float32, buffers, parameters)]
                if self.float32
                else []
            )
        smooth = list(own)
        for ordered in self._orders(draws) if self.float32 else ():
            with Rectifiers() as other:
                own.append(self._evaluate(player, ordered, torch.float32, buffers, parameters))
            if other.agrees(seen):
                smooth.append(own[-1])
        return Evaluations(values, seen, own, smooth, seen_by_own, exact)

    def _orders(self, draws: Named) -> Iterator[Named]:
        """The same samples in several other orders, each half kept together."""
        generator = torch.Generator().manual_seed(0)
        for _ in range(SAMPLE_ORDERS - 1):
            halves = torch.arange(self.game.batch).chunk(2)
            order = torch.cat([h[torch.randperm(len(h), generator=generator)] for h in halves])
            yield {name: value[order] for name, value in draws.items()}

    def _evaluate(
        self, player: str, draws: Named, dtype: torch.dtype, buffers: Named, parameters: Named
    ) -> StepValues:
        def cast(values: Named) -> Named:
            return {
                name: value.to(dtype) if value.is_floating_point() else value
                for name, value in values.items()
            }

        step = Step(
            self.game,
            player,
            parameters=cast(parameters),
            buffers=cast(buffers),
            draws=cast(draws),
            round=self.round,
        )
        return step.values()
