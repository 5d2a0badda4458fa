"""What `import utils` costs and what `from utils import *` brings."""
import json
import subprocess
import sys

import pytest

import utils

SLOW = {"IPython", "ipywidgets", "anywidget", "pandas", "sklearn", "skimage", "scipy", "requests",
        "pooch", "palmerpenguins", "tornado", "voila"}
EXPECTED = """torch nn F np plt Path L first partial Image tensor widgets VBox display shutil math
    Learner DataBlock ImageDataLoaders vision_learner error_rate get_image_files set_seed
    load_digits draw_pets untar_data URLs load_learner ClassificationInterpretation Resize
    aug_transforms
    show_image doc setup guess reveal checkpoint check hint quiz my_progress Lab""".split()


def loaded_by(code):
    "Top names of the modules that a fresh Python has loaded after `code`, and what it printed."
    tail = "\nimport sys, json; print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code + tail], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1])), done.stderr


def test_import_loads_nothing_slow():
    loaded, complaints = loaded_by("import utils; utils.Learner")
    assert "torch" in loaded and loaded & SLOW == set() and complaints == ""


def test_a_slow_import_would_be_seen():
    assert "ipywidgets" in loaded_by("import utils; utils.widgets")[0]


def test_what_a_teacher_types_and_the_app_server_start_without_torch():
    modules = "course.work course.handout course.gather course.site course.slides course.assignment"
    names = [*modules.split(), "serve.__main__", "serve.server", "serve.settings", "serve.status"]
    lines = "; ".join(f"import utils.{name}" for name in ["course", *names])
    assert "torch" not in loaded_by(lines)[0]      # the test above sees it where it is loaded


def test_the_names_are_known_before_they_are_loaded():
    code = "import utils; print(hasattr(utils, '__wrapped__'), 'L' in vars(utils), *dir(utils))"
    said = subprocess.check_output([sys.executable, "-c", code], text=True)
    wrapped, loaded, *names = said.split()
    assert (wrapped, loaded) == ("False", "False") and {*utils.__all__, "core"} <= set(names)


def test_one_line_brings_what_the_book_uses():
    names = {}
    exec("from utils import *", names)
    assert [name for name in EXPECTED if name not in names] == []


def test_pandas_waits_until_it_is_asked_for():
    assert utils.pd.DataFrame and "pd" not in utils.__all__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no 'leaner'"): utils.leaner
    with pytest.raises(ImportError): exec("from utils import leaner")
