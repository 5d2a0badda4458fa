"""Shape of the package: layers, sizes, explicit names. Each rule is shown to catch a fault."""
import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYERS = {name: layer for layer, names in enumerate((
    "core schedules optimizer progress_table plots download help",
    "metrics resize spatial augment models files datasets columns embeddings",
    "blocks loaders data callbacks tracker inference",
    "learner",
    "interpret vision tabular detection export distributed cleaner",
    "labs course serve",
    "pretrain",
    "__init__",
)) for name in names.split()}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
FOLDERS = ("datasets", "labs", "course", "serve")   # what is not the core
CONTENT = "course/content/"                         # questions and hints: words, not code
CORE = 3270              # lines of code, without the script that made the weights
ROOMY = ("labs", "course", "serve")                 # figures and widgets: functions up to 40 lines


def package_sources():
    "Every module of the package: its path below utils, as text, and its source."
    folder = ROOT / "utils"
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(folder.rglob("*.py")) if "assets" not in path.parts}


def first_part(path):
    "The part of the package that a path belongs to: labs for labs/base.py, core for core.py."
    return path.removesuffix(".py").split("/")[0]


def module_name(path):
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported(path, source):
    "Names, below utils, of the modules that this one imports, lazily or not."
    here = path.split("/")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (a.name.removeprefix("utils.") for a in node.names
                        if a.name.startswith("utils."))
        if not isinstance(node, ast.ImportFrom): continue
        base = (node.module or "").split(".") if node.module else []
        if node.level: base = here[:len(here) - node.level + 1] + base
        elif base[:1] == ["utils"]: base = base[1:]
        else: continue
        yield from (".".join(base + [alias.name]) for alias in node.names)


def edges(sources):
    "Which module imports which, names resolved to modules that exist."
    known = {module_name(path) for path in sources}
    found = {}
    for path, source in sources.items():
        targets = set()
        for name in imported(path, source):
            while name and name not in known: name = name.rpartition(".")[0]
            targets.add(name or "__init__")
        found[module_name(path)] = targets - {module_name(path)}
    return found


def check_layers(sources):
    "A module imports from lower layers, or from its own folder."
    unlisted = sorted({first_part(path) for path in sources} - set(LAYERS))
    wrong = [f"{name} is in no layer: add it to LAYERS" for name in unlisted]
    for source, targets in edges(sources).items():
        mine = source.split(".")[0]
        for target in targets:
            other = target.split(".")[0]
            if other == mine or mine not in LAYERS or other not in LAYERS: continue
            if source.startswith("course.content") and other == "labs": continue  # to judge
            same_folder = mine not in FOLDERS and other not in FOLDERS
            if LAYERS[other] > LAYERS[mine] or LAYERS[other] == LAYERS[mine] and not same_folder:
                wrong.append(f"{source} imports {target}")
    return wrong


def check_cycles(sources):
    "No module imports itself by way of others."
    graph = edges(sources)
    wrong = []
    for start in graph:
        waiting, seen = list(graph[start]), set()
        while waiting:
            name = waiting.pop()
            if name in seen: continue
            seen.add(name)
            waiting += graph.get(name, ())
        if start in seen: wrong.append(f"{start} imports itself by way of others")
    return wrong


def functions(source):
    return [node for node in ast.walk(ast.parse(source))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


DOCMENT = re.compile(r"\s+\*{0,2}\w+[^#()]*,\s+# ")    # a parameter with what it means


def lines_of_code(source):
    "How many lines a reader must follow: none that is blank, a docstring, a parameter's comment."
    told = set()
    for node in ast.walk(ast.parse(source)):
        doc = getattr(node, "body", None) and isinstance(node, DOCUMENTED) and node.body[0]
        if isinstance(doc, ast.Expr) and isinstance(getattr(doc.value, "value", None), str):
            told |= set(range(doc.lineno, doc.end_lineno + 1))
    return sum(1 for i, line in enumerate(source.splitlines(), 1)
               if line.strip() and i not in told and not DOCMENT.match(line))


def check_sizes(sources):
    "Lines of a module, of a function, of a line, and the code of the core together."
    wrong = []
    core = 0
    for path, source in sources.items():
        part = first_part(path)
        lines = source.splitlines()
        if part not in (*FOLDERS, "pretrain"): core += lines_of_code(source)
        long = len(lines) > 300 and not path.startswith(CONTENT)
        if long: wrong.append(f"{path} has {len(lines)} lines, more than 300")
        wrong += [f"{path}:{i} is longer than 100" for i, x in enumerate(lines, 1) if len(x) > 100]
        most = 40 if part in ROOMY else 25
        for f in functions(source):
            length = f.end_lineno - f.lineno + 1
            if length > most: wrong.append(f"{path}: {f.name} has {length} lines, over {most}")
    if core > CORE: wrong.append(f"the core has {core} lines of code, more than {CORE}")
    return wrong


def check_statements(sources):
    "One statement a line: no semicolon between two."
    return [f"{path}:{token.start[0]} has a semicolon" for path, source in sources.items()
            for token in tokenize.generate_tokens(io.StringIO(source).readline)
            if token.type == tokenize.OP and token.string == ";"]


def check_stars(sources):
    "Star imports stand in the package's own __init__.py only."
    return [f"{path} imports *" for path, source in sources.items() if path != "__init__.py"
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names)]


