#!/usr/bin/env python3
"""Writes a record of one round that PyTorch trained, in the plain way of a training loop.

    Tests/Parity/make_record.py ring round.safetensors                # a whole record, as an example
    Tests/Parity/make_record.py ring start.safetensors --inputs-only  # what replay takes

It shares the networks with the oracle, not its evaluation: modules are called as they are,
torch.optim.Adam moves them. The oracle is tested on such records before it judges advas.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor, nn

from cases import GAMES, Game
from record import Record
from terms import DISCRIMINATOR, GENERATOR, REGULARIZERS


class Trainer:
    """The usual two-player loop for WGAN-GP, with AdvAs, writing down what it does."""

    def __init__(self, game: Game, *, seed: int, dtype: torch.dtype) -> None:
        torch.manual_seed(seed)
        self.game = game
        self.dtype = dtype
        self.networks = {n: module.to(dtype) for n, module in game.make_networks().items()}
        self.optimizers = {
            player: torch.optim.Adam(
                self.networks[network].parameters(),
                lr=game.optimizer.lr,
                **game.optimizer.options,
            )
            for player, (network,) in game.trains.items()
        }
        self.record = Record({})

    def round(self, *, discriminator_steps: int = 1, recorded: bool = True) -> None:
        if recorded:
            self._note_state()
        for index in range(discriminator_steps):
            self._step(DISCRIMINATOR, index)
        self._step(GENERATOR, 0)
        for network, module in self.networks.items():
            for name, value in module.state_dict().items():
                self.record[f"updated/{network}.{name}"] = value

    def _note_state(self) -> None:
        self.record = Record({})
        for player, (network,) in self.game.trains.items():
            module = self.networks[network]
            for name, value in module.named_buffers():
                self.record[f"buffers/{network}.{name}"] = value
            state = self.optimizers[player].state
            for name, value in module.named_parameters():
                self.record[f"parameters/{network}.{name}"] = value
                adam = state[value] or {"exp_avg": value * 0, "exp_avg_sq": value * 0, "step": 0}
                place = f"optimizer/{player}/{network}.{name}"
                self.record[f"{place}/m"] = adam["exp_avg"]
                self.record[f"{place}/v"] = adam["exp_avg_sq"]
                self.record[f"{place}/step"] = torch.tensor(int(adam["step"]))

    def _step(self, player: str, index: int) -> None:
        place = f"{player}/{index}"
        (network,) = self.game.trains[player]
        for known in {network, "D"}:
            for name, value in self.networks[known].named_parameters():
                self.record[f"before/{place}/{known}.{name}"] = value
        self.draws = self._sample(player)
        for name, value in self.draws.items():
            self.record[f"draws/{place}/{name}"] = value
        module = self.networks[network]
        statistics = {name: value.clone() for name, value in self.networks["G"].named_buffers()}
        terms = self._discriminator_terms() if player == DISCRIMINATOR else self._generator_terms()
        base, scalars, automatic = terms
        module.zero_grad()
        base.backward(retain_graph=bool(automatic))
        parameters = dict(module.named_parameters())
        size = torch.cat([p.grad.reshape(-1) for p in parameters.values()]).norm()
        for penalty, value in automatic.items():
            gradients = torch.autograd.grad(value, list(parameters.values()), retain_graph=True)
            own = torch.cat([g.reshape(-1) for g in gradients]).norm()
            scalars[f"{penalty}.weight"] = (size / own).clamp(max=1)
            for (name, p), gradient in zip(parameters.items(), gradients):
                self.record[f"gradients/{place}/{penalty}/{network}.{name}"] = gradient
                p.grad += scalars[f"{penalty}.weight"] * gradient
        for name, value in scalars.items():
            self.record[f"scalars/{place}/{name}"] = torch.as_tensor(value, dtype=self.dtype)
        for name, p in parameters.items():
            self.record[f"gradients/{place}/{network}.{name}"] = p.grad
        self.optimizers[player].step()
        # Running statistics move once, with the generator's own G(z).
        kept = statistics if player == DISCRIMINATOR else self.statistics
        for name, value in self.networks["G"].named_buffers():
            value.copy_(kept[name])

    def _sample(self, player: str) -> dict[str, Tensor]:
        """Points on a ring or noise between -1 and 1 for x, normal z, and regularizers' draws."""
        batch = self.game.batch
        names = [""]
        if player == GENERATOR and "advas" in self.game.regularizers:
            options = self.game.options("advas")
            names += ["@2"] if options["estimator"] == "two_batch" else []
        draws: dict[str, Tensor] = {}
        for suffix in names:
            for stream, shape in self.game.streams.items():
                full = (batch, *shape)
                draws[stream + suffix] = torch.randn(full, dtype=self.dtype)
            draws["x" + suffix] = draws["x" + suffix].tanh()
            for name in self.game.regularizers:
                shapes = REGULARIZERS[name].draws(batch, self.game.options(name))
                if player == DISCRIMINATOR or self._includes_regularizers():
                    for let, shape in shapes.items():
                        draws[f"{name}.{let}{suffix}"] = torch.rand(shape, dtype=self.dtype)
        return draws

    def _includes_regularizers(self) -> bool:
        options = self.game.options("advas") if "advas" in self.game.regularizers else {}
        return bool(options.get("include_regularizers"))

    def _penalty(self, real: Tensor, fake: Tensor, t: Tensor) -> Tensor:
        t = t.reshape(-1, *([1] * (real.dim() - 1)))
        between = (t * real + (1 - t) * fake).detach().requires_grad_()
        scores = self.networks["D"](between)
        (slope,) = torch.autograd.grad(
            scores, between, torch.ones_like(scores), create_graph=True
        )
        return ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()

    def _discriminator_terms(self):
        critic: nn.Module = self.networks["D"]
        real = self.draws["x"]
        fake = self.networks["G"](self.draws["z"]).detach()
        loss = critic(fake).mean() - critic(real).mean()
        scalars = {"loss": loss.detach()}
        if "wgan_gp" in self.game.regularizers:
            weight = self.game.options("wgan_gp")["weight"]
            penalty = self._penalty(real, fake, self.draws["wgan_gp.t"])
            scalars |= {"wgan_gp": penalty.detach(), "wgan_gp.weight": weight}
            loss = loss + weight * penalty
        return loss, scalars, {}

    def _generator_terms(self):
        critic: nn.Module = self.networks["D"]
        fake = self.networks["G"](self.draws["z"])
        self.statistics = {n: b.clone() for n, b in self.networks["G"].named_buffers()}
        loss = -critic(fake).mean()
        scalars = {"loss": loss.detach()}
        if "advas" not in self.game.regularizers:
            return loss, scalars, {}
        options = self.game.options("advas")
        value = self._advas(fake, options["estimator"], options["include_regularizers"])
        scalars["advas"] = value.detach()
        if options["weight"] == "auto":
            return loss, scalars, {"advas": value}
        scalars["advas.weight"] = options["weight"]
        return loss + options["weight"] * value, scalars, {}

    def _advas(self, fake: Tensor, estimator: str, penalties: bool) -> Tensor:
        half = self.game.batch // 2
        first = (self.draws["x"], fake, self.draws.get("wgan_gp.t", fake))
        if estimator in ("split", "one_sided"):
            batches = [tuple(v[:half] for v in first), tuple(v[half:] for v in first)]
        elif estimator == "biased":
            batches = [first, first]
        else:
            other = self.networks["G"](self.draws["z@2"])
            batches = [first, (self.draws["x@2"], other, self.draws.get("wgan_gp.t@2", other))]
        critic = self.networks["D"]
        gradients = []
        for real, made, t in batches:
            loss = critic(made).mean() - critic(real).mean()
            if penalties:
                loss = loss + self.game.options("wgan_gp")["weight"] * self._penalty(real, made, t)
            gradients.append(
                torch.autograd.grad(loss, list(critic.parameters()), create_graph=True)
            )
        if estimator == "one_sided":
            first, second = gradients
            held = [g.detach() for g in second]
            inner = sum((a * b).sum() for a, b in zip(first, held))
            return sum(g.square().sum() for g in held) + 2 * (inner - inner.detach())
        return sum((a * b).sum() for a, b in zip(*gradients))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("spec", choices=sorted(GAMES))
    parser.add_argument("record", type=Path)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="settings")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--precision", choices=("float32", "float64"), default="float64")
    parser.add_argument("--rounds", type=int, default=1, help="record the last of so many")
    parser.add_argument("--discriminator-steps", type=int, default=1)
    parser.add_argument("--inputs-only", action="store_true", help="leave out what was computed")
    options = parser.parse_args()
    trainer = Trainer(
        GAMES[options.spec].with_settings(options.settings),
        seed=options.seed,
        dtype=getattr(torch, options.precision),
    )
    for _ in range(options.rounds):
        trainer.round(discriminator_steps=options.discriminator_steps)
    record = trainer.record
    if options.inputs_only:
        groups = ("parameters/", "buffers/", "optimizer/", "draws/")
        record = Record(
            {group + name: value for group in groups for name, value in record.under(group).items()}
        )
    record.save(options.record)


if __name__ == "__main__":
    main()
