"""Companion: everything a notebook needs from one line, `from utils import *`.

What comes along besides the package's own names are those that the fastai book expects: torch, nn,
F, np, plt, Path, L, first, partial, Image, widgets. Pandas, slow to load, is `utils.pd`.
"""
import importlib as _importlib

from . import core as _core  # first: it sets the thread policy before torch is loaded

import math
import shutil
from functools import partial
from pathlib import Path

import fastcore.xtras as _xtras  # gives Path its `ls`
import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from fastcore.basics import first
from fastcore.foundation import L
from PIL import Image
from torch import Tensor, nn

_MODULES = (
    'core schedules optimizer progress_table plots download help metrics models files resize '
    'spatial augment datasets.digits datasets.pets datasets.bears datasets.scenes '
    'datasets.penguins blocks loaders data callbacks tracker inference learner interpret vision '
    'columns embeddings tabular export cleaner detection distributed').split()

_LATE = {   # what brings widgets: loaded when first used, so that `import utils` is quick
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
    'labs.start_here.help_card': 'help_card_lab',
    'labs.start_here.order_of_cells': 'order_of_cells_lab',
    'labs.start_here.broken_on_purpose': 'broken_on_purpose_lab',
    'labs.start_here.frames': 'debug_script',
    'labs.first_model.read_my_digit': 'read_my_digit_lab',
    'labs.first_model.rule_or_weights': 'rule_or_weights_lab',
    'labs.data.each_loses_something': 'each_loses_something_lab photograph',
    'labs.data.best_of_k': 'best_of_k_lab expected_best',
    'labs.data.random_or_last': 'random_or_last_lab forecast',
    'labs.data.animals': 'photograph_animals',
    'labs.data.figures': 'draw_order draw_promises',
    'labs.overfitting.parabola': 'parabola_lab',
    'labs.overfitting.memorise_noise': 'memorise_noise_lab',
    'labs.overfitting.figures': 'draw_fits draw_losses draw_histories draw_remedies',
    'labs.augmentation.bench': 'bench_lab',
    'labs.augmentation.figures': 'draw_turned draw_presizing draw_gain',
    'labs.confusion_matrix.click_a_cell': 'click_a_cell_lab',
    'labs.confusion_matrix.threshold': 'threshold_lab',
    'labs.confusion_matrix.figures': 'careless_labels draw_hunt',
    'labs.object_detection.slide_the_window': 'slide_the_window_lab',
    'labs.object_detection.find_the_pets': 'find_the_pets_lab',
    'labs.object_detection.training': 'window_loaders',
    'labs.object_detection.figures': 'draw_curves draw_three_answers',
    'labs.fine_tuning.looking': 'borrowed_net as_seen',
    'labs.fine_tuning.at_hand': 'subject',
    'labs.fine_tuning.what_layers_see': 'what_layers_see_lab',
    'labs.fine_tuning.scratch_or_transfer': 'scratch_or_transfer_lab',
    'labs.fine_tuning.racing': 'how_far',
    'labs.fine_tuning.photographs': 'real_pets recorded_scores',
    'labs.fine_tuning.figures': 'draw_filters draw_moved draw_scores',
    'labs.tables.column_doctor': 'column_doctor_lab',
    'labs.tables.figures': 'draw_columns draw_embedding draw_judges',
    'labs.notebook_to_app.night_falls': 'night_falls_lab let_night_fall',
    'labs.notebook_to_app.teach_it': 'teach_it_lab',
    'labs.notebook_to_app.serving': 'terminal my_folder keep_cells hand_in',
    'labs.measurement_bias.simulation': 'clinic fit_risk judge ranking wilson',
    'labs.measurement_bias.who_gets_measured': 'who_gets_measured_lab',
    'labs.measurement_bias.feedback_loop': 'feedback_loop_lab',
    'labs.measurement_bias.swapped': 'pets_behind swap_backgrounds',
    'labs.measurement_bias.figures': 'draw_calibration draw_errors draw_dots',
    'labs.scaling_out.how_many_ranks': 'how_many_ranks_lab',
    'labs.training_loop.watch_it_go_round': 'watch_it_go_round_lab',
    'labs.training_loop.build_a_function': 'build_a_function_lab',
    'labs.training_loop.marble': 'marble_lab',
    'labs.training_loop.step_the_loop': 'step_the_loop_lab',
    'labs.training_loop.two_judges': 'two_judges_lab',
}
_WHERE = {_name: f'utils.{_module}:{_name}'
          for _module, _names in _LATE.items() for _name in _names.split()}

__all__ = ('math shutil partial Path plt np torch F first L Image Tensor nn '
           'widgets VBox HBox display').split() + list(_WHERE)

for _name in _MODULES:
    _module = _importlib.import_module(f'.{_name}', __name__)
    globals().update({_n: getattr(_module, _n) for _n in _module.__all__})
    __all__ += _module.__all__

_WHERE |= dict(widgets='ipywidgets', VBox='ipywidgets:VBox', HBox='ipywidgets:HBox',
               display='IPython.display:display', pd='pandas')


def __getattr__(name):
    if name not in _WHERE: raise AttributeError(f"utils has no {name!r}")
    module, _, attr = _WHERE[name].partition(':')
    found = _importlib.import_module(module)
    globals()[name] = getattr(found, attr) if attr else found
    return globals()[name]
