"Labs of the chapter on fine-tuning: what a trained net sees, and what borrowing it is worth."
from .figures import draw_filters, draw_moved, draw_scores
from .scratch_or_transfer import scratch_or_transfer_lab
from .what_layers_see import what_layers_see_lab

__all__ = ['draw_filters', 'draw_moved', 'draw_scores', 'scratch_or_transfer_lab',
           'what_layers_see_lab']
