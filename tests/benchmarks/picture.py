"""The live picture beside four other ways to show one, each dragged in a real JupyterLab and a real Chromium.

    python tests/benchmarks/picture.py             everything, about 25 minutes; writes picture.json beside this file
    python tests/benchmarks/picture.py --quick     a look in five minutes; writes only with --write

The candidates are in ``candidates.py``; what is on display is read by ``sampler.js``. They take turns, on one machine
and then through a link 50 ms away in each direction. A drag is three seconds of 60 mouse events a second from one end
of the slider to the other, grabbed anew after the cell was run anew, so nothing is there that was drawn before. The
pointer comes to the slider, and the button is pressed a tenth of a second later: so long takes the press of a mouse's
button (Dix and others, Human-Computer Interaction, 3rd edition, on the keystroke-level model). Ours is also dragged as
by a finger on a screen, which is not there before it presses.

The hand's 60 events a second meet a screen of 60 frames a second, and the browser merges events that come within one
frame. How many it merges hangs on where in a frame they come: close to its end, the least unrest of the machine puts
one into the next frame. So the drags of each candidate are spread evenly over a frame: each begins at another phase.
"""

import argparse
import asyncio
import json
import math
import platform
import re
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psutil
from playwright.async_api import Browser, Page, async_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks import report, verdict
from tests.browser.conftest import ARGUMENTS, PATIENCE, TOKEN, Server, find_browser
from tests.browser.link import Link

CANDIDATES = ("interact", "ipympl", "ours", "floor", "limit")
DELAY = 0.05                       # seconds in each direction
EVENTS = 60                        # a second
SECONDS, HOLD = 3.0, 1.0
DRAGS = 2                          # of each candidate in a turn
PRESS = 0.1                        # seconds from the pointer's coming to the press of the button
ELSEWHERE = (1.0, 1.0)             # where the pointer is between two drags
FIRSTS = 2                         # times that a cell is run before each drag: one first picture tells little
GROWTH = {
    "points": [{"points": points} for points in (200, 1_000, 5_000, 20_000)],
    "bars": [{"bars": bars} for bars in (3, 10, 30, 100)],
    "explorers": [{"explorers": explorers} for explorers in (1, 4, 12)],
}
PACKAGES = ("jupyterlab", "ipykernel", "ipywidgets", "anywidget", "matplotlib", "ipympl", "numpy")
START = time.monotonic()
SAMPLER = Path(__file__).with_name("sampler.js")
TRAFFIC = """    // counts what goes to and comes from kernels: the messages' own bytes
window.traffic = { down: 0, up: 0 };
const size = data => data.byteLength ?? data.size ?? new TextEncoder().encode(data).length;
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.counts = this.url.includes('/api/kernels/');
    if (this.counts) this.addEventListener('message', event => { window.traffic.down += size(event.data); });
  }
  send(data) {
    if (this.counts) window.traffic.up += size(data);
    super.send(data);
  }
};
"""


