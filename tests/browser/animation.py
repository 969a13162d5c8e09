"""Make the README's moving picture anew from the real lesson: ``python -m tests.browser.animation``.

A slider of lesson 05's first picture is moved from the middle to both ends and back; what the browser shows of the
picture is taken at each step.
"""

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS, ROOT, Lab, Server, find_browser

PICTURE = ROOT / "images" / "softmax.gif"
LESSON = "notebooks/05_softmax.ipynb"
LABEL = "z₁"
FRAMES = 24                # from one end to the other
MILLISECONDS = 80          # each
TIMES = 3                  # then it stands still: who reads on is not to be distracted for ever
COLOURS = 32
WIDTH = 760                # pixels


def positions(low: float, high: float) -> list[float]:
    """Values of the slider, from the middle to one end, to the other and back; slower at the ends."""
    steps = [i / (FRAMES - 1) for i in range(FRAMES)]
    forth = [round(low + (high - low) * s * s * (3 - 2 * s), 2) for s in steps]
    whole = [*forth, *forth[-2:0:-1]]
    # A page that shows no motion shows the first: one with three bars to see.
    return whole[FRAMES // 2:] + whole[:FRAMES // 2]


def frames() -> list[Image.Image]:
    """Take the picture at each position."""
    taken = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        try:
            browser = playwright.chromium.launch(
                executable_path=find_browser(playwright), args=[*ARGUMENTS, "--no-sandbox"])
            lab = Lab(browser, server)
            lab.open(LESSON).run_all()
            picture = lab.picture(lab.pictures()[0])
            slider = picture.slider(LABEL)
            low, high = (float(slider.get_attribute(name)) for name in ("min", "max"))
            for value in positions(low, high):
                picture.type(LABEL, f"{value}")
                lab.page.wait_for_function("([node, value]) => Number(node.value) === value",
                                           arg=[slider.element_handle(), value])
                picture.wait_for_numbers(f", {value:.10g}, ")
                slider.focus()
                taken.append(Image.open(io.BytesIO(picture.root.screenshot())).convert("RGB"))
            assert lab.errors == []
            browser.close()
        finally:
            server.close()
    return taken


def store(taken: list[Image.Image], path: Path = PICTURE) -> None:
    """Store them as one file, all in the same few colours, so that only what moves takes room."""
    size = (WIDTH, round(WIDTH * taken[0].height / taken[0].width))
    small = [image.resize(size, Image.Resampling.LANCZOS) for image in taken]
    palette = small[len(small) // 3].quantize(COLOURS, dither=Image.Dither.NONE)
    first, *rest = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in small]
    first.save(path, save_all=True, append_images=rest, duration=MILLISECONDS, loop=TIMES - 1, optimize=True)


if __name__ == "__main__":
    store(frames())
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1000:.0f} kB")
