"One module per chapter, `chNN_<concept>.py`: its guesses, questions and exercises."
__all__ = []