class Stand:
    """One candidate: a page with a notebook of one cell, and its kernel."""

    def __init__(self, kind: str, page: Page, cdp, kernel: psutil.Process) -> None:
        self.kind, self.page, self.cdp, self.kernel = kind, page, cdp, kernel

    @classmethod
    async def open(cls, browser: Browser, server: Server, kind: str, url: str, code: str) -> "Stand":
        context = await browser.new_context(viewport={"width": 1280, "height": 1000})
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        await page.add_init_script(TRAFFIC)
        path = server.notebook(f"{kind}_{url.rsplit(':')[-1]}", code)
        await page.goto(f"{url}/lab/tree/{path}?token={TOKEN}&reset")
        await page.wait_for_selector(".jp-Notebook .jp-Cell")
        kernel = await (await page.wait_for_function("""() => {
            const session = window.jupyterapp.shell.currentWidget?.sessionContext;
            return session?.isReady && session.session?.kernel?.status === 'idle' && session.session.kernel.id;
        }""")).json_value()
        await page.evaluate(SAMPLER.read_text())
        process = next(child for child in psutil.Process(server.process.pid).children(recursive=True)
                       if any(kernel in part for part in child.cmdline()))
        return cls(kind, page, await context.new_cdp_session(page), process)

    async def first(self) -> float:
        """Run the cell; return the milliseconds until its picture is on display."""
        time = await self.page.evaluate("kind => bench.first(kind)", self.kind)
        if time is None:
            raise RuntimeError(f"{self.kind} shows nothing")
        await self.quiet()
        await self.page.evaluate("bench.prepare(300)")
        return time

    async def drag(self, phase: float, hold: float = 0.0, comes: bool = True) -> dict:
        """Grab the slider's thumb, hold it, and drag it to the other end; return what was seen meanwhile.

        The events are sent at `phase`, from 0 to 1, between one frame of the screen and the next.
        """
        return await self._watch(hold, self._move_by_clock, round(SECONDS * EVENTS), comes, phase)

    async def moves(self, count: int) -> dict:
        """Grab the slider's thumb and move it to the other end, each time as soon as the last move is displayed."""
        return await self._watch(0, self._move_step_by_step, count)

    async def idle(self, seconds: float) -> dict:
        """Do nothing; return what it costs."""
        before = await self._spent()
        await asyncio.sleep(seconds)
        return self._cost(before, await self._spent())

    async def _watch(self, hold: float, move, count: int, comes: bool = True, phase: float = 0.0) -> dict:
        track = await self.page.evaluate("bench.track()")
        here = (track["value"] + 5) / 10
        there = 0 if here > 0.5 else 1
        places = [(track["left"] + track["width"] * (here + (there - here) * i / count), track["y"])
                  for i in range(count + 1)]
        before = await self._spent()
        await self.page.evaluate("bench.start()")
        screen = await self._screen() + phase / EVENTS
        if comes:
            await self._mouse("mouseMoved", *places[0], button="none")
            await asyncio.sleep(PRESS)
        await self._mouse("mousePressed", *places[0])
        await asyncio.sleep(hold)
        since = await self.page.evaluate("bench.now()")
        await move(places[1:], screen)
        settled = await self.page.evaluate("bench.settled()")
        await self._mouse("mouseReleased", *places[-1])
        await self._mouse("mouseMoved", *ELSEWHERE, button="none")
        await self.quiet()
        seen = await self.page.evaluate("bench.stop()")
        return {**seen, **self._cost(before, await self._spent()), "since": since, "settled": settled}

    async def _screen(self) -> float:
        """Return when a frame of the screen began, by the clock of the loop."""
        clock, answers = asyncio.get_running_loop().time, []
        for _ in range(10):
            asked = clock()
            now, frame = await self.page.evaluate("bench.screen()")
            answers.append((clock() - asked, (asked + clock()) / 2 - (now - frame) / 1000))
        return min(answers)[1]     # the quickest answer tells best what time it was there

    async def _move_by_clock(self, places: list, screen: float) -> None:
        """Send an event each 60th of a second after `screen`, whether or not the page has done with those before."""
        clock, sent = asyncio.get_running_loop().time, []
        start = screen + math.ceil((clock() - screen) * EVENTS) / EVENTS
        for i, place in enumerate(places):
            await asyncio.sleep(max(0, start + i / EVENTS - clock()))
            sent.append(asyncio.create_task(self._mouse("mouseMoved", *place)))
        await asyncio.gather(*sent)

    async def _move_step_by_step(self, places: list, _: float) -> None:
        for place in places:
            await self._mouse("mouseMoved", *place)
            await self.page.evaluate("bench.settled()")

    async def _mouse(self, kind: str, x: float, y: float, button: str = "left") -> None:
        await self.cdp.send("Input.dispatchMouseEvent", {
            "type": kind, "x": x, "y": y, "button": button, "buttons": int(button == "left"), "clickCount": 1})

    async def _spent(self) -> tuple[float, int, int]:
        used, traffic = self.kernel.cpu_times(), await self.page.evaluate("window.traffic")
        return used.user + used.system, traffic["down"], traffic["up"]

    @staticmethod
    def _cost(before: tuple, after: tuple) -> dict:
        cpu, down, up = (b - a for a, b in zip(before, after, strict=True))
        return {"kernel_cpu_ms": 1000 * cpu, "bytes": down + up}

    async def quiet(self) -> None:
        """Wait until nothing has come or gone, and the kernel has done nothing, for a third of a second."""
        still, last = 0, None
        while still < 3:
            now = await self._spent()
            still = still + 1 if now == last else 0
            last = now
            await asyncio.sleep(0.1)

    async def close(self) -> None:
        await self.page.context.close()


def cell(kind: str, explorers: int = 1, **size: int) -> str:
    """The code of a candidate's cell."""
    lines = {
        "ours": f"pictures = [candidates.ours(**{size}) for _ in range({explorers})]\n"
                "picture = pictures[0]\ndisplay(*pictures)",
        "floor": "candidates.Floor()", "limit": "candidates.Limit()",
    }
    return f"from tests.benchmarks import candidates\n{lines.get(kind, f'candidates.{kind}()')}"


def say(what: str) -> None:
    print(f"{time.monotonic() - START:4.0f} s  {what}", file=sys.stderr)


