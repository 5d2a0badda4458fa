"""Each protection of the app server taken away by itself: its probe notices, and no other does.

`make test` shows that each probe notices a server without any of them. Run:
make bench PYTEST_ARGS="-k security"
"""
import asyncio

import pytest

from tests.browser.conftest import app_folder, served  # noqa: F401
from tests.serve import test_security as probes
from tests.serve.weak_server import PROTECTIONS

ALL = [*probes.PROBES, probes.without_the_word_nothing_opens]
NOTICED = dict(
    sources='sources_stay_out_of_pages', files='files_are_out_of_reach',
    folders='no_folder_is_listed', template='no_other_template_is_taken',
    headers='every_answer_has_the_headers', protocol='the_old_protocol_is_refused',
    origin='another_site_s_page_gets_no_line_to_a_kernel', code='code_is_not_run',
    kernels='a_kernel_is_asked_whether_it_lives_and_nothing_else',
    numbers='the_numbers_are_for_the_host', word='without_the_word_nothing_opens')


def failing(address, asked):
    "The probes that find a server unsafe."
    found = set()
    for probe in asked:
        try: asyncio.run(probe(address))
        except (AssertionError, pytest.fail.Exception): found.add(probe.__name__)
    return found


@pytest.mark.parametrize('gone', PROTECTIONS)
def test_one_protection_less_is_noticed_by_its_own_probe(
        gone, app_folder, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setenv('COMPANION_WEAK', gone)
    program = [str(probes.HERE / 'weak_server.py')]
    word = ('--token', probes.WORD) if gone == 'word' else ()
    asked = ALL[-1:] if gone == 'word' else ALL[:-1]
    with served(probes.add_secrets(app_folder), tmp_path / 'log.txt', *word,
                program=program) as address:
        assert failing(address, asked) == {NOTICED[gone]}
