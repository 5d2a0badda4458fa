"""Live experiments: controls, a picture that answers, a sentence that reads it out."""
from .base import Lab
from .controls import Control, choice, entry, slider, state, switch, upload

__all__ = ['Lab', 'Control', 'choice', 'entry', 'slider', 'state', 'switch', 'upload']
