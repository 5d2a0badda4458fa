"""The app server's settings, its list of pages and its refusals, without a server."""
import base64
import io
import os
import re
import socket
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from utils.serve import AppIndex
from utils.serve.__main__ import kept_ready, main, options, problem
from utils.serve.kernels import name_of
from utils.serve.index import apps_folder, find_pages
from utils.serve.page import app_page
from utils.serve.settings import prepare_environment, voila_config


def write_page(folder, name, picture=b'', **about):
    cell = new_code_cell('lab')
    if picture:
        source = base64.b64encode(picture).decode()
        twin = {'text/html': f'<img alt="x" src="data:image/png;base64,{source}"><p>x</p>'}
        cell.outputs = [new_output('execute_result', twin, execution_count=1)]
    page = new_notebook(cells=[cell], metadata=dict(companion=about) if about else {})
    nbformat.write(page, folder / f'{name}.ipynb')


def png(color, size=(900, 500)):
    packed = io.BytesIO()
    Image.new('RGB', size, color).save(packed, 'png')
    return packed.getvalue()


@pytest.fixture
def folder(tmp_path):
    write_page(tmp_path, 'b_page', png('red'), title='Second', question='Is 1 < 2?', chapter='04')
    write_page(tmp_path, 'a_page', title='<b>First</b>', chapter='01')
    write_page(tmp_path, 'read_my_digit', title='Read my digit', order=1)
    write_page(tmp_path, 'plain_words')
    write_page(tmp_path, 'index')
    (tmp_path / 'broken.ipynb').write_text('{"cells": 3')
    (tmp_path / 'odd.ipynb').write_text('{"cells": 3, "metadata": []}')
    return tmp_path


def test_the_index_lists_every_readable_page_in_order(folder):
    assert [p.title for p in find_pages(folder)] == [
        'Read my digit', 'Plain words', '<b>First</b>', 'Second']


def test_a_card_holds_picture_title_question_and_link(folder):
    shown = AppIndex(folder, '/voila/render/')._repr_html_()
    assert 'href="/voila/render/b_page.ipynb"' in shown
    assert 'Is 1 &lt; 2?' in shown and 'Chapter 04' in shown
    assert '&lt;b&gt;First' in shown and '<b>' not in shown
    webp = re.search(r'data:image/webp;base64,([^"]+)"', shown).group(1)
    picture = Image.open(io.BytesIO(base64.b64decode(webp)))
    assert picture.size[0] <= 480 and picture.getpixel((9, 9))[0] > 240
    assert shown.count('<li>') == 4 and shown.count('class="apps-plate"') == 3


def test_an_empty_folder_is_said_to_be_empty(tmp_path):
    assert 'No app pages were found' in AppIndex(tmp_path)._repr_html_()


def test_every_app_of_the_course_says_what_it_is():
    for page in find_pages(apps_folder()):
        assert page.title and page.question and page.picture, page.name


def test_every_app_page_of_the_course_is_three_short_cells():
    for file in apps_folder().glob('*.ipynb'):
        cells = nbformat.read(file, 4).cells
        assert [c.cell_type for c in cells] == ['code'] * 3, file.name
        assert all(len(c.source.splitlines()) <= 3 for c in cells), file.name
        stored = str([c.outputs for c in cells])
        assert 'widget-view' not in stored, f'{file.name}: a stored view hides its picture twin'


def test_a_written_page_has_three_cells_and_a_picture(tmp_path, monkeypatch):
    (tmp_path / 'written_sample.py').write_text(
        'from utils.labs import Lab, slider\n'
        'def written_sample_lab():\n'
        '    return Lab("written_sample_lab", dict(n=slider("N", 3, 1, 9)), lambda n: n,\n'
        '               lambda fig, r: None, str, title="Written", about="Is it?")\n')
    monkeypatch.syspath_prepend(tmp_path)
    page = app_page('written_sample', 'written_sample_lab', chapter='04')
    nbformat.validate(page)
    assert [c.source for c in page.cells] == [
        'from written_sample import written_sample_lab', 'lab = written_sample_lab()', 'lab']
    assert page.metadata.companion == dict(title='Written', question='Is it?', chapter='04')
    assert [c.execution_count for c in page.cells] == [1, 2, 3]
    nbformat.write(page, tmp_path / 'written_sample.ipynb')
    found, = find_pages(tmp_path)
    assert found.picture and 'widget-view' not in str(page.cells)


def test_visitors_get_pages_and_nothing_else(folder):
    c = voila_config(folder)
    v = c.VoilaConfiguration
    assert c.Voila.ip == '127.0.0.1' and c.Voila.port_retries == 0
    assert c.Voila.config_file_paths == []
    assert (v.strip_sources, v.show_tracebacks) == (True, False)
    assert (v.allow_template_override, v.allow_theme_override) == ('NO', 'NO')
    assert not any(re.fullmatch(p, name) for p in v.file_allowlist for name in (
        'b_page.ipynb', 'x.png', 'secret/x.png', 'public/../x.png', 'public/x.py', 'export.pkl'))
    assert c.Voila.tornado_settings['websocket_max_message_size'] >= 32 * 2**20
    assert c.MappingKernelManager.cull_idle_timeout > 0 and not c.KernelManager.autorestart
    assert c.VisitorKernels.left_for == 300 and c.VisitorKernels.idle_for == 3600
    ping = c.Voila.tornado_settings
    assert ping['ws_ping_timeout'] >= 3 * ping['ws_ping_interval']    # or live pages are cut off


