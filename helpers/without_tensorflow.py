"""Where TensorFlow is missing, the cells of a lesson that use it show their stored results, and the others run.

There is no TensorFlow for Intel Macs, for Windows on ARM and for Python 3.14. It is never imported here.
"""

import ast
import importlib.util
from pathlib import Path

from IPython import get_ipython
from IPython.display import display

from helpers.words import _

LESSONS = Path(__file__).parents[1] / "notebooks"


def is_missing() -> bool:
    """Whether there is no TensorFlow to import."""
    return importlib.util.find_spec("tensorflow") is None


def show_stored_results(lesson: str) -> None:
    """Where TensorFlow is missing, say so, and from the next cell on show stored results for the cells that use it.

    Where it is there, nothing happens.

    Parameters
    ----------
    lesson : str
        The notebook's name in the folder of the lessons, e.g. "06_softmax_in_tensorflow".
    """
    if not is_missing():
        return
    print(_("TensorFlow is missing here (there is none for Intel Macs, Windows on ARM and Python 3.14), so the cells "
            "that use it show their stored results; all others run."))

    def in_place_of(lines: list[str]) -> list[str]:
        source = "".join(lines)
        if not uses_tensorflow(source):
            return lines
        return [f"__import__({__name__!r}, fromlist=['show']).show({lesson!r}, {source!r})\n"]

    shell = get_ipython()
    if shell is not None:
        in_place_of.takes_the_place_of_tensorflow = True
        steps = shell.input_transformers_cleanup
        steps[:] = [step for step in steps if not hasattr(step, "takes_the_place_of_tensorflow")] + [in_place_of]


def uses_tensorflow(source: str) -> bool:
    """Whether the code of a cell imports TensorFlow, or uses it by its usual name.

    Examples
    --------
    >>> uses_tensorflow("import tensorflow as tf"), uses_tensorflow("p = tf.nn.softmax(z)"), uses_tensorflow("tf_1 = 2")
    (True, True, False)
    """
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return False     # Python itself says what is wrong with it
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return any(name.partition(".")[0] == "tensorflow" for name in names) or \
        any(isinstance(node, ast.Name) and node.id == "tf" for node in nodes)


def show(lesson: str, source: str) -> None:
    """Show the outputs that are stored with the cell of this source; say so where the lesson has no such cell."""
    import nbformat  # here, for it takes a second that others need not wait

    try:
        cells = nbformat.read(LESSONS / f"{lesson}.ipynb", as_version=4).cells
    except FileNotFoundError:
        cells = []
    stored = next((cell.outputs for cell in cells if cell.cell_type == "code"
                   and cell.source.strip() == source.strip()), None)
    if stored is None:
        print(_("This cell uses TensorFlow, which is missing here, and the lesson has no result stored for it. Write "
                "it with NumPy, or take back what you changed."))
    for output in stored or []:
        if output.output_type == "stream":
            print(output.text, end="")
        else:
            display(output.data, metadata=output.metadata, raw=True)
