"""Draw lists: what matplotlib's artists draw, recorded as a short list of commands that a browser replays on a canvas.

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

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, weight_dict
from matplotlib.path import Path
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D

FINENESS = 4      # curves are flattened as on a screen of four times the density, so that a zoomed page stays smooth
FARTHEST = 1e6    # pixels; beyond it a float32 has no room left for a fraction of a pixel


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
        self._begin()

    def _begin(self) -> None:
        self._commands: list[list] = []
        self._points: list[np.ndarray] = []
        self._pixels: list[bytes] = []
        self._clip: tuple = (None, None)

    def record(self, artist: Artist) -> dict:
        """Return the draw list of one artist, a single layer; the figure itself draws all that is not animated."""
        self._begin()
        artist.draw(self)
        points = np.concatenate(self._points) if self._points else np.empty((0, 2), "<f4")
        return {"commands": self._commands, "points": points.tobytes(), "pixels": b"".join(self._pixels),
                "layers": [len(self._commands)]}

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
        size = float(self.points_to_pixels(prop.get_size_in_points()))
        if ismath:        # a browser knows nothing of mathtext: its outlines are drawn instead
            vertices, codes = text_to_path.get_text_path(prop, s, ismath=True)
            scale = size / text_to_path.FONT_SCALE
            place = Affine2D().scale(scale).rotate_deg(angle).translate(x, self.height - y)
            gc.set_linewidth(0)
            self.draw_path(gc, Path(vertices, codes), place, gc.get_rgb())
            return
        self._set_clip(gc)
        width, _, _ = self.get_text_width_height_descent(s, prop, False)
        weight = prop.get_weight()
        self._commands.append(["text", round(float(x), 2), round(float(y), 2), s, round(size, 2),
                               round(float(width), 2), _colour(gc, gc.get_rgb()), float(angle),
                               f"{prop.get_style()} {weight_dict.get(weight, weight)}"])

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


def _polygons(path: Path, to_fine) -> list[np.ndarray]:
    """The vertices of a path, (n, 2) float32 for each piece, curves flattened; what is not finite is left out."""
    fine = path.cleaned(to_fine, remove_nans=True, simplify=path.should_simplify)
    codes, vertices = fine.codes[:-1], np.clip(fine.vertices[:-1] / FINENESS, -FARTHEST, FARTHEST)   # without the STOP
    starts = np.flatnonzero(codes == Path.MOVETO)
    for end in np.flatnonzero(codes == Path.CLOSEPOLY):
        vertices[end] = vertices[starts[np.searchsorted(starts, end) - 1]]
    return [piece.astype("<f4") for piece in np.split(vertices, starts[1:]) if len(piece) > 1]


@functools.lru_cache(4096)
def _text_size(words: str, prop: FontProperties, ismath: bool) -> tuple[float, float, float]:
    """Width, height and descent of some words in points. Measuring is the dearest part of a frame."""
    return text_to_path.get_text_width_height_descent(words, prop, ismath)


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
