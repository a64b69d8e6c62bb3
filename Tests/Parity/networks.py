"""The networks of the shipped specs as torch modules.

The place of a layer in its `nn.Sequential` is its place in the spec's list, so that parameter
`G.4.weight` of a record is `networks["G"].state_dict()["4.weight"]`.
"""

from __future__ import annotations

from torch import nn
from torch.nn.utils.spectral_norm import SpectralNorm, spectral_norm

Networks = dict[str, nn.Sequential]


def normalise(module: nn.Sequential) -> None:
    """Puts torch's spectral norm on every weight; the layers iterate only when asked to."""
    for layer in module.modules():
        if isinstance(layer, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
            spectral_norm(layer, eps=1e-12)
            layer.eval()


def power_hooks(
    module: nn.Sequential,
) -> dict[str, tuple[nn.Module, SpectralNorm]]:
    """Layers with spectral norm by name, each with the hook that normalises its weight."""
    return {
        name: (layer, hook)
        for name, layer in module.named_modules()
        for hook in layer._forward_pre_hooks.values()
        if isinstance(hook, SpectralNorm)
    }


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
