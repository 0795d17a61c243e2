"""How colours look to eyes that lack a kind of cone, and how far apart they are then.

Sources: Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color
vision deficiency", IEEE TVCG 15(6), 2009, the matrices of severity 1.0, which apply to linear RGB.
The difference is that of CIE 1976, the distance in L*a*b*: its followers are fitted to differences
that are hardly to be seen, and ours are of 12 and more.
"""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_EYES: dict[str, Numbers] = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
_XYZ = np.array(  # of linear sRGB: IEC 61966-2-1
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def seen(color: str, eyes: str = "usual") -> Numbers:
    """Give what eyes see of a colour, in linear RGB: `usual` ones, or named by what they lack."""
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.clip(_EYES[eyes] @ linear, 0, 1))


def lab(linear: Numbers) -> Numbers:
    """Give L*a*b* of a colour, over the white of daylight (D65)."""
    share = (_XYZ @ linear) / _XYZ.sum(axis=1)
    x, y, z = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def apart(one: str, other: str) -> float:
    """Give the ΔE of two colours to the eyes that tell them apart least."""
    return min(
        float(np.linalg.norm(lab(seen(one, eyes)) - lab(seen(other, eyes)))) for eyes in _EYES
    )
