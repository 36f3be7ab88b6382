"""Plugins that nobody asked for, each with something else that it does to whoever imports it."""

from strangers import CELL, write


def cell(name):
    """Return the source of a plugin with one good cell."""
    return CELL.replace('"odd"', f'"{name}"')


def hook(statement):
    """Return the source of a plugin whose hook does something first."""
    return CELL.replace("    return [Odd]", f"    {statement}\n    return [Odd]")


#: What has an object of a class that raises.
RAISING = """
from rnnbench import hookimpl
class Bad:
    @property
    def NAME(self): raise RuntimeError("\\x1b[2Jnever")
class Meta(type):
    NAME = property(lambda self: 1 / 0)
@hookimpl
def rnnbench_cells():
    return [Bad()]
"""
#: Those that are of no use, and what is said of each.
BROKEN = {
    "exits": ("import os; os._exit(0)", "SystemExit: os._exit(0)"),
    "leaves": ("import sys; sys.exit(0)", "SystemExit: 0"),
    "interrupts": ("raise KeyboardInterrupt", "KeyboardInterrupt: no message"),
    "interrupts_main": (
        "import _thread\n_thread.interrupt_main()",
        "KeyboardInterrupt: no message",
    ),
    "generator": ("raise GeneratorExit", "GeneratorExit: no message"),
    "built_in": ("import builtins\nvars(builtins).clear()\nlen", "NameError: name 'len' is not"),
    "reads": ("input('name? ')", "EOFError: EOF when reading a line"),
    "crashes": ("import ctypes; ctypes.string_at(0)", "ends the program", "by SIGSEGV"),
    "kills": ("import os; os.kill(os.getpid(), 9)", "ends the program", "by SIGKILL"),
    "aborts": ("import os; os.abort()", "ends the program", "by SIGABRT"),
    "signals": ("import os; os.kill(os.getpid(), 2)", "ends the program", "by SIGINT"),
    "executes": ("import os; os.execv('/bin/true', ['true'])", "ends the program", "exit code 0"),
    "c_exits": (
        "import ctypes; ctypes.CDLL(None)._exit(0)",
        "ends the program",
        "with exit code 0",
    ),
    "hook_exits": (hook("__import__('os')._exit(3)"), "SystemExit: os._exit(3)"),
    "hook_crashes": (hook("__import__('ctypes').string_at(0)"), "by SIGSEGV"),
    "class_raises": (RAISING.replace("NAME", "__class__"), r"RuntimeError: \x1b[2Jnever"),
    "repr_raises": (
        "from rnnbench import hookimpl\nclass Bad:\n    def __repr__(self): raise SystemExit\n"
        "@hookimpl\ndef rnnbench_cells(): return Bad()\n",
        "returned a Bad, not a list",
    ),
    "message_raises": (
        "class Odd(Exception):\n    def __str__(self): raise SystemExit\nraise Odd",
        "Odd: no message",
    ),
    "attributes_raise": (
        "import sys\nclass Odd:\n    def __getattr__(self, name): raise SystemExit(name)\n"
        "sys.modules[__name__] = Odd()\n",
        "SystemExit: ",
    ),
}
#: Those that can be used all the same.
USABLE = {
    "prints": "import os\nprint('spoiled')\nos.write(1, b'spoiled')\nos.write(2, b'\\x1b[2J')\n",
    "prints_past": "import io, sys\nprint('spoiled', end='')\n"
    "print('spoiled', file=sys.__stdout__)\n"
    "sys.__stdout__.buffer.write(b'spoiled')\nprint('spoiled', file=sys.__stderr__)\n"
    "sys.stdout = sys.__stdout__ = io.StringIO()\n",
    "closes_past": "import sys\nsys.__stdout__.reconfigure(encoding='utf-16')\n"
    "sys.__stdout__.close()\nsys.__stderr__.write = None\nsys.__stderr__.detach()\n",
    "homeless": "import os\nos.environ.update(PYTHONHOME='/none', LD_PRELOAD='/none')\n"
    "os.environ = None\n",
    "worthless": "import math, os\nmath.inf = 0\nos.devnull = '/none'\nos.name = 'nt'\n"
    "os.path = None\n",
    "useless": "import datetime, secrets, stat, zlib\n"
    "datetime.datetime = secrets.token_hex = None\n"
    "stat.S_ISREG = zlib.crc32 = lambda *_: 0\n",
    "closes": "import os, sys\nos.close(1)\nos.close(2)\nsys.stdout.close()\n",
    "replaces": "import io, sys\nsys.stdout = sys.stderr = io.StringIO()\n",
    "moves": "import os\nos.chdir('/')\n",
    "forks": "import os\nos.fork()\n",
    "alarm": "import signal\nsignal.alarm(1)\n",
    "bare": "import os\nos.environ.clear()\n",
    "tidy": "import gc\ngc.set_threshold(1)\n",
    "later": "import faulthandler\nfaulthandler.dump_traceback_later(0.5, exit=True)\n",
    "few_files": "import resource as r\nfiles = r.RLIMIT_NOFILE\n"
    "r.setrlimit(files, (3, r.getrlimit(files)[1]))\n",
    "no_numpy": "import sys\nsys.modules['numpy'] = sys.modules['msgspec'] = None\n",
    "no_print": "import builtins\ndel builtins.print, builtins.input, builtins.open\n",
    "no_path": "import sys\nsys.path.clear()\nsys.meta_path = []\n",
    "shallow": "import sys\nsys.setrecursionlimit(60)\n",
    "childless": "import signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n",
    "unwritable": "import os\nos.umask(0o777)\n",
    "deaf": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n",
}


def install(folder):
    """Install all of them in a folder."""
    for name, (source, *_) in BROKEN.items():
        write(folder, f"strange_{name}", source)
    for name, source in USABLE.items():
        write(folder, f"strange_{name}", source + cell(name))