def test_extensions_that_labs_need_are_not_denied(folder):
    denied = voila_config(folder).VoilaConfiguration.extension_denylist
    assert '@voila-dashboards/jupyterlab-preview' in denied
    assert not {'anywidget', '@jupyter-widgets/jupyterlab-manager'} & set(denied)


def test_only_named_pages_that_exist_keep_a_kernel_ready(folder):
    assert 'preheat_kernel' not in voila_config(folder, warm=('nothing',)).VoilaConfiguration
    c = voila_config(folder, warm=('a_page', 'nothing'))
    assert c.VoilaConfiguration.preheat_kernel
    denied, = c.VoilaKernelManager.preheat_denylist
    assert re.match(denied, str(folder / 'b_page.ipynb'))
    assert not re.match(denied, str(folder / 'a_page.ipynb'))
    assert c.VoilaKernelManager.kernel_pools_config == {
        'default': dict(pool_size=0), 'a_page.ipynb': dict(pool_size=1)}


def test_kernels_inherit_one_quiet_thread(monkeypatch):
    for name in ('OMP_NUM_THREADS', 'OMP_WAIT_POLICY', 'MKL_NUM_THREADS', 'JUPYTER_PATH'):
        monkeypatch.setenv(name, 'x')
        monkeypatch.delenv(name)
    monkeypatch.setenv('OPENBLAS_NUM_THREADS', '3')
    prepare_environment()
    prepare_environment()
    assert (os.environ['OMP_NUM_THREADS'], os.environ['OMP_WAIT_POLICY']) == ('1', 'passive')
    assert os.environ['OPENBLAS_NUM_THREADS'] == '3'
    assert os.environ['JUPYTER_PATH'].count('assets') == 1


def test_a_port_in_use_is_named_with_the_way_out(folder):
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        s.listen()
        port = s.getsockname()[1]
        assert problem('127.0.0.1', port, folder) == (
            f'Port {port} is in use by another program. Choose another one: '
            f'python -m utils.serve --port {port + 1}')
    assert problem('127.0.0.1', port, folder) == ''


@pytest.mark.parametrize('host, port, words', [
    ('127.0.0.1', 0, '0 is no port'), ('127.0.0.1', 70000, '70000 is no port'),
    ('203.0.113.7', 18866, "'203.0.113.7' is no address of this machine")])
def test_a_server_that_cannot_start_says_why(folder, host, port, words):
    assert words in problem(host, port, folder)


def test_a_folder_without_pages_is_refused_in_one_line(tmp_path, capsys):
    assert main(['--folder', str(tmp_path), '--no-browser']) == 1
    assert main(['--folder', str(tmp_path / 'none'), '--no-browser']) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert 'holds no notebooks' in first and 'There is no folder' in second


def test_without_options_the_course_s_apps_are_served_to_this_machine_only():
    o = options([])
    assert (o.host, o.port, o.folder) == ('127.0.0.1', 8866, apps_folder())


def test_the_memory_decides_how_many_kernels_there_are_unless_you_do(folder, monkeypatch):
    import psutil
    free = SimpleNamespace(available=10 * 2**30)
    monkeypatch.setattr(psutil, 'virtual_memory', lambda: free)
    most = lambda **kw: voila_config(folder, **kw).Voila.tornado_settings['most_kernels']
    assert most() == 40 and most(most=7) == 7
    free.available = 2**20
    assert most() == 2


@pytest.mark.parametrize('most', ['0', '-3', 'many'])
def test_planted_an_impossible_number_of_kernels_is_refused(most, capsys):
    with pytest.raises(SystemExit): options(['--most', most])
    assert '--most' in capsys.readouterr().err


@pytest.mark.parametrize('host, asked', [
    ('127.0.0.1', False), ('localhost', False), ('::1', False), ('0.0.0.0', True),
    ('192.168.1.5', True)])
def test_a_word_is_asked_for_where_others_can_come(host, asked):
    words = {options(['--host', host]).token for _ in range(3)}
    assert (len(words) == 3 and all(len(w) == 8 for w in words)) if asked else words == {''}
    assert options(['--host', host, '--token', 'none']).token == ''
    assert options(['--host', host, '--token', 'plum-2']).token == 'plum-2'


@pytest.mark.parametrize('wrong', [
    ['--token', 'two words'], ['--token', 'a&b'], ['--idle', '0'], ['--idle', '-3'],
    ['--idle', 'nan']])
def test_a_word_or_a_time_that_cannot_be_is_refused(wrong, capsys):
    with pytest.raises(SystemExit): options(wrong)
    assert wrong[0] in capsys.readouterr().err


@pytest.mark.parametrize('page, name', [
    ('/voila/render/parabola.ipynb', 'parabola'), ('parabola.ipynb', 'parabola'), ('', ''),
    ('/voila/render/a%0ab\nc<i>.ipynb', 'a0abci'), ('x' * 99, 'x' * 40)])
def test_a_page_s_name_in_the_log_holds_nothing_else(page, name):
    assert name_of(page) == name


def test_kernels_are_kept_ready_where_that_was_asked_for_or_gains_something():
    assert kept_ready(options([]).warm, True) == () != kept_ready(options([]).warm, False)
    for forked in True, False:
        assert kept_ready(options(['--warm', 'marble']).warm, forked) == ('marble',)
        assert kept_ready(options(['--warm']).warm, forked) == ()
    assert {p.name for p in find_pages(apps_folder())} >= set(kept_ready(None, False))
