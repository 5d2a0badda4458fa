"What went wrong in a lab, in words for its page."
import errno

__all__ = ['in_words']

NO_ROOM = {errno.ENOSPC, errno.EFBIG, errno.EACCES, errno.EROFS, errno.EEXIST, errno.ENOTDIR,
           getattr(errno, 'EDQUOT', errno.ENOSPC)}     # what a disk or its folders say to a writer


def in_words(
    error: Exception,  # what was raised
) -> str:              # a sentence
    "Why a setting could not be computed."
    if isinstance(error, ValueError) and str(error): return str(error)
    if isinstance(error, OSError) and error.errno in NO_ROOM: return (
        'This needs room on the disk of this machine, which is full or cannot be written to.')
    return f'This setting could not be computed ({type(error).__name__}).'
