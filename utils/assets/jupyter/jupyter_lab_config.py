# JupyterLab for the course: nothing is fetched from the network, no news, no update questions.
from pathlib import Path

c = get_config()  # noqa: F821  Jupyter puts it there when it reads this file
here = Path(__file__).resolve().parent

c.ServerApp.root_dir = str(here.parents[2])   # the file browser shows notebooks and utils alike
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.handlers.announcements.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
c.LabApp.app_settings_dir = str(here)         # overrides.json beside this file

# nbgrader and what it brings are for teachers, on the command line: students see nothing of them
# (page_config.json beside this file says the same to the page).
c.ServerApp.jpserver_extensions = {name: False for name in (
    'notebook', 'nbgrader.server_extensions.formgrader', 'nbgrader.server_extensions.course_list',
    'nbgrader.server_extensions.assignment_list', 'nbgrader.server_extensions.validate_assignment')}
