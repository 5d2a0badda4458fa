"Labs of the chapter on the first model: a rule against weights, a reader of digits to draw for."
from .read_my_digit import read_my_digit_lab
from .rule_or_weights import rule_or_weights_lab

__all__ = ['read_my_digit_lab', 'rule_or_weights_lab']