def all_list(source):
    "The names in `__all__`, or None where it is missing or computed."
    for node in ast.parse(source).body:
        if not isinstance(node, ast.Assign): continue
        if [getattr(t, "id", "") for t in node.targets] != ["__all__"]: continue
        try:
            return list(ast.literal_eval(node.value))
        except ValueError:
            return None
    return None


def check_all(sources):
    "Every module says what is public, with each name once and defined there."
    wrong = []
    for path, source in sources.items():
        if path == "__init__.py" or path.startswith(CONTENT): continue
        names = all_list(source)
        if names is None:
            if not path.endswith("__init__.py") and not path.endswith("__main__.py"):
                wrong.append(f"{path} has no plain __all__")
            continue
        if len(names) != len(set(names)): wrong.append(f"{path} lists a name twice")
    return wrong


def check_public_names(sources):
    "No public name is that of a module, and no two modules of the core share one."
    modules = {part for path in sources for part in module_name(path).split(".")} - {"__init__"}
    owner, wrong = {}, []
    for path, source in sources.items():
        if path.endswith("__init__.py"): continue
        for name in all_list(source) or ():
            if name in modules: wrong.append(f"{path}: {name} is also the name of a module")
            if first_part(path) in ROOMY: continue
            if name in owner: wrong.append(f"{name} is public in {owner[name]} and in {path}")
            owner[name] = path
    return wrong


RULES = (check_layers, check_cycles, check_sizes, check_statements, check_stars, check_all,
         check_public_names)
FINE = {"core.py": "__all__ = ['a']\na = 1\n", "learner.py": "from .core import a\n__all__ = []\n",
        "__init__.py": "from .core import *\n"}
FAULTS = [
    (check_layers, {"core.py": "from .learner import x\n", "learner.py": ""}),
    (check_layers, {"learner.py": "from utils.data import x\n", "data.py": "import utils.vision\n",
                    "vision.py": ""}),
    (check_layers, {"labs/base.py": "from ..course.page import x\n", "course/page.py": ""}),
    (check_layers, {"datasets/pets.py": "from .. import learner\n", "learner.py": ""}),
    (check_layers, {"novelty.py": ""}),
    (check_cycles, {"core.py": "def f():\n    from .plots import y\n",
                    "plots.py": "from .core import f\n"}),
    (check_cycles, {"labs/a.py": "from .b import y\n", "labs/b.py": "from .a import x\n"}),
    (check_sizes, {"core.py": "\n" * 301}),
    (check_sizes, {"core.py": "def f():\n" + "    x = 1\n" * 25}),
    (check_sizes, {"labs/base.py": "def f():\n" + "    x = 1\n" * 40}),
    (check_sizes, {"core.py": "x = '" + "y" * 100 + "'\n"}),
    (check_sizes, {f"a{i}.py": "x = 1\n" * 290 for i in range(12)}),
    (check_statements, {"core.py": "a = 1; b = 2\n"}),
    (check_stars, {"core.py": "from torch import *\n"}),
    (check_all, {"core.py": "a = 1\n"}),
    (check_all, {"core.py": "__all__ = [n for n in dir()]\n"}),
    (check_all, {"core.py": "__all__ = ['a', 'a']\n"}),
    (check_public_names, {"core.py": "__all__ = ['learner']\n", "learner.py": ""}),
    (check_public_names, {"core.py": "__all__ = ['a']\n", "plots.py": "__all__ = ['a']\n"}),
]


@pytest.mark.parametrize("rule", RULES)
def test_the_package_keeps(rule):
    assert rule(package_sources()) == []


@pytest.mark.parametrize("rule", RULES)
def test_a_sound_package_passes(rule):
    assert rule(FINE) == []


@pytest.mark.parametrize("rule, sources", FAULTS)
def test_a_planted_fault_is_caught(rule, sources):
    assert rule(sources)


def test_a_semicolon_in_a_string_is_no_fault():
    assert check_statements({"core.py": "a = 'b;c'\n"}) == []


def test_a_figure_function_may_have_forty_lines():
    assert check_sizes({"labs/base.py": "def f():\n" + "    x = 1\n" * 39}) == []


def check_exports(sources):
    "Every module of the core, and every lab, is named in `utils/__init__.py`."
    said = sources["__init__.py"]
    labs = [path for path, source in sources.items() if path.startswith("labs/")
            and f"\ndef {Path(path).stem}_lab(" in source]
    line = r"'{}': '[^']*\b{}\b"
    wrong = [f"{path}: add {Path(path).stem} to _LABS in utils/__init__.py" for path in labs
             if not re.search(line.format(Path(path).parent.name, Path(path).stem), said)]
    scripts = ("__init__.py", "pretrain.py")
    core = [path for path in sources if "/" not in path and path not in scripts]
    return wrong + [f"{path}: add {module_name(path)} to utils/__init__.py" for path in core
                    if not re.search(rf"\b{module_name(path)}\b", said)]


def test_everything_is_exported():
    assert check_exports(package_sources()) == []


@pytest.mark.parametrize("faults, sources", [
    (1, {"labs/overfitting/parabola.py": "\ndef parabola_lab(): pass\n", "__init__.py": ""}),
    (1, {"vision.py": "", "__init__.py": "from . import core"}),
    (0, {"labs/o/p.py": "\ndef p_lab(): pass\n", "__init__.py": "{'o': 'a p'}"}),
    (1, {"labs/o/p.py": "\ndef p_lab(): pass\n", "__init__.py": "{'o': 'a', 'x': 'p'}"}),
])
def test_a_forgotten_export_is_caught(faults, sources):
    assert len(check_exports(sources)) == faults
