"""Companion: everything a notebook needs from one line, `from utils import *`.

What comes along besides the package's own names are those that the fastai book expects: torch, nn,
F, np, plt, Path, L, first, partial, Image, widgets. Pandas, slow to load, is `utils.pd`.

Nothing is loaded before a name is asked for, so that a command without torch starts at once.
"""
import importlib as _importlib
import os as _os
import sys as _sys
import warnings as _warnings

# OpenMP reads these once, when torch or scikit-learn is loaded. Threads sleep while they wait, and
# one is the fastest for this course's small models, alone and beside other kernels.
if 'OMP_WAIT_POLICY' not in _os.environ:
    _os.environ['OMP_WAIT_POLICY'] = 'passive'
    if 'torch' in _sys.modules or 'sklearn' in _sys.modules: _warnings.warn(
        "torch was loaded before utils, so threads of several notebooks may slow each other down. "
        "Put `from utils import *` first, then restart the kernel.", stacklevel=2)
if 'torch' not in _sys.modules: _os.environ.setdefault('OMP_NUM_THREADS', '1')

_BOOK = dict(math='math', shutil='shutil', partial='functools:partial', Path='pathlib:Path',
             plt='matplotlib.pyplot', np='numpy', torch='torch', nn='torch.nn',
             F='torch.nn.functional', Tensor='torch:Tensor', first='fastcore.basics:first',
             L='fastcore.foundation:L', Image='PIL:Image')

_MODULES = (
    'core schedules optimizer progress_table plots download help metrics models files resize '
    'spatial augment datasets.digits datasets.pets datasets.bears datasets.scenes '
    'datasets.penguins blocks loaders data callbacks tracker inference learner interpret vision '
    'columns embeddings tabular export cleaner detection distributed').split()

# What brings widgets is loaded when first used, so that `from utils import *` is quick.
_LABS = {   # by folder; parabola_lab stands in labs/overfitting/parabola.py
    'start_here': 'help_card order_of_cells broken_on_purpose',
    'first_model': 'read_my_digit rule_or_weights',
    'training_loop': 'watch_it_go_round build_a_function marble step_the_loop two_judges',
    'data': 'each_loses_something best_of_k random_or_last',
    'overfitting': 'parabola memorise_noise',
    'augmentation': 'bench',
    'confusion_matrix': 'click_a_cell threshold',
    'fine_tuning': 'what_layers_see scratch_or_transfer',
    'tables': 'column_doctor',
    'object_detection': 'slide_the_window find_the_pets',
    'notebook_to_app': 'night_falls teach_it',
    'measurement_bias': 'who_gets_measured feedback_loop',
    'scaling_out': 'how_many_ranks'}
_LATE = {   # by module
    'course.session': 'setup pick is_quick',
    'course.guesses': 'guess reveal',
    'course.quizzes': 'checkpoint quiz',
    'course.checking': 'check',
    'course.hints': 'hint',
    'course.overview': 'my_progress',
    'course.exporting': 'export_progress',
    'course.diagrams': 'gv draw_graph',
    'course.environment': 'check_environment',
    'course.chapters': 'course_map',
    'labs.base': 'Lab',
    'labs.pad': 'DrawingPad',
    'labs.start_here.frames': 'debug_script',
    'labs.data.each_loses_something': 'photograph',
    'labs.data.best_of_k': 'expected_best',
    'labs.data.random_or_last': 'forecast',
    'labs.data.animals': 'photograph_animals',
    'labs.data.figures': 'draw_order draw_promises',
    'labs.overfitting.figures': 'draw_fits draw_losses draw_histories draw_remedies',
    'labs.augmentation.figures': 'draw_turned draw_presizing draw_gain',
    'labs.confusion_matrix.figures': 'careless_labels draw_hunt',
    'labs.object_detection.training': 'window_loaders',
    'labs.object_detection.figures': 'draw_curves draw_three_answers',
    'labs.fine_tuning.looking': 'borrowed_net as_seen',
    'labs.fine_tuning.at_hand': 'subject',
    'labs.fine_tuning.racing': 'how_far',
    'labs.fine_tuning.photographs': 'real_pets recorded_scores',
    'labs.fine_tuning.figures': 'draw_filters draw_moved draw_scores',
    'labs.tables.figures': 'draw_columns draw_embedding draw_judges',
    'labs.notebook_to_app.night_falls': 'let_night_fall',
    'labs.notebook_to_app.serving': 'terminal my_folder keep_cells hand_in',
    'labs.measurement_bias.simulation': 'clinic fit_risk judge ranking wilson',
    'labs.measurement_bias.swapped': 'pets_behind swap_backgrounds',
    'labs.measurement_bias.figures': 'draw_calibration draw_errors draw_dots'}
_WHERE = {_name: f'utils.{_module}:{_name}'
          for _module, _names in _LATE.items() for _name in _names.split()}
_WHERE |= {f'{_lab}_lab': f'utils.labs.{_folder}.{_lab}:{_lab}_lab'
           for _folder, _labs in _LABS.items() for _lab in _labs.split()}
_WHERE |= dict(widgets='ipywidgets', VBox='ipywidgets:VBox', HBox='ipywidgets:HBox',
               display='IPython.display:display', pd='pandas')


def _find(where):
    "What `module` or `module:name` means."
    module, _, name = where.partition(':')
    found = _importlib.import_module(module)
    return getattr(found, name) if name else found


def _load():
    "Load every module that `from utils import *` gives the names of, torch first."
    found = {name: _find(where) for name, where in _BOOK.items()}
    _importlib.import_module('fastcore.xtras')    # gives Path its `ls`
    for name in _MODULES:
        module = _importlib.import_module(f'.{name}', __name__)
        found |= {n: getattr(module, n) for n in module.__all__}
    found['__all__'] = [*found, *(name for name in _WHERE if name != 'pd')]
    globals().update(found)


def __getattr__(name):
    if name in _WHERE: globals()[name] = _find(_WHERE[name])
    elif '__all__' not in globals() and (name == '__all__' or not name.startswith('__')): _load()
    if name not in globals(): raise AttributeError(f"utils has no {name!r}")
    return globals()[name]


def __dir__(): return sorted({*__getattr__('__all__'), *globals()})
