"Labs of the first chapter: the order of cells, help, and errors made on purpose."
from .broken_on_purpose import broken_on_purpose_lab
from .frames import debug_script
from .help_card import help_card_lab
from .order_of_cells import order_of_cells_lab, run_in_order

__all__ = ['broken_on_purpose_lab', 'debug_script', 'help_card_lab', 'order_of_cells_lab',
           'run_in_order']
