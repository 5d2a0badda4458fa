"nbgrader for the course: what is handed out, how long a cell may run, what counts as marks."
import os
import sys
import tempfile
from pathlib import Path

c = get_config()  # noqa: F821  nbgrader puts it there when it reads this file

c.CourseDirectory.course_id = 'companion'
c.ClearSolutions.code_stub = {'python': ''}       # the chapter's own stub stands above it
c.ClearSolutions.text_stub = ''
c.Execute.timeout = 120                           # seconds that a cell may run

c.IgnorePattern.pattern = '.*'                    # a warning on stderr must not cost all points

# nbgrader calls alembic from PATH; it stands beside this Python, activated or not.
os.environ['PATH'] = os.pathsep.join([str(Path(sys.executable).parent), os.environ['PATH']])
# The checks note their tries in a progress file: the students' must not become the teacher's.
os.environ['COMPANION_HOME'] = tempfile.mkdtemp(prefix='companion-marks-')
