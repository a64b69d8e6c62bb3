"""The networks of the shipped specs as torch modules.

The place of a layer in its `nn.Sequential` is its place in the spec's list, so that parameter
`G.4.weight` of a record is `networks["G"].state_dict()["4.weight"]`.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

Networks = dict[str, nn.Module]

PARAMETRIZED = {
    "weight_orig": "parametrizations.weight.original",
    "weight_u": "parametrizations.weight.0._u",
    "weight_v": "parametrizations.weight.0._v",
}
"""What torch's parametrization calls the tensors of a weight with spectral norm."""

FIRST_ITERATIONS = 15
"""Of torch's parametrization, when it is made."""


def normalise(
    module: nn.Module, but: tuple[type[nn.Module], ...] = (), eps: float = 1e-12
) -> None:
    """Puts torch's spectral norm on every weight but those in modules of the types `but`; the layers iterate only when asked to."""
    left = {inner for outer in module.modules() if isinstance(outer, but) for inner in outer.modules()}
    for layer in [layer for layer in module.modules() if layer not in left]:
        if isinstance(layer, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
            spectral_norm(layer, eps=eps)
            layer.parametrizations.weight[0].eval()


def torch_name(name: str) -> str:
    """`0.parametrizations.weight.original` for a record's `0.weight_orig`."""
    layer, _, last = name.rpartition(".")
    return f"{layer}.{PARAMETRIZED[last]}" if last in PARAMETRIZED else name


def record_name(name: str) -> str:
    """The other way round."""
    for own, other in PARAMETRIZED.items():
        name = name.replace(other, own)
    return name


def normalised_layers(module: nn.Sequential) -> dict[str, nn.Module]:
    """The layers with spectral norm, by name."""
    return {name: layer for name, layer in module.named_modules() if hasattr(layer, "parametrizations")}


def iterated(layer: nn.Module, weight: Tensor, v: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """u and v after torch's own power iterations on `weight`, which start from v alone."""
    norm = layer.parametrizations.weight[0]
    matrix = norm._reshape_weight_to_matrix(weight.detach())
    norm._u, norm._v = matrix.new_zeros(matrix.shape[0]), v.detach().clone()
    norm._power_method(matrix, count)
    return norm._u.clone(), norm._v.clone()


def ring(*, width: int = 128) -> Networks:
    """Perceptrons for points in the plane: three hidden layers each."""

    def perceptron(out: int, activation: type[nn.Module], *arguments: float) -> nn.Sequential:
        layers: list[nn.Module] = []
        for fan_in in (2, width, width):
            layers += [nn.Linear(fan_in, width), activation(*arguments)]
        return nn.Sequential(*layers, nn.Linear(width, out))

    return {"G": perceptron(2, nn.ReLU), "D": perceptron(1, nn.LeakyReLU, 0.2)}


def fashion_mnist(
    *, width: int = 64, critic: tuple[int, int] = (64, 128), latent: int = 128
) -> Networks:
    """DCGAN for 1x28x28 images; the generator has batch norm and ends in tanh."""
    generator = nn.Sequential(
        nn.Linear(latent, 4 * width * 7 * 7),
        nn.Unflatten(1, (4 * width, 7, 7)),
        nn.BatchNorm2d(4 * width),
        nn.ReLU(),
        nn.ConvTranspose2d(4 * width, 2 * width, 4, stride=2, padding=1),
        nn.BatchNorm2d(2 * width),
        nn.ReLU(),
        nn.ConvTranspose2d(2 * width, width, 4, stride=2, padding=1),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.Conv2d(width, 1, 3, padding=1),
        nn.Tanh(),
    )
    first, second = critic
    discriminator = nn.Sequential(
        nn.Conv2d(1, first, 4, stride=2, padding=1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(first, second, 4, stride=2, padding=1),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(second * 7 * 7, 1),
    )
    return {"G": generator, "D": discriminator}
