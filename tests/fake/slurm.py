"""A Slurm of a few nodes on this machine, in a folder of its own: for tests, without root.

Nothing of it is simulated: munged, slurmctld and a slurmd for each node, of the packages of the
system, all of them children of this process, on ports that nobody uses. A node is its slurmd: to
kill that is what the failure of a node is to Slurm. Debian and Ubuntu have all of it:

    apt-get install --no-install-recommends slurmctld slurmd slurm-client munge
"""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil

from rnnbench.system.processes.bonds import die_with_parent

#: Debian's packages put daemons where only root looks for programs.
PLACES = os.pathsep.join((os.environ["PATH"], "/usr/sbin", "/sbin"))
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol")
#: Waits are cut where Slurm has a setting for them: a requeued job is held back for as long as a
#: credential lives (120 s), a node that is silent is down after ``SlurmdTimeout`` (300 s), and what
#: ignores SIGTERM is killed after ``KillWait`` (30 s).
CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
TaskProlog={folder}/prolog
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
MailProg=/bin/true
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=100000,bf_interval=1
SlurmctldParameters=preempt_send_user_signal
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
ReturnToService=2
SlurmctldTimeout=10
SlurmdTimeout=10
KillWait=2
MinJobAge=86400
NodeName=DEFAULT CPUs=2 RealMemory=1000
"""
PARTITIONS = """\
PartitionName=main Nodes=ALL Default=YES PriorityTier=10 PreemptMode=OFF
PartitionName=low Nodes=ALL PriorityTier=1 PreemptMode=REQUEUE GraceTime=10
"""
#: Later versions look for control groups even where nothing is to use them; this one knows none.
CGROUPS = {True: "CgroupPlugin=disabled\n", False: "# none\n"}
FIRST_TO_LOOK = (23, 2)
#: What measures on one node does not wait for the other, as on two machines.
PROLOG = """\
#!/bin/sh
echo export RNNBENCH_LOCK={folder}/$SLURMD_NODENAME.lock
"""


def missing():
    """Return the programs that are not installed."""
    return [program for program in PROGRAMS if shutil.which(program, path=PLACES) is None]


class Slurm:
    """A cluster that is there within a ``with`` block, and ended with all of its jobs after it.

    Attributes:
        folder: what its daemons write; a short path, as sockets need.
        environment: that of commands which are to find this cluster and no other.
    """

    def __init__(self, nodes=2):
        self.names = [f"n{number}" for number in range(1, nodes + 1)]
        self.folder = Path(tempfile.mkdtemp(prefix="slurm-", dir="/tmp"))
        own = {name: text for name, text in os.environ.items() if not name.startswith("SLURM")}
        self.environment = own | {"PATH": PLACES, "SLURM_CONF": str(self.folder / "slurm.conf")}
        self._daemons = {}

    def __enter__(self):
        try:
            self._configure()
            self._start_munge()
            self._start("slurmctld", "slurmctld", "-D")
            until(lambda: "UP" in self.ask("scontrol", "ping", check=False), 20, self.logs)
            for node in self.names:
                self.start_node(node)
            until(lambda: set(self.nodes().values()) == {"idle"}, 20, self.logs)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in reversed(self._daemons):  # munged last: the others talk through it
            self._end(name)
        for process in self.processes():
            with suppress(psutil.Error):
                process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _configure(self):
        port, *ports = free_ports(1 + len(self.names))
        host = socket.gethostname().partition(".")[0]
        known = {"folder": self.folder, "host": host, "port": port, "user": getpass.getuser()}
        text = CONFIGURATION.format(**known)
        for name, own in zip(self.names, ports, strict=True):
            text += f"NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={own}\n"
        (self.folder / "slurm.conf").write_text(text + PARTITIONS)
        told = self.ask("slurmctld", "-V").split()[-1]  # slurm-wlm 22.05.8
        newer = tuple(map(int, told.split(".")[:2])) >= FIRST_TO_LOOK
        (self.folder / "cgroup.conf").write_text(CGROUPS[newer])
        (self.folder / "prolog").write_text(PROLOG.format(folder=self.folder))
        (self.folder / "prolog").chmod(0o755)
        for name in ("state", *(f"spool.{node}" for node in self.names)):
            (self.folder / name).mkdir()

    def _start_munge(self):
        (self.folder / "munge.key").touch(mode=0o600)
        (self.folder / "munge.key").write_bytes(os.urandom(1024))
        own = f"{self.folder}/munge"
        files = [f"--{name}-file={own}.{name}" for name in ("key", "pid", "log", "seed")]
        self._start("munged", "munged", "--foreground", "--force", f"--socket={own}.socket", *files)
        until((self.folder / "munge.socket").exists, 10, self.logs)

    def _start(self, name, *words):
        with (self.folder / f"{name}.log").open("ab") as log:
            self._daemons[name] = subprocess.Popen(
                words,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,  # however it ends
            )

    def _end(self, name, number=signal.SIGTERM):
        daemon = self._daemons[name]
        daemon.send_signal(number)
        try:
            daemon.wait(5)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()

    def start_node(self, node):
        """Start the slurmd of a node, which may have been killed."""
        self._start(node, "slurmd", "-D", "-N", node)

    def kill_node(self, node):
        """Have a node fail without a word, as by SIGKILL; what runs on it is left running."""
        self._end(node, signal.SIGKILL)

    def ask(self, *words, check=True):
        """Return what a command of Slurm prints."""
        asked = subprocess.run(
            [str(word) for word in words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        if check and asked.returncode:
            raise AssertionError(f"{words}: {asked.stderr}{self.logs()}")
        return asked.stdout

    def nodes(self):
        """Return the state of each node."""
        return dict(
            line.split() for line in self.ask("sinfo", "-hNp", "main", "-o", "%N %T").splitlines()
        )

    def jobs(self):
        """Return ``(state, node)`` of each job that was ever submitted, a task of an array each."""
        listed = self.ask("squeue", "--all", "-hr", "-t", "all", "-o", "%i|%T|%N")
        return {name: tuple(rest) for name, *rest in (x.split("|") for x in listed.splitlines())}

    def states(self):
        """Return the state of each job."""
        return {name: state for name, (state, _) in self.jobs().items()}

    def processes(self):
        """Return what still runs of the jobs, by a variable that they inherit."""
        mark, found = f"SLURM_CONF={self.environment['SLURM_CONF']}\0".encode(), []
        for process in psutil.process_iter():
            # Whole: where slurmstepd has written its title the first of it is empty.
            with suppress(psutil.Error, OSError):
                if mark in Path(f"/proc/{process.pid}/environ").read_bytes():
                    found.append(process)
        return found

    def logs(self):
        """Return the ends of what the daemons have said."""
        return "".join(
            f"\n--- {log.name}\n{log.read_text(errors='replace')[-2000:]}"
            for log in sorted(self.folder.glob("*.log"))
        )


def free_ports(count):
    """Return ports on which nobody listens."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def until(is_so, seconds, told=lambda: ""):
    """Wait until something is so; ``told`` says more where it never is."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {told()}")
        time.sleep(0.1)
