"""The server's settings: what a visitor may reach, and how long an idle page lives."""
import os
import re
from pathlib import Path

from traitlets.config import Config

__all__ = ['voila_config', 'prepare_environment', 'ASSETS']

ASSETS = Path(__file__).parent.parent / 'assets' / 'serve'
NEEDED = {'anywidget', '@jupyter-widgets/jupyterlab-manager', '@voila-dashboards/widgets-manager8'}
UPLOAD = 64 * 2**20      # bytes of one websocket message; beyond it the socket closes silently
IDLE, LOOK = 300, 30     # seconds until a page that nobody looks at is ended; how often to look
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


def voila_config(
    folder: Path,            # the pages
    host: str = '127.0.0.1',  # address to listen on: this machine only
    port: int = 8866,        # port to listen on
    warm: tuple = (),        # names of pages that keep one kernel ready
    base_url: str = '/',     # path under which a proxy shows the server
    most: int = None,        # kernels at once, those kept ready included; what memory holds if None
) -> Config:                 # for `AppServer`
    "Voila's settings for visitors: nothing but the pages, and pages without sources."
    c = Config()
    c.Voila.ip, c.Voila.port, c.Voila.port_retries = host, port, 0
    c.Voila.root_dir, c.Voila.base_url = str(folder), base_url
    c.Voila.config_file_paths, c.Voila.open_browser, c.Voila.log_level = [], False, 'ERROR'
    c.Voila.tornado_settings = dict(websocket_max_message_size=UPLOAD, ws_ping_interval=PING,
                                    ws_ping_timeout=SILENT,
                                    most_kernels=most or room_for_kernels())
    v = c.VoilaConfiguration
    v.template, v.theme = 'companion', 'light'
    v.allow_template_override = v.allow_theme_override = 'NO'
    v.strip_sources, v.show_tracebacks = True, False
    v.file_allowlist, v.file_denylist = [r'public/[\w-]+\.(png|jpg|svg)'], [r'.*\.(ipynb|py)']
    v.extension_denylist = unneeded_extensions()
    v.multi_kernel_manager_class = 'utils.serve.server.QuietKernels'
    c.VoilaExecutor.cell_error_instruction = COULD_NOT
    c.MappingKernelManager.cull_idle_timeout = IDLE
    c.MappingKernelManager.cull_interval = LOOK
    c.MappingKernelManager.cull_connected = False
    warm = [w for w in warm if (Path(folder) / f'{w}.ipynb').exists()]
    if warm:
        v.preheat_kernel = True
        pools = {f'{w}.ipynb': dict(pool_size=1) for w in warm}
        c.VoilaKernelManager.kernel_pools_config = {'default': dict(pool_size=0)} | pools
        names = '|'.join(map(re.escape, pools))
        c.VoilaKernelManager.preheat_denylist = [rf'(?!.*[/\\]({names})$)']
    return c
