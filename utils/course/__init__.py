"What makes the notebooks a course: guesses, checkpoints, exercises, hints, quizzes, progress."
from .checking import check
from .exporting import export_progress
from .guesses import guess, reveal
from .hints import hint
from .overview import my_progress
from .quizzes import checkpoint, quiz
from .session import is_quick, pick, setup

__all__ = ['setup', 'pick', 'is_quick', 'guess', 'reveal', 'checkpoint', 'check', 'hint', 'quiz',
           'my_progress', 'export_progress']
