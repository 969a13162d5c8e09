"""Draw lists: what matplotlib's artists draw, recorded as a short list of commands that a browser replays on a canvas.

For a saved notebook, `to_png` replays them through matplotlib's own renderer, Agg.

A draw list is a dictionary with four entries, small enough to be sent at each move of a slider:

``commands``
    a list of lists; the first entry names the command:

    - ``["path", counts, fill, stroke, width, dashes, cap, join, snap, hatch]``: polygons, ``counts`` vertices each;
      colours are ``"#rrggbbaa"`` or None; ``hatch`` is None or ``[pattern, colour, width]``, see `hatch_tile`
    - ``["text", x, y, words, size, width, colour, angle, font]``: the baseline's left end, the width to fill,
      and the font's style and weight as CSS writes them
    - ``["image", rows, columns, a, b, c, d, e, f, smooth]``: an image of RGBA bytes, its pixels placed by a matrix
    - ``["clip", x, y, width, height]``, ``["clippath", counts]``, ``["unclip"]``: where the next commands may draw
``points``
    float32 vertices (x, y) of all paths, in the order of the commands
``pixels``
    the bytes of all images, in the order of the commands
``layers``
    how many of the commands belong to each artist; each layer stands alone and can be replayed beside others'

Lengths are in pixels of the figure (``figure.dpi`` to the inch), with the origin at the top left.
"""

import functools
import io
import math

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager, get_font, weight_dict
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Bbox, Transform, TransformedPath, TransformNode
from PIL import Image

FINENESS = 4      # curves are flattened as on a screen of four times the density, so that a zoomed page stays smooth
INVISIBLE = "#00000000"
UNKERNED = frozenset("0123456789.-\u2212e")
FARTHEST = 1e6    # pixels; beyond it a float32 has no room left for a fraction of a pixel
MOST_KEPT = 100   # transforms of one figure


