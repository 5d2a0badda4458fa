"What went wrong in a lab, in words."
import errno
import os

import pytest

from utils.labs.trouble import in_words


@pytest.mark.parametrize('error, words', [
    (ValueError('Three sheep do not fit.'), 'Three sheep do not fit.'),
    (ValueError(), 'This setting could not be computed (ValueError).'),
    (ZeroDivisionError('x'), 'This setting could not be computed (ZeroDivisionError).'),
    (FileNotFoundError(errno.ENOENT, 'x'), 'This setting could not be computed'),
    (OSError(errno.ENOSPC, 'x'), 'This needs room on the disk'),
    (OSError(errno.EFBIG, 'x'), 'This needs room on the disk'),
    (FileExistsError(errno.EEXIST, 'x'), 'This needs room on the disk'),
    (OSError('without a number'), 'This setting could not be computed (OSError)')])
def test_each_trouble_has_its_sentence(error, words):
    assert in_words(error).startswith(words) and in_words(error).endswith('.')


@pytest.mark.skipif(not os.path.exists('/dev/full'), reason='this system has no disk always full')
def test_a_disk_that_is_full_says_what_is_listed_here():
    with pytest.raises(OSError) as caught, open('/dev/full', 'w') as f: f.write('x')
    assert 'which is full' in in_words(caught.value)
