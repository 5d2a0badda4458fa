"""Live experiments: controls, a picture that answers, a sentence that reads it out."""
from .base import Lab
from .controls import Control, choice, entry, next_seed, slider, state, switch, upload
from .pad import DrawingPad

__all__ = ['Lab', 'Control', 'DrawingPad', 'choice', 'entry', 'next_seed', 'slider', 'state',
           'switch', 'upload']
