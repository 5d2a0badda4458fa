"Labs, figures and trained nets of the chapter on object detection: where is what?"
from .figures import draw_curves, draw_three_answers
from .find_the_pets import find_the_pets_lab
from .slide_the_window import slide_the_window_lab

__all__ = ['draw_curves', 'draw_three_answers', 'find_the_pets_lab', 'slide_the_window_lab']