async def race(browser: Browser, server: Server, url: str, far: bool, rounds: int, moves: int) -> dict:
    """Let the candidates take turns; return what was seen of each, and what it costs to leave ours alone."""
    stands = await asyncio.gather(*(Stand.open(browser, server, kind, url, cell(kind)) for kind in CANDIDATES))
    seen = {kind: {"first": [], "drags": [], "moves": [], "finger": [], "held": []} for kind in CANDIDATES}
    for stand in stands:
        seen[stand.kind]["fresh"] = await stand.first()
    for turn in range(rounds):
        for stand in stands[turn % len(stands):] + stands[:turn % len(stands)]:
            say(f"{'link' if far else 'direct'}: round {turn + 1} of {rounds}, {stand.kind}")
            mine = seen[stand.kind]
            phase = turn / rounds
            for drag in range(DRAGS):
                mine["first"] += [await stand.first() for _ in range(FIRSTS)]
                mine["drags"].append(await stand.drag(phase + drag / DRAGS / rounds))
            mine["moves"].append(await stand.moves(moves))
            if stand.kind == "ours":
                await stand.first()
                mine["finger"].append(await stand.drag(phase, comes=False))
            if far and stand.kind in ("ours", "limit"):
                await stand.first()
                mine["held"].append(await stand.drag(phase, HOLD))
    ours = stands[CANDIDATES.index("ours")]
    await ours.first()
    seen["idle"] = await ours.idle(SECONDS)
    for stand in stands:
        await stand.close()
    return seen


async def growth(browser: Browser, server: Server, drags: int, sizes: dict) -> dict:
    """Drag ours at other sizes; return what was seen of each."""
    seen = {}
    stand = await Stand.open(browser, server, "ours", server.url, "")
    for what, steps in sizes.items():
        seen[what] = []
        for size in steps:
            say(f"growth: {size}")
            await stand.page.evaluate("""code => {
                window.jupyterapp.shell.currentWidget.content.widgets[0].model.sharedModel.setSource(code);
            }""", cell("ours", **size))
            records = []
            for drag in range(drags):
                await stand.first()
                records.append(await stand.drag(drag / drags))
            seen[what].append({"size": size[what], "drags": records})
    await stand.close()
    return seen


async def references(browser: Browser, server: Server, records: list[dict]) -> dict[str, int]:
    """Return the hash of the picture for each line of numbers that was shown, as the kernel alone sets it."""
    wanted = {}
    for text in {frame[3] for record in records for frame in record["frames"]}:
        if values := re.match(r"picture: z = \[(.+), (.+), (.+)\], T = (.+) →", text):     # all else is a wrong frame
            wanted[text] = "picture.move(z0={}, z1={}, z2={}, T={})".format(*values.groups())
    stand = await Stand.open(browser, server, "ours", server.url, cell("ours"))
    await stand.first()
    found = await stand.page.evaluate("wanted => bench.references(wanted)", list(wanted.items()))
    await stand.close()
    return found


async def measure(quick: bool) -> dict:
    """Measure everything; return what ``picture.json`` holds."""
    rounds, moves, drags = (1, 10, 1) if quick else (6, 17, 2)
    sizes = {what: steps[-1:] for what, steps in GROWTH.items()} if quick else GROWTH
    busy = [psutil.cpu_percent(interval=1)]      # what else goes on: the figures are worth the less, the more it is
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder))
        try:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=find_browser(playwright), args=[*ARGUMENTS, "--no-sandbox"])
                direct = await race(browser, server, server.url, False, rounds, moves)
                with Link(int(server.url.rsplit(":")[-1]), DELAY) as link:
                    far = await race(browser, server, link.url, True, rounds, moves)
                grown = await growth(browser, server, drags, sizes)
                shown = [record for race in (direct, far) for kind in ("drags", "moves", "finger", "held")
                         for record in race["ours"][kind]]
                right = await references(browser, server, shown)
                chromium = browser.version
                await browser.close()
        finally:
            server.close()
    busy.append(psutil.cpu_percent(interval=1))
    everything = shown + [record for steps in grown.values() for step in steps for record in step["drags"]]
    result = {
        "machine": {"cores": psutil.cpu_count(), "memory_gib": round(psutil.virtual_memory().total / 2**30),
                    "system": platform.system(), "busy_before_and_after_percent": busy},
        "versions": {"python": platform.python_version(), "chromium": chromium,
                     **{package: version(package) for package in PACKAGES}},
        "drags": rounds * DRAGS, "moves": rounds * moves, "events_per_second": EVENTS, "drag_seconds": SECONDS,
        "press_seconds": PRESS, "link_ms_each_way": 1000 * DELAY,
        "direct": {kind: verdict.summary(direct[kind]) for kind in CANDIDATES},
        "link": {kind: verdict.summary(far[kind]) for kind in CANDIDATES},
        "idle": {key: median([direct["idle"][key], far["idle"][key]]) for key in direct["idle"]},
        "correctness": verdict.correctness(shown, everything, right),
        "growth": {what: [{"size": step["size"], **verdict.drags_summary(step["drags"])} for step in steps]
                   for what, steps in grown.items()},
    }
    return {**result, "promises": verdict.promises(result)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer repetitions; writes nothing")
    parser.add_argument("--write", action="store_true", help="write picture.json even after --quick")
    options = parser.parse_args()
    result = asyncio.run(measure(options.quick))
    print(report.tables(result))
    if max(busy := result["machine"]["busy_before_and_after_percent"]) > 10:
        say(f"Other programs used {busy[0]:.0f} % of the machine before and {busy[1]:.0f} % after: measure again.")
    if options.write or not options.quick:
        Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