class Recorder(RendererBase):
    """A matplotlib renderer that writes draw lists instead of pixels.

    It is kept as long as its figure: matplotlib remembers for each renderer how large a text is.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure whose size and dots per inch are those of the draw lists.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from matplotlib.patches import Rectangle
    >>> figure = Figure(figsize=(1, 1), dpi=100)
    >>> patch = figure.add_artist(Rectangle((0, 0), 0.5, 0.5, facecolor="#0072b2", linewidth=0))
    >>> Recorder(figure).record(patch)["commands"][0][:3]
    ['path', [5], '#0072b2ff']
    """

    def __init__(self, figure: Figure) -> None:
        super().__init__()
        self.dpi = figure.dpi
        self.width, self.height = (float(v) for v in figure.bbox.size)
        self._to_canvas = Affine2D().scale(1, -1).translate(0, self.height)
        self._to_fine = self._to_canvas + Affine2D().scale(FINENESS)
        self._places: dict[int, _Place] = {}
        self._begin()

    def _begin(self) -> None:
        self._commands: list[list] = []
        self._points: list[np.ndarray] = []
        self._pixels: list[bytes] = []
        self._clip: tuple = (None, None)

    def record(self, artist: Artist) -> dict:
        """Return the draw list of one artist, a single layer; the figure itself draws all that is not animated."""
        self._begin()
        short_cut = SHORT_CUTS.get(type(artist))
        if short_cut is None or not short_cut(self, artist):
            artist.draw(self)
        points = np.concatenate(self._points) if self._points else np.empty((0, 2), "<f4")
        return {"commands": self._commands, "points": points.tobytes(), "pixels": b"".join(self._pixels),
                "layers": [len(self._commands)]}

    # Short cuts for the artists that move most: a third of the time that their own ways take ------------------------

    def _record_text(self, text: Text) -> bool:
        """Record one upright line of words as `Text.draw` would; return False where it is something else."""
        words, font, angle = text.get_text(), text.get_fontproperties(), text.get_rotation()
        x, y = self._place(text.get_transform())(*text.get_unitless_position())
        plain = words and text.get_visible() and not {*words} & {"\n", "$"} and math.isfinite(x + y)
        dressed = text.get_bbox_patch() or text.get_path_effects() or text.get_clip_on()
        if not plain or dressed or angle or text._linespacing != "normal":
            return False
        width, height, below = self.get_text_width_height_descent(words, font, False)
        above, below = (max(own, self.points_to_pixels(least))
                        for own, least in zip((height - below, below), _reach(font), strict=True))
        left = {"left": 0.0, "center": width / 2, "right": width}[text.get_ha()]
        rise = {"bottom": below, "baseline": 0.0, "center": (below - above) / 2, "top": -above}.get(text.get_va())
        if rise is None:
            return False
        ink = to_rgba(text.get_color(), text.get_alpha())
        self._write(x - left, self.height - y - rise, words, font, width, _hex(ink), angle)
        return True

    def _record_rectangle(self, patch: Rectangle) -> bool:
        """Record an upright rectangle without an edge as `Rectangle.draw` would; return False where it is another."""
        place = self._place(Artist.get_transform(patch))
        if not place.upright:
            return False
        (x0, y0), (x1, y1) = (place(*corner) for corner in patch.get_bbox().get_points().tolist())
        plain = patch.get_visible() and patch.get_facecolor()[3] and math.isfinite(x0 + y0 + x1 + y1)
        dressed = patch.get_linewidth() or patch.get_path_effects() or patch.get_snap() is not None
        if not plain or dressed or patch.get_angle():
            return False
        x0, x1, y0, y1 = (min(max(v, -FARTHEST), FARTHEST) for v in (x0, x1, self.height - y0, self.height - y1))
        gc = self.new_gc()
        if patch.get_clip_on():
            gc.set_clip_rectangle(patch.get_clip_box())
            gc.set_clip_path(patch.get_clip_path())
        gc.set_hatch(patch.get_hatch())
        gc.set_hatch_color(patch.get_hatchcolor())
        gc.set_hatch_linewidth(patch.get_hatch_linewidth())
        self._set_clip(gc)
        polygon = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], "<f4")
        self._commands.append(["path", self._add([polygon]), _hex(patch.get_facecolor()), None, 0.0, None,
                               patch.get_capstyle(), patch.get_joinstyle(), True, self._hatch(gc)])
        return True

    # What matplotlib asks of a renderer -------------------------------------------------------------------------

    def get_canvas_width_height(self):
        return self.width, self.height

    def points_to_pixels(self, points):
        return points * self.dpi / 72

    def flipy(self):
        return True

    def option_image_nocomposite(self):
        return True

    def option_scale_image(self):
        return True       # an image goes out as it is, a few bytes, and the browser scales it

    def get_text_width_height_descent(self, s, prop, ismath):
        return tuple(self.points_to_pixels(v) for v in _text_size(s, prop, ismath))

    def draw_path(self, gc, path, transform, rgbFace=None):
        width = gc.get_linewidth()
        # The base class hands a path of no width to "fill only"; a path without face and line is nothing.
        stroke = _colour(gc, gc.get_rgb()) if width else None
        fill = None if rgbFace is None else _colour(gc, rgbFace)
        if fill is None and stroke is None and not gc.get_hatch():
            return
        self._set_clip(gc)
        polygons = _polygons(path, transform + self._to_fine)
        offset, dashes = gc.get_dashes()
        if dashes is not None:
            dashes = [round(float(offset), 2), *(round(float(self.points_to_pixels(d)), 2) for d in dashes)]
        self._commands.append([
            "path", self._add(polygons), fill, stroke, round(float(self.points_to_pixels(width)), 3), dashes,
            {"projecting": "square"}.get(gc.get_capstyle(), gc.get_capstyle()), gc.get_joinstyle(),
            _snaps(gc, polygons), self._hatch(gc)])

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        if ismath:        # a browser knows nothing of mathtext: its outlines are drawn instead
            vertices, codes = text_to_path.get_text_path(prop, s, ismath=True)
            scale = self.points_to_pixels(prop.get_size_in_points()) / text_to_path.FONT_SCALE
            place = Affine2D().scale(scale).rotate_deg(angle).translate(x, self.height - y)
            gc.set_linewidth(0)
            self.draw_path(gc, Path(vertices, codes), place, gc.get_rgb())
            return
        self._set_clip(gc)
        width, _, _ = self.get_text_width_height_descent(s, prop, False)
        self._write(x, y, s, prop, width, _colour(gc, gc.get_rgb()), angle)

    def draw_image(self, gc, x, y, im, transform=None):
        self._set_clip(gc)
        rows, columns = im.shape[:2]
        # Row 0 of `im` is its bottom row. Without a transform it is placed as it is; with one, it fills a unit square
        # scaled by it (matplotlib hands the matrix for pixels).
        place = (Affine2D().scale(1 / columns, 1 / rows) + transform if transform is not None else Affine2D())
        matrix = (place + Affine2D().translate(x, y) + self._to_canvas).get_matrix()
        self._commands.append(["image", rows, columns, *(float(v) for v in matrix[:2].T.ravel()), transform is None])
        self._pixels.append(np.ascontiguousarray(im, np.uint8).tobytes())

    # Pieces ------------------------------------------------------------------------------------------------------

    def _place(self, transform: Transform) -> "_Place":
        """Where a transform takes a point; kept, since an artist has the same one in each frame."""
        place = self._places.get(id(transform))
        if place is None:
            if len(self._places) >= MOST_KEPT:     # an explorer that makes new ones for each frame
                self._places.clear()
            place = self._places[id(transform)] = _Place(transform)
        return place

    def _write(self, x: float, y: float, words: str, prop: FontProperties, width: float, ink: str, angle: float):
        size, weight = self.points_to_pixels(prop.get_size_in_points()), prop.get_weight()
        self._commands.append(["text", *(round(float(v), 2) for v in (x, y)), words,
                               *(round(float(v), 2) for v in (size, width)), ink, float(angle),
                               f"{prop.get_style()} {weight_dict.get(weight, weight)}"])

    def _add(self, polygons: list[np.ndarray]) -> list[int]:
        self._points += polygons
        return [len(p) for p in polygons]

    def _hatch(self, gc) -> list | None:
        if not gc.get_hatch():
            return None
        return [gc.get_hatch(), _hex(gc.get_hatch_color()),
                round(float(self.points_to_pixels(gc.get_hatch_linewidth())), 2)]

    def _set_clip(self, gc: GraphicsContextBase) -> None:
        path, transform = gc.get_clip_path()
        box = gc.get_clip_rectangle()
        if box is not None:
            box = [round(float(v), 2) for v in (box.x0, self.height - box.y1, box.width, box.height)]
        clip = (box, None if path is None else (path, *transform.get_matrix().ravel()))
        if clip == self._clip:
            return
        self._clip = clip
        self._commands.append(["unclip"])
        if box is not None:
            self._commands.append(["clip", *box])
        if path is not None:
            self._commands.append(["clippath", self._add(_polygons(path, transform + self._to_fine))])


