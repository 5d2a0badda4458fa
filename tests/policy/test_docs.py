"""What `?` and `??` show: each public name has its own sentence, commented parameters, examples."""
import ast
import doctest
import importlib
import inspect
import pkgutil
import textwrap
from pathlib import Path

import pytest

import utils

PACKAGE = Path(utils.__file__).resolve().parent


def own_public():
    "Name and object of everything public in `utils` that the project defines itself."
    found = {}
    for name in utils.__all__:
        thing = inspect.unwrap(getattr(utils, name, None))
        if getattr(thing, "__module__", "").split(".")[0] != "utils": continue
        if inspect.isfunction(thing) or inspect.isclass(thing): found[name] = thing
    return found


def check_docstring(name, thing):
    "Its own docstring: one sentence that stands alone, then at most six lines."
    doc = vars(thing).get("__doc__") if inspect.isclass(thing) else thing.__doc__
    if not doc: return [f"{name} has no docstring of its own"]
    first, *rest = inspect.cleandoc(doc).splitlines()
    wrong = []
    if rest and rest[0].strip(): wrong.append(f"{name}: the first line is not a sentence by itself")
    if not first.endswith((".", "?")): wrong.append(f"{name}: no full stop after '{first}'")
    if len([line for line in rest if line.strip()]) > 6:
        wrong.append(f"{name}: the docstring is longer than a sentence and six lines")
    return wrong


def check_source(name, thing):
    "Its source is in utils, so `??` shows it."
    try:
        file = Path(inspect.getsourcefile(thing)).resolve()
    except TypeError:
        return [f"{name}: `??` finds no source"]
    return [] if file.is_relative_to(PACKAGE) else [f"{name} is defined in {file.name}"]


def definition(source):
    "The function that takes the parameters: of a class its `__init__`, or the class itself."
    node = ast.parse(source).body[0]
    if not isinstance(node, ast.ClassDef): return node
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name == "__init__": return part
    return node


def parameters(node):
    "Name and line of each parameter that should say what it is; of a dataclass each field."
    if isinstance(node, ast.ClassDef):
        if not any("dataclass" in ast.unparse(d) for d in node.decorator_list): return []
        return [(f.target.id, f.lineno) for f in node.body if isinstance(f, ast.AnnAssign)]
    of = node.args
    every = [*of.posonlyargs, *of.args, *of.kwonlyargs]
    return [(a.arg, a.lineno) for a in every if a.arg not in ("self", "cls") and a.arg[0] != "_"]


def check_parameters(name, thing):
    "Each parameter has a comment on its line: meaning, unit, shape."
    return uncommented(name, textwrap.dedent(inspect.getsource(thing)))


def uncommented(name, source):
    lines = source.splitlines()
    bare = [p for p, line in parameters(definition(source)) if "# " not in lines[line - 1]]
    return [f"{name}: say what {', '.join(bare)} means, in a comment on its line"] if bare else []


def every_module():
    "Names of all modules of the package."
    found = (module.name for module in pkgutil.walk_packages([str(PACKAGE)], "utils."))
    return [name for name in found if not name.endswith("__main__")]


def examples(name):
    "Doctests of one module, run with the names a reader has after `from utils import *`."
    module = importlib.import_module(name)
    known = vars(utils) | vars(module)
    return [test for test in doctest.DocTestFinder().find(module, globs=known) if test.examples]


def failures(tests):
    "What a reader would see differ."
    said = []
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    runner = doctest.DocTestRunner(verbose=False, optionflags=options)
    for test in tests: runner.run(test, out=said.append)
    return "".join(said)


RULES = (check_docstring, check_source, check_parameters)


@pytest.mark.parametrize("rule", RULES)
def test_every_public_name_passes(rule):
    found = own_public()
    assert len(found) > 30
    assert [fault for name, thing in found.items() for fault in rule(name, thing)] == []


@pytest.mark.parametrize("name", every_module())
def test_examples_in_docstrings_are_true(name):
    assert failures(examples(name)) == ""


def test_public_names_exist_once():
    assert len(utils.__all__) == len(set(utils.__all__))
    assert [name for name in utils.__all__ if not hasattr(utils, name)] == []


# planted faults

class Documented:
    "A thing with a sentence."

    def __init__(
        self,
        a,  # any number
    ): pass


class Inherits(Documented): pass


def silent(): pass


def shouting():
    "no full stop"


def running_on():
    """A sentence that goes on
    in the next line."""


def wordy():
    """A sentence.

    1
    2
    3
    4
    5
    6
    7
    """


@pytest.mark.parametrize("thing", [Inherits, silent, shouting, running_on, wordy])
def test_a_poor_docstring_is_caught(thing):
    assert check_docstring(thing.__name__, thing)


def test_a_good_docstring_passes():
    assert check_docstring("Documented", Documented) == []


def test_source_elsewhere_is_caught():
    assert check_source("len", len) and check_source("getsource", inspect.getsource)


@pytest.mark.parametrize("source, faults", [
    ("def f(a): pass", 1), ("def f(\n    a,  # any number\n    b,\n): pass", 1),
    ("def f(\n    a,  # any number\n    *more,\n): pass", 0), ("def f(): pass", 0),
    ("class A:\n    def __init__(self, a): pass", 1), ("class A:\n    a = 1", 0),
    ("@dataclass\nclass A:\n    a: int", 1), ("@dataclass\nclass A:\n    a: int  # how many", 0),
])
def test_a_parameter_without_its_comment_is_caught(source, faults):
    assert len(uncommented("f", source)) == faults


def test_a_false_example_is_caught():
    parse = doctest.DocTestParser().get_doctest
    assert failures([parse(">>> 1 + 1\n3\n", {}, "planted", "planted", 0)])
    assert failures([parse(">>> 1 + 1\n2\n", {}, "planted", "planted", 0)]) == ""
