"Labs of the chapter from notebook to app: night falls; and a page served for the chapter."
from .night_falls import night_falls_lab

__all__ = ['night_falls_lab']