def join(lists: list[dict]) -> dict:
    """Return several draw lists as one, whose layers are theirs in turn.

    Examples
    --------
    >>> one = {"commands": [["unclip"]], "points": b"", "pixels": b"", "layers": [1]}
    >>> join([one, one])["layers"]
    [1, 1]
    """
    return {"commands": [command for one in lists for command in one["commands"]],
            "points": b"".join(one["points"] for one in lists),
            "pixels": b"".join(one["pixels"] for one in lists),
            "layers": [count for one in lists for count in one["layers"]]}


def to_png(figure: Figure, draw_list: dict) -> bytes:
    """Return what a draw list shows as a PNG file of the figure's size and density.

    To draw the figure's artists anew would take twice as long, and they may stand elsewhere by now.

    Examples
    --------
    >>> figure = Figure(figsize=(1, 1), dpi=100)
    >>> to_png(figure, Recorder(figure).record(figure))[1:4]
    b'PNG'
    """
    width, height = (round(v) for v in figure.bbox.size)
    agg, points = RendererAgg(width, height, figure.dpi), 72 / figure.dpi
    upright = Affine2D().scale(1, -1).translate(0, height)
    vertices, pixels = np.frombuffer(draw_list["points"], "<f4").reshape(-1, 2), draw_list["pixels"]

    def take(counts: list[int]) -> Path:
        nonlocal vertices
        pieces, vertices = np.split(vertices[:sum(counts)], np.cumsum(counts)[:-1]), vertices[sum(counts):]
        return Path.make_compound_path(*(Path(piece, closed=len(piece) > 2 and bool((piece[0] == piece[-1]).all()))
                                         for piece in pieces))

    first = {0, *np.cumsum(draw_list["layers"]).tolist()}     # of each layer: it is not clipped as the last one was
    for number, (name, *o) in enumerate(draw_list["commands"]):
        if name == "unclip" or number in first:
            gc = agg.new_gc()
        if name == "clip":
            x, y, wide, high = o
            gc.set_clip_rectangle(Bbox.from_bounds(x, height - y - high, wide, high))
        elif name == "clippath":
            gc.set_clip_path(TransformedPath(take(o[0]), upright))
        elif name == "image":
            rows, columns, a, b, c, d, e, f, smooth = o
            size = 4 * rows * columns
            image, pixels = Image.frombytes("RGBA", (columns, rows), pixels[:size]), pixels[size:]
            back = np.linalg.inv([(a, c, e), (b, d, f), (0, 0, 1)])[:2].ravel()
            placed = image.transform((width, height), Image.Transform.AFFINE, back,
                                     Image.Resampling.BILINEAR if smooth else Image.Resampling.NEAREST)
            agg.draw_image(gc, 0, 0, np.asarray(placed)[::-1])
        elif name == "text":
            x, y, words, size, _, ink, angle, font = o
            slant, weight = font.split(" ")
            gc.set_foreground(to_rgba(ink), isRGBA=True)
            agg.draw_text(gc, x, y, words, FontProperties(style=slant, weight=int(weight), size=size * points), angle)
        elif name == "path":
            counts, face, edge, line, dashes, cap, corner, snap, hatch = o
            gc.set_foreground(to_rgba(edge or INVISIBLE), isRGBA=True)
            gc.set_linewidth(line * points if edge else 0)
            gc.set_dashes(dashes[0] * points if dashes else 0, [v * points for v in dashes[1:]] if dashes else None)
            gc.set_capstyle({"square": "projecting"}.get(cap, cap))
            gc.set_joinstyle(corner)
            gc.set_snap(snap)
            pattern, ink, thick = hatch or (None, INVISIBLE, 0)
            gc.set_hatch(pattern)
            gc.set_hatch_color(to_rgba(ink))
            gc.set_hatch_linewidth(thick * points)
            agg.draw_path(gc, take(counts), upright, to_rgba(face) if face else None)
    file = io.BytesIO()
    # The lowest level takes half the time, and 4 % more bytes.
    Image.fromarray(np.asarray(agg.buffer_rgba())).convert("RGB").save(file, "png", compress_level=1)
    return file.getvalue()


