"""One row for each way to use a layer: YAML as in a spec, shapes of one sample, and the same layer in PyTorch.

`record.py` turns rows into Records/*.json, which LayerSampleTests.swift reads. A layer without a row fails a test.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import relu6

from sample import Sample, function, learned
from samples_fir import FIR
from torch_layers import (
    ConditionalBatchNorm, Dropout, Embedding, Equalized, EqualizedTranspose, Film, GlobalResponseNorm,
    ModulatedConv, ProjectionHead, SameConv, SelfAttention, SqueezeExcite, Standardized, StandardizedTranspose, concrete, minibatch_std,
    phase_shuffle,
)
from torch_norms import spectral_norm, weight_norm

IMAGE = [2, 4, 3]

SAMPLES: dict[str, Sample] = {
    "linear": Sample("{linear: 4}", [[5]], lambda: nn.Linear(5, 4)),
    "linear-without-bias": Sample("{linear: {out: 4, bias: false}}", [[5]], lambda: nn.Linear(5, 4, bias=False)),
    "linear-spectral": Sample("{linear: {out: 4, spectral_norm: true}}", [[5]], lambda: spectral_norm(nn.Linear(5, 4))),
    "conv": Sample("{conv: {out: 3, kernel: 3, padding: 1}}", [IMAGE], lambda: nn.Conv2d(2, 3, 3, padding=1)),
    "conv-uneven": Sample(
        "{conv: {out: 4, kernel: [3, 2], stride: [2, 1], padding: [2, 1], dilation: [1, 2], groups: 2}}",
        [IMAGE],
        lambda: nn.Conv2d(2, 4, (3, 2), (2, 1), (2, 1), (1, 2), 2),
    ),
    "conv-same": Sample("{conv: {out: 3, kernel: 3, stride: 2, padding: same}}", [[2, 4, 5]], lambda: SameConv(2, 3, 3, 2)),
    "conv-same-uneven": Sample(
        "{conv: {out: 4, kernel: [4, 5], stride: [1, 3], padding: same, dilation: [2, 1], groups: 2}}", [[2, 3, 7]],
        lambda: SameConv(2, 4, (4, 5), (1, 3), (2, 1), 2),
    ),
    "conv-spectral": Sample(
        "{conv: {out: 3, kernel: 2, spectral_norm: true, bias: false}}",
        [IMAGE],
        lambda: spectral_norm(nn.Conv2d(2, 3, 2, bias=False)),
    ),
    "conv_transpose": Sample(
        "{conv_transpose: {out: 3, kernel: 4, stride: 2, padding: 1}}",
        [[2, 2, 3]],
        lambda: nn.ConvTranspose2d(2, 3, 4, 2, 1),
    ),
    "conv_transpose-uneven": Sample(
        "{conv_transpose: {out: 4, kernel: [2, 3], stride: [3, 2], output_padding: [1, 0], groups: 2, bias: false}}",
        [[2, 2, 2]],
        lambda: nn.ConvTranspose2d(2, 4, (2, 3), (3, 2), 0, (1, 0), 2, bias=False),
    ),
    "conv_transpose-spectral": Sample(
        "{conv_transpose: {out: 3, kernel: 2, spectral_norm: true}}",
        [[2, 2, 3]],
        lambda: spectral_norm(nn.ConvTranspose2d(2, 3, 2)),
    ),
    "embedding": Sample("{embedding: 4}", [[5]], lambda: Embedding(5, 4)),
    "embedding-spectral": Sample(
        "{embedding: {out: 4, spectral_norm: true}}", [[3]], lambda: spectral_norm(Embedding(3, 4))
    ),
    "scale": Sample("{scale: -0.7}", [[5]], function(lambda x: -0.7 * x)),
    "scale-learned": Sample("{scale: {init: 0}}", [IMAGE], learned("gamma", [], lambda gamma, x: gamma * x)),
    "scale-of-channels": Sample(
        "{scale: {factor: 0.5, init: 1, per_channel: true}}",
        [IMAGE],
        learned("gamma", [2], lambda gamma, x: 0.5 * gamma[:, None, None] * x),
    ),
    "bias": Sample("bias", [IMAGE], learned("bias", [2], lambda bias, x: x + bias[:, None, None])),
    "bias-of-all": Sample("{bias: {per_channel: false}}", [[4]], learned("bias", [], lambda bias, x: x + bias)),
    "constant": Sample(
        "{constant: [2, 3, 1]}", [[4]], learned("const", [2, 3, 1], lambda const, x: const + 0 * x.mean(1)[:, None, None, None])
    ),
    "linear-weight-norm": Sample("{linear: {out: 4, weight_norm: true}}", [[5]], lambda: weight_norm(nn.Linear(5, 4))),
    "conv-weight-norm": Sample(
        "{conv: {out: 3, kernel: 2, weight_norm: true}}", [IMAGE], lambda: weight_norm(nn.Conv2d(2, 3, 2))
    ),
    "conv_transpose-weight-norm": Sample(
        "{conv_transpose: {out: 3, kernel: 2, weight_norm: true}}",
        [[2, 2, 3]],
        lambda: weight_norm(nn.ConvTranspose2d(2, 3, 2), dim=1),
    ),
    "conv-standardized": Sample(
        "{conv: {out: 3, kernel: 2, weight_standardization: true}}", [IMAGE], lambda: Standardized(2, 3, 2)
    ),
    "conv_transpose-standardized": Sample(
        "{conv_transpose: {out: 4, kernel: 2, groups: 2, weight_standardization: true}}", [[4, 2, 3]],
        lambda: StandardizedTranspose(4, 4, 2, groups=2),
    ),
    "linear-equalized": Sample(
        "{linear: {out: 4, equalized: {lr: 0.01, gain: 1.4}}}", [[5]], lambda: Equalized(5, 4, 0.01, 1.4)
    ),
    "conv_transpose-equalized": Sample(
        "{conv_transpose: {out: 3, kernel: 2, equalized: true}}", [[2, 2, 3]], lambda: EqualizedTranspose(2, 3, 2)
    ),
    "linear-spectral-thrice": Sample(
        "{linear: {out: 4, spectral_norm: {iterations: 3, eps: 0.1}}}",
        [[5]],
        lambda: spectral_norm(nn.Linear(5, 4), n_power_iterations=3, eps=0.1),
    ),
    "batch_norm": Sample("batch_norm", [[3]], lambda: nn.BatchNorm1d(3), batch=4),
    "batch_norm-of-images": Sample(
        "{batch_norm: {eps: 1e-3, momentum: 0.3}}", [[2, 3, 2]], lambda: nn.BatchNorm2d(2, 1e-3, 0.3)
    ),
    "batch_norm-plain": Sample("{batch_norm: {affine: false}}", [[2, 3, 2]], lambda: nn.BatchNorm2d(2, affine=False)),
    "minibatch_std": Sample("minibatch_std", [IMAGE], function(lambda x: minibatch_std(x, 4, 1)), batch=8),
    "minibatch_std-of-features": Sample(
        "{minibatch_std: {group: 8, features: 2}}", [[4]], function(lambda x: minibatch_std(x, 8, 2)), batch=4
    ),
    "relu": Sample("relu", [[7]], nn.ReLU, gap=0.1),
    "leaky_relu": Sample("{leaky_relu: 0.2}", [[7]], lambda: nn.LeakyReLU(0.2), gap=0.1),
    "leaky_relu-default": Sample("leaky_relu", [[7]], nn.LeakyReLU, gap=0.1),
    "tanh": Sample("tanh", [[7]], nn.Tanh),
    "sigmoid": Sample("sigmoid", [[7]], nn.Sigmoid),
    "softplus": Sample("softplus", [[7]], nn.Softplus),
    "elu": Sample("{elu: 0.7}", [[7]], lambda: nn.ELU(0.7), gap=0.1),
    "gelu": Sample("gelu", [[7]], nn.GELU),
    "swish": Sample("swish", [[7]], nn.SiLU),
    "prelu": Sample("prelu", [[7]], nn.PReLU, gap=0.1),
    "prelu-of-channels": Sample("{prelu: {per_channel: true}}", [IMAGE], lambda: nn.PReLU(2)),
    "relu6": Sample("relu6", [[9]], nn.ReLU6, scale=6),
    "hard_tanh": Sample("hard_tanh", [[9]], nn.Hardtanh),
    # torch has no second derivative of its own hardsigmoid.
    "hard_sigmoid": Sample("hard_sigmoid", [[9]], function(lambda x: relu6(x + 3) / 6), scale=3),
    "hard_swish": Sample("hard_swish", [[9]], function(lambda x: x * relu6(x + 3) / 6), scale=3),
    "maxout": Sample("maxout", [IMAGE], function(lambda x: x.unflatten(1, (-1, 2)).amax(2))),
    "mish": Sample("mish", [[7]], nn.Mish),
    "selu": Sample("selu", [[7]], nn.SELU, gap=0.1),
    "abs": Sample("abs", [[7]], function(torch.abs), gap=0.1),
    "softmax": Sample("softmax", [[5]], lambda: nn.Softmax(1), scale=2),
    "softmax-of-rows": Sample("{softmax: width}", [IMAGE], lambda: nn.Softmax(3)),
    "softmax-of-channels": Sample("{softmax: channel}", [IMAGE], lambda: nn.Softmax(1)),
    "log_softmax": Sample("log_softmax", [[5]], lambda: nn.LogSoftmax(1), scale=2),
    "log_softmax-of-the-last": Sample("{log_softmax: last}", [[3, 4]], lambda: nn.LogSoftmax(2)),
    "reshape": Sample("{reshape: [4, 3, 2]}", [IMAGE], function(lambda x: x.reshape(-1, 4, 3, 2))),
    "flatten": Sample("flatten", [IMAGE], nn.Flatten),
    "upsample": Sample("{upsample: 3}", [[2, 2, 3]], lambda: nn.Upsample(scale_factor=3)),
    "upsample-bilinear": Sample(
        "{upsample: {mode: bilinear}}", [[2, 2, 3]], lambda: nn.Upsample(scale_factor=2, mode="bilinear")
    ),
    "upsample-bilinear-odd": Sample(
        "{upsample: {factor: 3, mode: bilinear}}", [[1, 3, 1]], lambda: nn.Upsample(scale_factor=3, mode="bilinear")
    ),
    "upsample-bilinear-4": Sample(
        "{upsample: {factor: 4, mode: bilinear}}", [[1, 1, 3]], lambda: nn.Upsample(scale_factor=4, mode="bilinear")
    ),
    "pad": Sample("{pad: [1, 0, 2, 3]}", [[2, 3, 2]], lambda: nn.ZeroPad2d((2, 3, 1, 0))),
    "pad-reflect": Sample(
        "{pad: {sides: [1, 0, 2, 3], mode: reflect}}", [[2, 3, 4]], lambda: nn.ReflectionPad2d((2, 3, 1, 0))
    ),
    "pad-replicate": Sample("{pad: {sides: 2, mode: replicate}}", [[2, 3, 2]], lambda: nn.ReplicationPad2d(2)),
    "crop": Sample("{crop: [0, 1, 2, 0]}", [IMAGE], function(lambda x: x[:, :, :-1, 2:])),
    "pixel_shuffle": Sample("pixel_shuffle", [[8, 2, 3]], lambda: nn.PixelShuffle(2)),
    "pixel_unshuffle": Sample("{pixel_unshuffle: 3}", [[2, 3, 6]], lambda: nn.PixelUnshuffle(3)),
    **FIR,
    "average_pool": Sample("average_pool", [[2, 5, 4]], lambda: nn.AvgPool2d(2)),
    "average_pool-overlapping": Sample(
        "{average_pool: {kernel: [3, 2], stride: [1, 2]}}", [[2, 5, 4]], lambda: nn.AvgPool2d((3, 2), (1, 2))
    ),
    "average_pool-uneven": Sample("{average_pool: [1, 3]}", [[2, 2, 7]], lambda: nn.AvgPool2d((1, 3))),
    "average_pool-padded": Sample(
        "{average_pool: {kernel: 3, stride: 2, padding: 1}}", [[2, 5, 4]], lambda: nn.AvgPool2d(3, 2, 1)
    ),
    "average_pool-padded-apart": Sample(
        "{average_pool: {kernel: [3, 2], padding: [1, 0]}}", [[2, 5, 4]], lambda: nn.AvgPool2d((3, 2), padding=(1, 0))
    ),
    "average_pool-uncounted": Sample(
        "{average_pool: {kernel: [3, 2], stride: [2, 1], padding: 1, count_include_pad: false}}", [[2, 5, 4]],
        lambda: nn.AvgPool2d((3, 2), (2, 1), 1, count_include_pad=False),
    ),
    "average_pool-tiles-uncounted": Sample(
        "{average_pool: {padding: 1, count_include_pad: false}}", [[2, 4, 3]],
        lambda: nn.AvgPool2d(2, padding=1, count_include_pad=False),
    ),
    "average_pool-large": Sample(
        "{average_pool: {kernel: [17, 1], stride: 1}}", [[1, 18, 2]], lambda: nn.AvgPool2d((17, 1), 1)
    ),
    "max_pool": Sample("max_pool", [[2, 5, 4]], lambda: nn.MaxPool2d(2)),
    "max_pool-overlapping": Sample(
        "{max_pool: {kernel: [3, 2], stride: [2, 1], padding: [1, 0]}}",
        [[2, 6, 4]],
        lambda: nn.MaxPool2d((3, 2), (2, 1), (1, 0)),
    ),
    "max_pool-with-gaps": Sample(
        "{max_pool: {kernel: [2, 1], stride: [3, 2]}}", [[2, 6, 5]], lambda: nn.MaxPool2d((2, 1), (3, 2))
    ),
    # The first maximum in the order of rows takes the gradient.
    "max_pool-of-ties": Sample(
        "{max_pool: {kernel: 3, stride: 2, padding: 1}}", [[2, 6, 5]], lambda: nn.MaxPool2d(3, 2, 1), ties=True
    ),
    "adaptive_average_pool": Sample(
        "{adaptive_average_pool: [3, 2]}", [[2, 5, 4]], lambda: nn.AdaptiveAvgPool2d((3, 2))
    ),
    "adaptive_average_pool-larger": Sample(
        "{adaptive_average_pool: {size: [3, 4]}}", [[2, 2, 4]], lambda: nn.AdaptiveAvgPool2d((3, 4))
    ),
    "global_sum_pool": Sample("global_sum_pool", [IMAGE], function(lambda x: x.sum((2, 3)))),
    "global_mean_pool": Sample("global_mean_pool", [IMAGE], function(lambda x: x.mean((2, 3)))),
    "dropout": Sample("dropout", [IMAGE], lambda: Dropout(0.5), draws={"mask": IMAGE}),
    "dropout-of-samples": Sample(
        "{dropout: {p: 0.4, sampling: true}}", [[6]], lambda: Dropout(0.4, sampling=True), draws={"mask": [6]}
    ),
    "dropout-of-channels": Sample(
        "{dropout: {p: 0.3, channels: true}}", [IMAGE], lambda: Dropout(0.3), draws={"mask": IMAGE[:1]}
    ),
    "noise": Sample(
        "noise",
        [IMAGE],
        learned("noise_strength", [], lambda s, x, noise: x + s * noise[:, None]),
        draws={"noise": IMAGE[1:]},
    ),
    "gumbel_softmax": Sample("gumbel_softmax", [[5]], function(lambda x, noise: concrete(x, noise, 1, 1)), draws={"noise": [5]}),
    "gumbel_softmax-of-channels": Sample(
        "{gumbel_softmax: {temperature: 0.4, along: channel}}",
        [IMAGE],
        function(lambda x, noise: concrete(x, noise, 0.4, 1)),
        draws={"noise": IMAGE},
    ),
    "phase_shuffle": Sample(
        "phase_shuffle", [[2, 3, 7]], function(lambda x, shift: phase_shuffle(x, shift, 2)), draws={"shift": []}
    ),
    "multiply": Sample("{multiply: [a, b, c]}", [[3], [3], [3]], function(lambda a, b, c: a * b * c)),
    "add": Sample("{add: [a, b, c]}", [[3], [3], [3]], function(lambda a, b, c: a + b + c)),
    "concatenate": Sample(
        "{concatenate: [a, b]}", [[1, 2, 3], [2, 2, 3]], function(lambda a, b: torch.cat([a, b], 1))
    ),
    "pixel_norm": Sample(
        "pixel_norm", [IMAGE], function(lambda x: x / (x.square().mean(1, keepdim=True) + 1e-8).sqrt()), gap=0.1
    ),
    "pixel_norm-of-features": Sample(
        "{pixel_norm: 0.1}", [[5]], function(lambda x: x / (x.square().mean(1, keepdim=True) + 0.1).sqrt())
    ),
    "layer_norm": Sample("layer_norm", [IMAGE], lambda: nn.LayerNorm(IMAGE)),
    "layer_norm-plain": Sample(
        "{layer_norm: {eps: 1e-3, affine: false}}", [[6]], lambda: nn.LayerNorm(6, 1e-3, elementwise_affine=False)
    ),
    "instance_norm": Sample("instance_norm", [IMAGE], lambda: nn.InstanceNorm2d(2)),
    "instance_norm-affine": Sample(
        "{instance_norm: {affine: true, eps: 1e-3}}", [IMAGE], lambda: nn.InstanceNorm2d(2, 1e-3, affine=True)
    ),
    "group_norm": Sample("{group_norm: 2}", [[4, 2, 3]], lambda: nn.GroupNorm(2, 4)),
    "group_norm-of-features": Sample(
        "{group_norm: {groups: 3, affine: false}}", [[6]], lambda: nn.GroupNorm(3, 6, affine=False)
    ),
    "global_response_norm": Sample("global_response_norm", [[3, 2, 4]], lambda: GlobalResponseNorm(3)),
    "conditional_batch_norm": Sample(
        "{conditional_batch_norm: {from: a, s: b}}", [[2, 3, 2], [3]], lambda: ConditionalBatchNorm(2, 3)
    ),
    "conditional_batch_norm-spectral": Sample(
        "{conditional_batch_norm: {from: a, s: b, eps: 1e-3, momentum: 0.3, spectral_norm: true}}",
        [[2, 2, 2], [4]],
        lambda: ConditionalBatchNorm(2, 4, 1e-3, 0.3, spectral_norm),
    ),
    "self_attention": Sample("{self_attention: 2}", [[4, 4, 3]], lambda: SelfAttention(4, 2)),
    "self_attention-spectral": Sample(
        "{self_attention: {reduce: 1, spectral_norm: true}}", [[2, 2, 4]], lambda: SelfAttention(2, 1, spectral_norm)
    ),
    "projection_head": Sample("{projection_head: {from: a, y: b}}", [[3], [4]], lambda: ProjectionHead(3, 4)),
    "projection_head-spectral": Sample(
        "{projection_head: {from: a, y: b, spectral_norm: true}}", [[3], [4]], lambda: ProjectionHead(3, 4, spectral_norm)
    ),
    "glu": Sample("glu", [[4, 2, 3]], lambda: nn.GLU(1)),
    "squeeze_excite": Sample("{squeeze_excite: 2}", [[4, 3, 2]], lambda: SqueezeExcite(4, 2)),
    "film": Sample("{film: {from: a, s: b}}", [[2, 3, 2], [3]], lambda: Film(2, 3)),
    "modulated_conv": Sample(
        "{modulated_conv: {from: a, s: b, out: 3, row: 1}}", [[2, 3, 4], [2, 3]], lambda: ModulatedConv(2, 3, 3, row=1)
    ),
    "modulated_conv-up": Sample(
        "{modulated_conv: {from: a, s: b, out: 3, up: 2}}", [[2, 2, 3], [1, 3]], lambda: ModulatedConv(2, 3, 3, up=2)
    ),
    "modulated_conv-to-rgb": Sample(
        "{modulated_conv: {from: a, s: b, out: 3, kernel: 1, demodulate: false}}",
        [[4, 3, 2], [1, 3]],
        lambda: ModulatedConv(4, 3, 3, kernel=1, demodulate=False),
    ),
    # Biases are multiplied by the rate as weights are.
    "film-equalized": Sample(
        "{film: {from: a, s: b, equalized: {lr: 0.5, gain: 1.4}}}",
        [[2, 3, 2], [3]],
        lambda: Film(2, 3, lambda layer: Equalized(layer.in_features, layer.out_features, 0.5, 1.4)),
    ),
    "film-spectral": Sample(
        "{film: {from: a, s: b, spectral_norm: true}}", [[2, 3, 2], [3]], lambda: Film(2, 3, spectral_norm)
    ),
}
