"""pyproject.toml, requirements.txt and environment.yml say the same thing."""
import ast
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
# What pip calls otherwise than Python does.
IMPORTED_AS = {"PIL": "pillow", "sklearn": "scikit-learn", "skimage": "scikit-image",
               "yaml": "pyyaml", "IPython": "ipykernel", "tornado": "voila", "traitlets": "voila",
               "jupyter_server": "voila", "jupyter_client": "ipykernel",
               "jupyterlab_server": "voila"}


def exact_versions(requirements):
    "Name to version for the lines of a requirements.txt, and what is wrong with the others."
    versions, wrong = {}, []
    for line in requirements.splitlines():
        if not line.strip() or line.startswith("#"): continue
        try:
            requirement = Requirement(line)
        except ValueError:
            wrong.append(f"{line}: not a plain `name==version`")
            continue
        pin = str(requirement.specifier)
        if not pin.startswith("==") or "*" in pin or "+" in pin or requirement.url:
            wrong.append(f"{line}: not one exact public version")
        name = canonicalize_name(requirement.name)
        if name in versions: wrong.append(f"{name}: listed twice")
        versions[name] = pin.removeprefix("==")
    return versions, wrong


def project_of(pyproject):
    project = tomllib.loads(pyproject)["project"]
    return project, project["dependencies"] + project["optional-dependencies"]["test"]


def check_exact(pyproject, requirements, environment):
    "Each requirement has one exact version, inside the range of pyproject.toml."
    versions, wrong = exact_versions(requirements)
    for text in project_of(pyproject)[1]:
        wanted = Requirement(text)
        version = versions.get(canonicalize_name(wanted.name))
        if version is None: wrong.append(f"{wanted.name}: in pyproject.toml only")
        elif version not in wanted.specifier: wrong.append(f"{wanted}: but {version} is installed")
    return wrong


def check_comments(pyproject, requirements, environment):
    "Each dependency says what needs it."
    lines = [x.strip() for x in pyproject.splitlines()]
    return [line for line in lines if line.startswith('"') and ">=" in line and "# " not in line]


def check_environment(pyproject, requirements, environment):
    "conda takes Python and pip from conda-forge, then exactly requirements.txt and the package."
    wanted = yaml.safe_load(environment)
    project = project_of(pyproject)[0]
    wrong = []
    if wanted["channels"][0] != "conda-forge": wrong.append("conda-forge is not the first channel")
    plain = [x for x in wanted["dependencies"] if isinstance(x, str)]
    pip = [x["pip"] for x in wanted["dependencies"] if isinstance(x, dict)]
    python = next((x.partition("=")[2] for x in plain if x.startswith("python=")), "0")
    if python not in Requirement("python" + project["requires-python"]).specifier:
        wrong.append(f"python={python} does not fit {project['requires-python']}")
    if sorted(x.split("=")[0] for x in plain) != ["pip", "python"]:
        wrong.append(f"conda should install python and pip only, not {plain}")
    if pip != [["-r requirements.txt", "-e ."]]:
        wrong.append(f"pip should install requirements.txt and the package, not {pip}")
    return wrong


RULES = (check_exact, check_comments, check_environment)
PYPROJECT = """
[project]
requires-python = ">=3.11"
dependencies = [
    "numpy>=2.0",  # 01
]
[project.optional-dependencies]
test = [
    "pytest>=8",  # all
]
"""
REQUIREMENTS = "# exact\nnumpy==2.4.6\npytest==9.2.0\n"
ENVIRONMENT = """
channels: [conda-forge]
dependencies: [python=3.11, pip, {pip: [-r requirements.txt, -e .]}]
"""
FAULTS = [
    (check_exact, "numpy==2.4.6", "numpy==1.26"), (check_exact, "numpy==2.4.6", "numpy>=2.4"),
    (check_exact, "numpy==2.4.6\n", ""), (check_exact, "numpy==2.4.6", "numpy==2.4.6+cpu"),
    (check_exact, "pytest==9.2.0", "pytest==9.2.0\nnumpy==2.4.6"),
    (check_exact, "pytest==9.2.0", "pytest==9.2.0\n-e ."),
    (check_exact, "pytest==9.2.0", "pytest==9.2.0 --hash=sha256:00"),
    (check_exact, "pytest==9.2.0", "pytest @ file:///wheels/pytest.whl"),
    (check_exact, '"numpy>=2.0"', '"numpy>=2.5"'),
    (check_comments, "  # 01", ""),
    (check_environment, "conda-forge", "defaults"),
    (check_environment, "python=3.11", "python=3.9"),
    (check_environment, "python=3.11, pip", "python=3.11, pip, numpy"),
    (check_environment, "-r requirements.txt, ", ""),
]


@pytest.mark.parametrize("rule", RULES)
def test_the_three_files_agree(rule):
    names = ("pyproject.toml", "requirements.txt", "environment.yml")
    assert rule(*((ROOT / name).read_text() for name in names)) == []


@pytest.mark.parametrize("rule", RULES)
def test_a_sound_set_passes(rule):
    assert rule(PYPROJECT, REQUIREMENTS, ENVIRONMENT) == []


@pytest.mark.parametrize("rule, old, new", FAULTS)
def test_a_planted_fault_is_caught(rule, old, new):
    files = [text.replace(old, new) for text in (PYPROJECT, REQUIREMENTS, ENVIRONMENT)]
    assert files != [PYPROJECT, REQUIREMENTS, ENVIRONMENT]
    assert rule(*files)


def imports_of(source):
    "Top names that a module imports from outside its own package."
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import): yield from (a.name.split(".")[0] for a in node.names)
        if isinstance(node, ast.ImportFrom) and not node.level: yield node.module.split(".")[0]


def undeclared(sources, pyproject):
    "Packages that are imported, but that pyproject.toml does not ask for."
    dependencies = project_of(pyproject)[0]["dependencies"]
    asked = {canonicalize_name(Requirement(r).name) for r in dependencies}
    names = {name for source in sources for name in imports_of(source)} - {"utils"}
    return sorted(name for name in names - set(sys.stdlib_module_names)
                  if canonicalize_name(IMPORTED_AS.get(name, name)) not in asked)


def test_everything_imported_is_asked_for():
    sources = [path.read_text() for path in (ROOT / "utils").rglob("*.py")
               if "assets" not in path.parts]
    assert undeclared(sources, (ROOT / "pyproject.toml").read_text()) == []


def test_an_import_that_nobody_asked_for_is_caught():
    assert undeclared(["import numpy, os\n", "def f():\n    from scipy import x\n"],
                      PYPROJECT) == ["scipy"]
