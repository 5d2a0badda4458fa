"Labs of the chapter on the confusion matrix: the pictures of a cell, the threshold of an alarm."
from .click_a_cell import click_a_cell_lab
from .figures import careless_labels, draw_hunt
from .threshold import threshold_lab

__all__ = ['careless_labels', 'click_a_cell_lab', 'draw_hunt', 'threshold_lab']
