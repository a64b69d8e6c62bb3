"""The weights of an exported generator in a plain module: python use_pytorch.py generator.safetensors"""

import sys

import numpy
import torch
from safetensors.torch import load_file, save_file
from torch import nn

up = {"kernel_size": 4, "stride": 2, "padding": 1, "bias": False}
generator = nn.Sequential(
    *(nn.Linear(32, 64 * 4 * 4, bias=False), nn.Unflatten(1, (64, 4, 4)), nn.BatchNorm2d(64), nn.ReLU()),
    *(nn.ConvTranspose2d(64, 32, **up), nn.BatchNorm2d(32), nn.ReLU(), nn.ConvTranspose2d(32, 3, **up), nn.Tanh()),
)
generator.load_state_dict(load_file(sys.argv[1]))
known = numpy.load("pictures.npz")
with torch.no_grad():
    pictures = generator.eval()(torch.from_numpy(known["z"])).numpy()
difference = numpy.abs(pictures - known["pictures"]).max()
print("PyTorch: differs from onnxruntime by", difference)
assert difference < 1e-5
save_file(generator.state_dict(), "tuned.safetensors")  # after whatever training of your own
