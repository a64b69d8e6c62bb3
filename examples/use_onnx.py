"""Samples of an exported generator, without advas: python use_onnx.py generator.onnx"""

import sys

import numpy
import onnxruntime

generator = onnxruntime.InferenceSession(sys.argv[1])
z = numpy.random.default_rng(0).standard_normal((16, 32), dtype=numpy.float32)
(pictures,) = generator.run(["samples"], {"z": z})
numpy.savez("pictures.npz", z=z, pictures=pictures)
print("onnxruntime:", pictures.shape, f"from {pictures.min():.3f} to {pictures.max():.3f}")
