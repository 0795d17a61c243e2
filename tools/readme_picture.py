"""Draw the front page's moving picture: notebook 04's scene, one step after another."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from pagesim.explorer import Explorer
from pagesim.scenes import RadixWalk

_MS = 1100  # of each step; the last one stays longer


def main() -> None:
    """Write docs/walk.gif."""
    explorer = Explorer(RadixWalk())
    frames = []
    for step in range(6):
        explorer.move(step=step)
        frames.append(Image.open(io.BytesIO(explorer.stage.png())).quantize(64))
    target = Path(__file__).parents[1] / "docs" / "walk.gif"
    frames[0].save(
        target, save_all=True, append_images=frames[1:], duration=[_MS] * 5 + [3 * _MS], loop=0
    )
    print(f"wrote {target.name}, {target.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
