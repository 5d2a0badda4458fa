"""The app server: `python -m utils.serve` shows every page of notebooks/apps to visitors."""
from .index import AppIndex

__all__ = ['AppIndex']