def hatch_tile(pattern: str, side: float) -> dict:
    """Return the outlines of a hatch on one square tile: its ``side`` in pixels, ``counts`` and ``points``.

    A tile is sent once and for all; a command only names its pattern. Agg's tiles are an inch wide.

    Examples
    --------
    >>> hatch_tile("/", 100)["counts"][:2]
    [2, 2]
    """
    polygons = _polygons(Path.hatch(pattern), Affine2D().scale(side, -side).translate(0, side).scale(FINENESS))
    return {"side": side, "counts": [len(p) for p in polygons], "points": np.concatenate(polygons).tobytes()}


class _Place(TransformNode):
    """Where a transform takes a point, in pixels: what matplotlib multiplies anew each time is kept while it stays."""

    def __init__(self, transform: Transform) -> None:
        super().__init__()
        self._transform = transform
        self.set_children(transform)     # a change of it sets `_invalid`

    def _find(self) -> None:
        if self._invalid:
            self._matrix = self._transform.get_affine().get_matrix()[:2].tolist()
            self._affine, self._separable = self._transform.is_affine, self._transform.is_separable
            self._invalid = 0

    @property
    def upright(self) -> bool:
        """Whether it takes upright lines to upright lines."""
        self._find()
        return self._separable

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        self._find()
        if not self._affine:
            x, y = self._transform.transform_non_affine(np.array([(x, y)], float))[0].tolist()
        (xx, xy, x0), (yx, yy, y0) = self._matrix
        return xx * x + xy * y + x0, yx * x + yy * y + y0


