"""The server's settings: what a visitor may reach, and how long an idle page lives."""
import os
import re
import sys
from pathlib import Path

from traitlets.config import Config

__all__ = ['voila_config', 'prepare_environment', 'ASSETS']

ASSETS = Path(__file__).parent.parent / 'assets' / 'serve'
NEEDED = {'anywidget', '@jupyter-widgets/jupyterlab-manager', '@voila-dashboards/widgets-manager8'}
UPLOAD = 64 * 2**20      # bytes of one websocket message; beyond it the socket closes silently
LOST, LOOK = 300, 15     # seconds that a page may be without connection; how often to look
IDLE = 60                # minutes that an open page may be without a change
KERNEL = 200 * 2**20     # bytes that a page's kernel holds, at most; forks share some of them
PING = 30_000            # milliseconds between two signs of life of a page
SILENT = 4 * PING        # without one for so long, the page is gone; with PING itself, which the
#                          server compares with the age of the last sign, it would be so by chance
COULD_NOT = 'This page could not be started. Reload it; if that does not help, say so to your host.'


def prepare_environment():
    "What every kernel inherits: one quiet thread each, and the course's page template."
    for name in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'):
        os.environ.setdefault(name, '1')
    os.environ.setdefault('OMP_WAIT_POLICY', 'passive')
    os.environ.setdefault('MPLBACKEND', 'Agg')
    paths = os.environ.get('JUPYTER_PATH', '').split(os.pathsep)
    if str(ASSETS) not in paths:
        os.environ['JUPYTER_PATH'] = os.pathsep.join([str(ASSETS), *filter(None, paths)])


def unneeded_extensions() -> list[str]:
    "JupyterLab extensions that an app page would load for nothing."
    from jupyterlab_server.config import get_federated_extensions
    from voila.utils import get_voila_labextensions_path
    return sorted(set(get_federated_extensions(get_voila_labextensions_path())) - NEEDED)


def room_for_kernels() -> int:
    "How many kernels four fifths of the free memory hold, at least two."
    import psutil
    return max(2, int(.8 * psutil.virtual_memory().available / KERNEL))


def log_failure(handler):
    "A failed request in the log without who asked, and without the word that a link may carry."
    if handler.get_status() < 500: return
    print(handler.get_status(), handler.request.method, handler.request.path, file=sys.stderr)


def voila_config(
    folder: Path,            # the pages
    host: str = '127.0.0.1',  # address to listen on: this machine only
    port: int = 8866,        # port to listen on
    warm: tuple = (),        # names of pages that keep one kernel ready
    base_url: str = '/',     # path under which a proxy shows the server
    most: int = None,        # kernels at once, those kept ready included; what memory holds if None
    token: str = '',         # word that opens the apps; '' where everybody may come in
    idle: float = IDLE,      # minutes until an open page that nobody uses is ended
    status_key: str = '',    # what `make apps-status` shows to be let in; '' for nobody
) -> Config:                 # for `AppServer`
    "Voila's settings for visitors: nothing but the pages, and pages without sources."
    c = Config()
    c.Voila.ip, c.Voila.port, c.Voila.port_retries = host, port, 0
    c.Voila.root_dir, c.Voila.base_url = str(folder), base_url
    c.Voila.config_file_paths, c.Voila.open_browser, c.Voila.log_level = [], False, 'ERROR'
    c.Voila.tornado_settings = dict(websocket_max_message_size=UPLOAD, ws_ping_interval=PING,
                                    ws_ping_timeout=SILENT,
                                    most_kernels=most or room_for_kernels(),
                                    status_key=status_key, log_function=log_failure)
    c.Voila.token = token
    v = c.VoilaConfiguration
    v.template, v.theme = 'companion', 'light'
    v.allow_template_override = v.allow_theme_override = 'NO'
    v.strip_sources, v.show_tracebacks = True, False
    v.file_allowlist, v.file_denylist = [r'public/[\w-]+\.(png|jpg|svg)'], [r'.*\.(ipynb|py)']
    v.extension_denylist = unneeded_extensions()
    v.multi_kernel_manager_class = 'utils.serve.kernels.VisitorKernels'
    c.VoilaExecutor.cell_error_instruction = COULD_NOT
    c.VisitorKernels.left_for, c.VisitorKernels.idle_for = LOST, 60 * idle
    c.MappingKernelManager.cull_idle_timeout = LOST       # above 0, or nobody looks
    c.MappingKernelManager.cull_interval = max(1, min(LOOK, round(15 * idle)))
    c.KernelManager.autorestart = False                   # its page would not fit the new one
    keep_ready(c, [f'{w}.ipynb' for w in warm if (Path(folder) / f'{w}.ipynb').exists()])
    return c


def keep_ready(c: Config, pages: list[str]):
    "Let one kernel wait for each of these pages, and for no other."
    if not pages: return
    c.VoilaConfiguration.preheat_kernel = True
    pools = {page: dict(pool_size=1) for page in pages}
    c.VoilaKernelManager.kernel_pools_config = {'default': dict(pool_size=0)} | pools
    names = '|'.join(map(re.escape, pages))
    c.VoilaKernelManager.preheat_denylist = [rf'(?!.*[/\\]({names})$)']
