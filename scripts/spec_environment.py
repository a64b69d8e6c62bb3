"""The environment in which every shipped spec can be read: folders of data that some name, where nothing is looked for."""

from __future__ import annotations

import os

ENVIRONMENT = os.environ | {"CIFAR10": "/cifar", "IMAGES": "/images"}
