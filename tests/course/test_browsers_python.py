"""A cell may do only what a browser's Python can: where the cells of each lesson run, the rest is refused.

The lessons themselves are run so by nbval, see tests/support/after_cells.py.
"""

import json
import subprocess
import sys

from course import ROOT

PLANTED = {
    "a thread": "import threading; threading.Thread(target=int).start()",
    "a process": "import subprocess; subprocess.run(['true'])",
    "a socket": "import socket; socket.socket()",
    "an alarm": "import signal; signal.setitimer(signal.ITIMER_REAL, 9)",
    "a page of its own": "import webbrowser; webbrowser.open('http://127.0.0.1:9')",
    "a library of the system": "import ctypes; ctypes.CDLL(None)",
    "a file of the tests": f"open({str(ROOT / 'tests' / 'support' / 'nbval.cfg')!r}).close()",
    "a file that is not shipped": f"open({str(ROOT.parent / 'elsewhere.txt')!r}).close()",
    "a file beside the notebook": f"open({str(ROOT / 'left_behind.txt')!r}, 'w').close()",
}
ALLOWED = {
    "what the course brings": "from helpers.data import load_text; assert load_text('input')",
    "a temporary file": "import tempfile; tempfile.TemporaryFile().close()",
}
RUN = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance(history_length=0)
sys.path[:0] = json.loads(sys.argv[1])
import after_cells
after_cells.begin()
ran = {what: shell.run_cell(cell).success for what, cell in json.loads(sys.argv[2]).items()}
print("\\n" + json.dumps(ran))
"""


def test_what_no_browser_can_do_is_refused_while_a_cell_runs():
    places = [str(ROOT), str(ROOT / "tests" / "support")]
    done = subprocess.run([sys.executable, "-c", RUN, json.dumps(places), json.dumps(PLANTED | ALLOWED)],
                          capture_output=True, text=True, cwd=ROOT / "notebooks", timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == (
        dict.fromkeys(PLANTED, False) | dict.fromkeys(ALLOWED, True)), done.stdout[-3000:]
    assert not (ROOT / "left_behind.txt").exists()
