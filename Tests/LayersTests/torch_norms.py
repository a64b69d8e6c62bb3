"""torch's spectral and weight norm under their older names, computed in the order of its parametrizations."""

from __future__ import annotations

import torch
from torch.nn.functional import normalize
from torch.nn.utils import spectral_norm, weight_norm
from torch.nn.utils.spectral_norm import SpectralNorm
from torch.nn.utils.weight_norm import WeightNorm

__all__ = ["spectral_norm", "weight_norm"]


def iterated_weight(self, module, do_power_iteration):
    """The weight in the order of torch's parametrization, u before v, under the names of the older norm."""
    weight = getattr(module, self.name + "_orig")
    u, v = getattr(module, self.name + "_u"), getattr(module, self.name + "_v")
    matrix = self.reshape_weight_to_matrix(weight)
    if do_power_iteration:
        with torch.no_grad():
            for _ in range(self.n_power_iterations):
                u.copy_(normalize(matrix @ v, dim=0, eps=self.eps))
                v.copy_(normalize(matrix.t() @ u, dim=0, eps=self.eps))
        u, v = u.clone(), v.clone()
    return weight / torch.dot(u, torch.mv(matrix, v))


def directed_weight(self, module):
    """g*v/|v| written out: the second derivatives of torch 2.13's own, along axis 0, take the norms for constants."""
    v = getattr(module, self.name + "_v")
    axes = [axis for axis in range(v.dim()) if axis != self.dim]
    return getattr(module, self.name + "_g") * v / v.square().sum(axes, keepdim=True).sqrt()


SpectralNorm.compute_weight = iterated_weight
WeightNorm.compute_weight = directed_weight