def _polygons(path: Path, to_fine) -> list[np.ndarray]:
    """The vertices of a path, (n, 2) float32 for each piece, curves flattened; what is not finite is left out."""
    fine = path.cleaned(to_fine, remove_nans=True, simplify=path.should_simplify)
    codes, vertices = fine.codes[:-1], np.clip(fine.vertices[:-1] / FINENESS, -FARTHEST, FARTHEST)   # without the STOP
    starts = np.flatnonzero(codes == Path.MOVETO)
    for end in np.flatnonzero(codes == Path.CLOSEPOLY):
        vertices[end] = vertices[starts[np.searchsorted(starts, end) - 1]]
    return [piece.astype("<f4") for piece in np.split(vertices, starts[1:]) if len(piece) > 1]


SHORT_CUTS = {Text: Recorder._record_text, Rectangle: Recorder._record_rectangle}


@functools.lru_cache(4096)
def _text_size(words: str, prop: FontProperties, ismath: bool) -> tuple[float, float, float]:
    """Width, height and descent of some words in points. Measuring is the dearest part of a frame.

    A number is as wide as its digits: the font moves no two of them closer together.
    """
    if ismath or len(words) < 2 or not UNKERNED.issuperset(words):
        return text_to_path.get_text_width_height_descent(words, prop, ismath)
    signs = _sign_sizes(prop)
    widths, heights, descents = zip(*(signs[sign] for sign in words), strict=True)
    descent = max(descents)
    return sum(widths), descent + max(h - d for h, d in zip(heights, descents, strict=True)), descent


@functools.lru_cache(64)
def _sign_sizes(prop: FontProperties) -> dict[str, tuple[float, float, float]]:
    """The same for each sign of a number."""
    return {sign: text_to_path.get_text_width_height_descent(sign, prop, False) for sign in UNKERNED}


@functools.lru_cache(64)
def _reach(font: FontProperties) -> tuple[float, float]:
    """How far a line reaches above and below its baseline at least, in points, by the font's own table."""
    face = get_font(fontManager.findfont(font))
    table = face.get_sfnt_table("OS/2")
    scale = font.get_size_in_points() / face.get_sfnt_table("head")["unitsPerEm"]
    return table["sTypoAscender"] * scale, -table["sTypoDescender"] * scale


def _colour(gc: GraphicsContextBase, rgba) -> str:
    """A colour as ``#rrggbbaa``, with the transparency that the artist asks for."""
    alpha = gc.get_alpha() if gc.get_forced_alpha() or len(rgba) == 3 else rgba[3]
    return _hex((*rgba[:3], alpha))


_hex = functools.lru_cache(1024)(functools.partial(to_hex, keep_alpha=True))


def _snaps(gc: GraphicsContextBase, polygons: list[np.ndarray]) -> bool:
    """Whether edges go to whole pixels, as Agg does for upright rectangles and lines: else they would be blurred."""
    wish = gc.get_snap()
    if wish is not None:
        return bool(wish)
    return all(len(p) < 32 and bool(np.all(np.abs(np.diff(p, axis=0)).min(axis=1) < 1e-3)) for p in polygons)
